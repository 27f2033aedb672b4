import type { Finding, Party, StepId } from '../report/report.js';
import { CATALOG, type CatalogEntry } from './catalog.js';
import type { FindingCode } from './codes.js';
import type { Cause, Reproduction, Values } from './catalog/entry.js';
import { causeOf, textOf } from './cause.js';
import { redactedEndpoint } from './commands/subject.js';
import type { KnownFinding } from './finding.js';
import { filled } from './placeholders.js';
import { commandFor, COMMANDS, sendsMessage, type ReproducibleEndpoint } from './reproduce.js';
import { sharedFixes, type SharedFix } from './shared-fix.js';
import type { SettingKey } from './setting-keys.js';
import { isOfAccount, isSufficient, recognize, settingOf, type Recognized } from './software.js';
import { renderAll } from '../text/own.js';
import { together } from '../text/lists.js';

/** What the gate has learned about a server by the end of a step. */
export interface Observed extends Redacting {
  readonly step: StepId;
  readonly endpoint: ReproducibleEndpoint;
  /** The IP address of the server. */
  readonly address?: string | undefined;
  /** The text of the greeting. */
  readonly greeting?: string | undefined;
  /** The lines of all replies to EHLO. */
  readonly capabilities: readonly string[];
}

/** Redacts the secrets in a value before it becomes a part of a message, a fix or a command. */
export interface Redacting {
  readonly redact: (value: string) => string;
}

/** Completes the findings of one step. Findings that the same action fixes share one fix. */
export function completeFindings(found: readonly KnownFinding[], observed: Observed): Finding[] {
  const fixes = sharedFixes(found, (one) => valuesOf(one, observed));
  return found.map((one) => completeFinding(one, observed, fixes.get(one)));
}

/**
 * Puts a finding into words, and adds its cause and what to do about it: who has to act, the fix, the setting of this
 * server or provider, and a command that shows the problem.
 * @param observed only the redactor, for a finding about the gate itself
 * @param fix if another finding has the same fix
 */
export function completeFinding(found: KnownFinding, observed: Observed | Redacting, fix?: SharedFix): Finding {
  const { cause: name, message, evidence, ...rest } = found;
  const values = valuesOf(found, observed);
  const exact = valuesOf(found, { redact: (value) => value });
  const server = 'endpoint' in observed ? observed : undefined;
  const entry: CatalogEntry = CATALOG[found.code];
  const cause = causeOf(found.code, name);
  const { certainty, reference = entry.reference } = cause;
  const title = titled(cause.title ?? entry.title, found.code, values);
  const { resultType } = entry;
  const software = server && softwareOf(exact, server);
  // Whoever runs the service cannot change it.
  const party = cause.party === 'server' && isOfAccount(cause.setting, software) ? 'configuration' : cause.party;
  const text = fix?.text ?? textOf(cause.remedy, values);
  return {
    ...{ ...rest, title, party, certainty },
    message: message.render(observed.redact),
    ...(evidence && { evidence: values }),
    remedy: fix && !fix.leads ? fix.text : remedyOf(values, cause, text, { software, observed: server }),
    ...(reference !== undefined && { reference }),
    ...(resultType !== undefined && { resultType }),
    ...sourceOf(cause.about ?? entry.about, party, server),
    ...(server && found.severity !== 'notice' && commandOf(cause, { exact, values }, server)),
  };
}

/** A server with two certificates may have a problem with only one of them. The inbox can be on a different server. */
function titled(title: string, code: FindingCode, { keyType, inbox = '' }: Values): string {
  const host = /^[^:]+:\/\/(.*?)(?::\d+)?$/.exec(inbox)?.[1];
  if (host !== undefined) return title.replace(/^Inbox: /, `Inbox ${host}: `);
  return keyType === undefined || code === 'certificate-unchecked' ? title : `${title} (${keyType})`;
}

/** The line of a setting, if whoever has to act can change it, or looks there for what is configured. */
function sourceOf(about: SettingKey | undefined, party: Party, server: Observed | undefined): Pick<Finding, 'source'> {
  const source = about && server?.endpoint.settingSource?.(about);
  return source && (party === 'configuration' || party === 'inbox') ? { source } : {};
}

function valuesOf({ evidence = {} }: KnownFinding, { redact }: Redacting): Values {
  return renderAll(evidence, redact);
}

function softwareOf({ reply = '', data = '' }: Values, observed: Observed): Recognized | undefined {
  return recognize({
    host: observed.endpoint.host,
    // Data that arrived instead of something else may be a greeting.
    greetings: [observed.greeting ?? '', data],
    offers: observed.capabilities,
    rejections: [reply],
  });
}

/** @param text of the fix, without a setting */
function remedyOf(
  values: Values,
  { examples, setting, accountRemedy, party }: Cause,
  text: string,
  { software, observed }: { readonly software: Recognized | undefined; readonly observed: Observed | undefined },
): string {
  const { keyType } = values;
  const { settingNames = {}, mxOf } = observed?.endpoint ?? {};
  const ofSoftware =
    setting !== undefined && software
      ? settingOf(setting, software, observed?.endpoint.tls.minVersion ?? '')
      : undefined;
  const which =
    keyType === undefined
      ? []
      : [`The server has another certificate as well; this finding is about the ${keyType} one.`];
  // Without a topic, the examples are not about the software of the server.
  const more = setting === undefined || software === undefined ? examples : ofSoftware;
  const isAccount = isOfAccount(setting, software);
  const owner =
    isAccount && software && party === 'server' ? [`The owner of the account at ${software.name} has to do this.`] : [];
  const isEnough = setting !== undefined && ofSoftware !== undefined && isSufficient(setting);
  const general = [
    together([isAccount && accountRemedy !== undefined ? textOf(accountRemedy, values) : text, ...which]),
  ];
  const advice = [...(isEnough ? [] : general), ...(more === undefined ? [] : [filled(more, setting, values)])];
  // What the service rejects most often is more likely than a typo.
  const parts = [
    ...(isAccount && (setting === 'auth-rejected' || setting === 'username') ? advice.toReversed() : advice),
    ...owner,
  ];
  const fix = asConfigured(together(parts), settingNames);
  // An endpoint with `mx` has no `host`.
  return mxOf ? fix.replaceAll('`host`', mxOf.isImplicit ? '`mx`' : 'the MX record') : fix;
}

/** A fix with the names by which the user knows what is set: the input `rcpt-to` instead of `delivery.to`. */
function asConfigured(text: string, names: Readonly<Record<string, string>>): string {
  return text.replace(/`([\w.-]+)`/g, (code, key: string) => (Object.hasOwn(names, key) ? `\`${names[key]}\`` : code));
}

type Command = Pick<Finding, 'reproduce' | 'reproduceShows' | 'reproduceSendsTo'>;

function commandOf({ reproduce }: Cause, values: ValuesOfFinding, observed: Observed): Command {
  for (let one = reproduce; one; one = one.otherwise) {
    const command = commandFrom(one, values, observed);
    if (command) return command;
  }
  return {};
}

interface ValuesOfFinding {
  readonly exact: Values;
  /** Redacted. */
  readonly values: Values;
}

function commandFrom(
  { command: name, shows }: Reproduction,
  { exact, values }: ValuesOfFinding,
  { endpoint, address, capabilities, redact }: Observed,
): Command | undefined {
  const command = commandFor(name, exact);
  const reproduceShows = typeof shows === 'string' ? shows : legible(shows(values));
  const { keyType } = exact;
  const shown = { ...redactedEndpoint(endpoint, redact), ...(keyType !== undefined && { keyType }) };
  const lineWith = (evidence: Values): string | undefined =>
    COMMANDS[command](shown, { address, capabilities, evidence });
  const line = lineWith(exact);
  if (reproduceShows === '' || line === undefined || line.length > LONGEST_COMMAND) return undefined;
  // Evidence may quote a server, and a server can quote a secret. Without that part the command would be a different one.
  if (line !== lineWith(values)) return undefined;
  const sendsTo = sendsMessage(command) ? shown.delivery?.to : undefined;
  return { reproduce: line, reproduceShows, ...(sendsTo !== undefined && { reproduceSendsTo: sendsTo }) };
}

/** In characters. Outputs cut longer text, and a truncated command may do something else. */
const LONGEST_COMMAND = 900;

/** The longest part of a text without a redacted secret, which the output of the command shows unredacted. */
function legible(text: string): string {
  const [longest = ''] = text.split('<redacted>').sort((a, b) => b.length - a.length);
  return longest.trim();
}
