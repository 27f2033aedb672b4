import type { Finding, StepId } from '../report/report.js';
import { CATALOG, UNWAIVABLE, type CatalogEntry, type FindingCode } from './catalog.js';
import type { KnownFinding } from './finding.js';
import { opensslCommand, plainEhloCommand, stepCommand, type ReproducibleEndpoint } from './reproduce.js';
import { recognize, settingFor } from './software.js';

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
 * Adds to a finding what to do about it: the fix for its cause, the setting of this server or provider, and a command
 * that shows it.
 * @param observed undefined for a finding about the gate itself
 */
export function completeFinding({ cause, ...found }: KnownFinding, observed?: Observed): Finding {
  const { resultType }: CatalogEntry = CATALOG[found.code];
  const complete = { ...found, ...fixFor(found, cause), ...(resultType !== undefined && { resultType }) };
  if (!observed) return complete;
  const { endpoint, greeting = '', capabilities } = observed;
  const { reply = '', data = '' } = found.evidence ?? {};
  const isInspected = HIDDEN_BY_INSPECTION.has(found.code) && ASTERISKS.test(greeting);
  const software = recognize([greeting, ...capabilities, reply, data]);
  const remedies = [
    isInspected ? INSPECTION : undefined,
    complete.remedy,
    settingFor(found.code, software, endpoint.tls.minVersion),
  ];
  const reproduce = found.reproduce ?? commandFor(found, observed);
  return {
    ...complete,
    ...(isInspected && { evidence: { ...found.evidence, greeting } }),
    ...(reproduce !== undefined && { reproduce }),
    remedy: remedies.filter((one) => one !== undefined).join(' '),
  };
}

function fixFor(
  { code, evidence = {} }: KnownFinding,
  cause: string | undefined,
): Pick<Finding, 'remedy' | 'reference'> {
  const { remedy: usual, reference, causes = {} }: CatalogEntry = CATALOG[code];
  const { remedy, ...fix } = {
    remedy: usual,
    ...(reference !== undefined && { reference }),
    ...(cause !== undefined && causes[cause]),
  };
  if (typeof remedy === 'string') return { remedy, ...fix };
  // A remedy is prose in which backticks mark code; those in text from the network must not.
  const withoutBackticks = Object.entries(evidence).map(([field, value]) => [field, value.replaceAll('`', "'")]);
  return { remedy: remedy(Object.fromEntries(withoutBackticks) as Record<string, string>), ...fix };
}

/** A command that shows a finding, if there is one. */
function commandFor({ code, severity }: KnownFinding, { step, endpoint, address }: Observed): string | undefined {
  if (severity === 'notice' || WITHOUT_COMMAND.has(code)) return undefined;
  if (code === 'implicit-tls-port') return opensslCommand({ ...endpoint, transport: 'implicit' }, address);
  if (code === 'plaintext-auth-advertised') return plainEhloCommand(endpoint, address);
  return stepCommand(step, endpoint, address);
}

/**
 * Findings that no command of their step shows: those about the gate itself, those about the inbox, and those of probes,
 * which bring a command of their own if there is one.
 */
const WITHOUT_COMMAND: ReadonlySet<FindingCode> = new Set<FindingCode>([
  ...UNWAIVABLE,
  'probe-inconclusive',
  'starttls-command-injection',
  'step-required',
  'inbox-unreachable',
  'inbox-rejected',
  'inbox-cleanup-failed',
]);

/** Findings that a firewall causes if it inspects SMTP and overwrites what it does not support. */
const HIDDEN_BY_INSPECTION: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'ehlo-rejected',
  'starttls-not-advertised',
  'starttls-stripped',
]);

/** Cisco PIX and ASA hide the names of the server and of its software this way. */
const ASTERISKS = /\*{8}/;
const INSPECTION =
  'The greeting is overwritten with asterisks: a firewall between client and server inspects SMTP and hides what the server offers. Disable that first (Cisco: `no inspect esmtp`, on a PIX `no fixup protocol smtp`).';
