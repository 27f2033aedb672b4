import type { Certainty, Party, Severity, StepId } from '../../report/report.js';
import type { CommandName } from '../reproduce.js';
import type { SettingKey } from '../setting-keys.js';
import type { Topic } from '../software/topic.js';

/** What the gate knows about one kind of finding, for any endpoint. */
export interface CatalogEntry {
  /** A headline of a few words. */
  readonly title: string;
  /** The severity, unless the step decides otherwise. */
  readonly severity: Severity;
  /** The steps that can report it. */
  readonly steps: readonly StepId[];
  /** What it means, for someone who sees it for the first time. */
  readonly explanation: string;
  /** The fields of evidence that it may have, and a description of each (Markdown). */
  readonly evidence: Readonly<Record<string, string>>;
  /** The cause, unless the step names a more specific one. */
  readonly usual: Cause;
  /** The setting that it is about, unless the cause names another, or a different party has to act than its owner. */
  readonly about?: SettingKey;
  /** The causes that a step can distinguish, by name. */
  readonly causes?: Readonly<Record<string, Cause>>;
  /** The section of the standard. */
  readonly reference?: string;
  /** Its result type in a TLS report (RFC 8460 section 4.3), if it has one. */
  readonly resultType?: ResultType;
}

/**
 * Why a finding occurs, and what to do about it. A cause inherits nothing from the usual one, because its fix, setting and
 * command would be wrong for it. Two causes are distinguished wherever their fixes differ.
 */
export interface Cause {
  /** Replaces the title of the entry. */
  readonly title?: string;
  /** Who has to act. */
  readonly party: Party;
  /** `likely` if what was observed can have a different cause. */
  readonly certainty: Certainty;
  /** What to do, without the names of products, as a sentence or with `listOf`. Backticks mark code. */
  readonly remedy: string | FromEvidence;
  /** The remedy for the owner of an account at a mail service, who has no access to the server and its log. */
  readonly accountRemedy?: string | FromEvidence;
  /** The settings of common products, shown if the software of the server is not recognized. */
  readonly examples?: string;
  /** What to look up for the software of the server, if it is recognized. */
  readonly setting?: Topic;
  /**
   * What a new certificate must be or have so that this problem does not occur, as the end of "one that …", if a new
   * certificate is the fix. Several such findings of a step get one fix.
   */
  readonly newCertificate?: string | FromEvidence;
  /** The codes of other findings that it also causes. They refer to its fix if they occur in the same attempt. */
  readonly explains?: readonly string[];
  /** A command that shows it, if there is a common tool that can. */
  readonly reproduce?: Reproduction;
  /** Replaces the reference of the entry. */
  readonly reference?: string;
  /** The setting that it is about. */
  readonly about?: SettingKey;
}

/** A command, and the text in its output that shows the problem. */
export interface Reproduction {
  readonly command: CommandName;
  /** A function that finds nothing to look for in the evidence returns an empty text; then there is no command. */
  readonly shows: string | FromEvidence;
  /** What takes its place if the command is not possible. */
  readonly otherwise?: Reproduction;
}

/** The evidence of a finding. In prose, the values contain no backticks. */
export type Values = Readonly<Record<string, string>>;

type FromEvidence = (evidence: Values) => string;

/** What Exchange Online and Gmail append to a reply: it is different in every session. */
const OF_THIS_SESSION = / \[[\w.-]+\.(?:outlook|exchangelabs)\.com\b[^\]]*\]$| \S+ - gsmtp$/i;

/**
 * Looks for the reply in the evidence. If the reply has several lines, looks for the longest text of one, because tools
 * print each line separately, with its own code, and the first may be only a name. A link is different in every session.
 * The evidence has only the beginning of a long reply.
 */
export const REPLY: FromEvidence = ({ reply = '' }) => {
  const [first = '', ...others] = reply.split(' / ');
  if (others.length === 0) return stable(first.replace(OF_THIS_SESSION, ''));
  const texts = [first, ...others].map((line) => line.slice('250 '.length).replace(OF_THIS_SESSION, ''));
  const candidates = texts.filter((text) => !text.includes('://')).map(stable);
  return candidates.reduce((longest, text) => (text.length > longest.length ? text : longest), stable(texts[0] ?? ''));
};

/** Addresses, diagnostics, queue IDs and times are different in every session, or on another machine. */
const UNSTABLE = / [[(]|; | (?:id=|\d+:\d\d)| (?=\S*\d)(?=\S*[A-Z])[\dA-Z-]{9,}\b/i;
/** Nobody compares more than this. In characters. */
const LONGEST_SHOWN = 80;

/** An identifier of the session, a time, or a diagnostic in a greeting. */
const UNSTABLE_IN_GREETING = / <|; | \d+:\d\d/;

/** The beginning of a text of a server, as far as every session probably has it, and so that it is found at a glance. */
export function stable(text: string): string {
  return upTo(UNSTABLE, text);
}

/** Looks for the first line of the server in the evidence. */
export const FIRST_LINE: FromEvidence = ({ line = '' }) => upTo(UNSTABLE_IN_GREETING, line);

function upTo(unstable: RegExp, text: string): string {
  const [start = ''] = beginning(text).split(unstable);
  const end = start.length <= LONGEST_SHOWN ? start.length : start.lastIndexOf(' ', LONGEST_SHOWN);
  return start.slice(0, end < 0 ? LONGEST_SHOWN : end).trim();
}

/** The beginning of a text up to the first character that the evidence shows escaped or cut, and tools do not. */
export function beginning(text = ''): string {
  const [start = ''] = text.split(/\\[xu]|…/);
  return start.trim();
}

/** What an entry has besides its texts and its usual cause. */
type EntryDetails = Pick<CatalogEntry, 'evidence' | 'reference' | 'causes' | 'resultType' | 'about'> &
  Partial<Pick<CatalogEntry, 'steps'>>;

/**
 * One constructor of entries for each severity.
 * @param steps the steps of all entries that name no others
 * @param common evidence that all entries may have
 */
export function entriesOf<Field extends string = never>(
  steps: readonly StepId[],
  common?: Readonly<Record<Field, string>>,
) {
  const entryOf =
    (severity: Severity) =>
    <const Details extends EntryDetails>(title: string, explanation: string, usual: Cause, details: Details) => ({
      ...{ title, severity, steps, explanation, usual },
      ...details,
      evidence: { ...details.evidence, ...common } as Details['evidence'] & Record<Field, string>,
    });
  return { error: entryOf('error'), warning: entryOf('warning'), notice: entryOf('notice') };
}

/** The result types of RFC 8460 section 4.3 that are about a server's TLS itself. */
type ResultType =
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure';
