import type { Finding, StepId } from '../report/report.js';
import { CATALOG, type CatalogEntry } from './catalog.js';
import type { Cause } from './catalog/entry.js';
import type { KnownFinding } from './finding.js';
import { COMMANDS, type ReproducibleEndpoint } from './reproduce.js';
import { recognize, settingOf } from './software.js';

/** What the gate has learned about a server by the end of a step. */
export interface Observed {
  readonly step: StepId;
  readonly endpoint: ReproducibleEndpoint;
  /** The IP address of the server. */
  readonly address?: string | undefined;
  /** The text of the greeting. */
  readonly greeting?: string | undefined;
  /** The lines of all replies to EHLO. */
  readonly capabilities: readonly string[];
}

/**
 * Adds to a finding its cause and what to do about it: who has to act, the fix, the setting of this server or provider,
 * and a command that shows the problem.
 * @param observed undefined for a finding about the gate itself
 */
export function completeFinding({ cause: name, ...found }: KnownFinding, observed?: Observed): Finding {
  const entry: CatalogEntry = CATALOG[found.code];
  const cause = (name === undefined ? undefined : entry.causes?.[name]) ?? entry.usual;
  const { title = entry.title, party, certainty, reference = entry.reference } = cause;
  const { resultType } = entry;
  return {
    ...{ ...found, title, party, certainty },
    remedy: remedyOf(found, cause, observed),
    ...(reference !== undefined && { reference }),
    ...(resultType !== undefined && { resultType }),
    ...(observed && found.severity !== 'notice' && commandOf(found, cause, observed)),
  };
}

function remedyOf({ evidence = {} }: KnownFinding, cause: Cause, observed: Observed | undefined): string {
  const { remedy, examples, setting } = cause;
  const text = typeof remedy === 'string' ? remedy : remedy(withoutBackticks(evidence));
  const { reply = '', data = '' } = evidence;
  const software = observed && recognize([observed.greeting ?? '', ...observed.capabilities, reply, data]);
  // Without a topic, the examples are not about the software of the server.
  const more =
    setting === undefined || software === undefined
      ? examples
      : settingOf(setting, software, observed?.endpoint.tls.minVersion ?? '');
  return more === undefined ? text : `${text} ${more}`;
}

/** A remedy is prose in which backticks mark code; those in text from the network must not. */
function withoutBackticks(evidence: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(evidence).map(([field, value]) => [field, value.replaceAll('`', "'")]));
}

function commandOf(
  { evidence = {} }: KnownFinding,
  { reproduce }: Cause,
  { endpoint, address, capabilities }: Observed,
): Pick<Finding, 'reproduce' | 'reproduceShows'> {
  if (!reproduce) return {};
  const { command, shows } = reproduce;
  const reproduceShows = typeof shows === 'string' ? shows : shows(evidence);
  const line = COMMANDS[command](endpoint, { address, evidence, capabilities });
  return reproduceShows === '' || line === undefined ? {} : { reproduce: line, reproduceShows };
}
