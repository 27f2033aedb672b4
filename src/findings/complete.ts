import type { Finding, StepId } from '../report/report.js';
import type { Endpoint } from '../plan/endpoint.js';
import { CATALOGUE, UNWAIVABLE } from './catalogue.js';
import type { CatalogueEntry, FindingCode } from './catalogue.js';
import type { KnownFinding } from './finding.js';
import { stepCommand } from './reproduce.js';
import { recognize, settingFor } from './software.js';

/** What the gate has learned about a server by the end of a step. */
export interface Observed {
  readonly step: StepId;
  readonly endpoint: Endpoint;
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
export function completeFinding({ cause, ...found }: KnownFinding, observed?: Observed): KnownFinding {
  const withFix = { ...found, ...fixFor(found, cause) };
  if (!observed) return withFix;
  const { step, endpoint, address, greeting = '', capabilities } = observed;
  const { reply = '', octets = '' } = found.evidence ?? {};
  const isInspected = HIDDEN_BY_INSPECTION.has(found.code) && ASTERISKS.test(greeting);
  const software = recognize([greeting, ...capabilities, reply, octets]);
  const remedies = [
    isInspected ? INSPECTION : undefined,
    withFix.remedy,
    settingFor(found.code, software, endpoint.tls.minVersion),
  ];
  const isShownByCommand = found.severity !== 'notice' && !WITHOUT_COMMAND.has(found.code);
  return {
    ...(isShownByCommand && { reproduce: stepCommand(step, endpoint, address) }),
    ...withFix,
    ...(isInspected && { evidence: { ...found.evidence, greeting } }),
    remedy: remedies.filter((one) => one !== undefined).join(' '),
  };
}

/** The remedy of a finding, and its reference if that depends on the cause. */
function fixFor(
  { code, remedy: given, evidence = {} }: Omit<KnownFinding, 'cause'>,
  cause: string | undefined,
): Pick<Finding, 'remedy' | 'reference'> {
  const { causes = {} }: CatalogueEntry = CATALOGUE[code];
  const fix = cause === undefined ? undefined : causes[cause];
  if (!fix) return { remedy: given };
  const { remedy, ...reference } = fix;
  // A remedy is prose in which backticks mark code; text from the network must not.
  const harmless = Object.entries(evidence).map(([field, value]) => [field, value.replaceAll('`', "'")]);
  const text = typeof remedy === 'string' ? remedy : remedy(Object.fromEntries(harmless) as Record<string, string>);
  return { remedy: text, ...reference };
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

/** Findings that a firewall causes if it inspects SMTP and overwrites what it does not know. */
const HIDDEN_BY_INSPECTION: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'ehlo-rejected',
  'starttls-not-advertised',
  'starttls-stripped',
]);

/** Cisco PIX and ASA hide the names of the server and of its software this way. */
const ASTERISKS = /\*{8}/;
const INSPECTION =
  'The greeting is overwritten with asterisks: a firewall between client and server inspects SMTP and hides what the server offers. Disable that first (Cisco: `no inspect esmtp`, on a PIX `no fixup protocol smtp`).';
