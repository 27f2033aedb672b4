import { earlierFindings, type EndpointReport, type Finding, type StepId } from '../report/report.js';
import { byOutcome, OUTCOME_LABELS, outcomeOf, type Outcome } from './counts.js';
import { excerptOf } from './excerpt.js';
import { SIGNS, type Sign } from './labels.js';

/** What every output says about one endpoint, in the order in which it says it. */
export interface EndpointView {
  readonly endpoint: EndpointReport;
  readonly outcome: Outcome;
  /** How often it was tried, and what failed first; undefined if it was tried once. */
  readonly attempts?: { readonly inShort: string; readonly inFull: string };
  /** The findings that keep it from passing, worst first. The first one is the cause. */
  readonly problems: readonly FindingView[];
  /** Notices, and that the endpoint passed only after more than one attempt. */
  readonly notes: readonly { readonly text: string; readonly code?: string }[];
}

export interface FindingView {
  readonly finding: Finding;
  readonly title: string;
  readonly outcome: Exclude<Outcome, 'pass'>;
  readonly sign: Sign;
  /** The step, and whether only an earlier attempt found it. */
  readonly step: string;
  /** Without what the message says. */
  readonly evidence: readonly { readonly label: string; readonly value: string }[];
  /** The lines of the transcript that show it. Empty if there are none, or if an earlier problem has shown them. */
  readonly transcript: readonly string[];
  /** Of which session these lines are. */
  readonly connection?: string;
}

/** Worst first. */
export function endpointViews(endpoints: readonly EndpointReport[]): EndpointView[] {
  return byOutcome(endpoints).flatMap(([, some]) => some.map(endpointView));
}

export function hasProblems({ endpoint }: EndpointView): boolean {
  return endpoint.result !== 'pass';
}

/** Whether its row is always shown: it did not pass, or only after a retry. */
export function isNoteworthy({ outcome }: EndpointView): boolean {
  return outcome !== 'pass';
}

interface Found {
  readonly finding: Finding;
  readonly step: string;
  /** The step; undefined for a finding of an earlier attempt. */
  readonly id?: StepId;
}

export function endpointView(endpoint: EndpointReport): EndpointView {
  const { steps, result } = endpoint;
  const found: Found[] = steps.flatMap(({ id, findings }) => findings.map((finding) => ({ finding, id, step: id })));
  const before = earlierFindings(endpoint).map(({ step, ...finding }): Found => {
    return { finding, step: `${step} in an earlier attempt` };
  });
  const shown = new Set<string>();
  const problems = [...found, ...before]
    .filter(({ finding }) => finding.severity !== 'notice')
    .sort((a, b) => weight(b.finding) - weight(a.finding))
    .map(({ finding, id, step }): FindingView => {
      const outcome = outcomeOfFinding(finding);
      const view = {
        finding,
        title: finding.title,
        outcome,
        sign: SIGNS[outcome],
        step,
        evidence: evidenceOf(finding),
      };
      // The transcript is that of the last attempt.
      const excerpt = id && excerptOf(endpoint, id, finding);
      const lines = excerpt?.lines.join('\n') ?? '';
      if (!excerpt || shown.has(lines)) return { ...view, transcript: [] };
      shown.add(lines);
      return { ...view, transcript: excerpt.lines, connection: excerpt.connection };
    });
  const attempts = attemptsOf(endpoint, problems[0]?.finding);
  const notices = found.flatMap(({ finding: { severity, message, code } }) =>
    severity === 'notice' ? [{ text: message, code }] : [],
  );
  const notes = attempts && result === 'pass' ? [{ text: attempts.inFull }, ...notices] : notices;
  return { endpoint, outcome: outcomeOf(endpoint), ...(attempts && { attempts }), problems, notes };
}

function outcomeOfFinding({ severity, waived, inconclusive }: Finding): FindingView['outcome'] {
  if (waived) return 'waived';
  if (severity === 'warning') return 'warn';
  return inconclusive ? 'inconclusive' : 'fail';
}

/** Parts of a sentence in the fix. */
const ONLY_IN_FIX = ['needs'];

function evidenceOf({ message, evidence = {} }: Finding): FindingView['evidence'] {
  return Object.entries(evidence)
    .filter(([field, value]) => !says(message, value) && !ONLY_IN_FIX.includes(field))
    .map(([field, value]) => ({ label: evidenceLabel(field), value }));
}

/** Whether a message contains a value as whole words. */
function says(message: string, value: string): boolean {
  const at = message.indexOf(value);
  if (at < 0 || value === '') return false;
  const isWord = (character = '') => /[\p{L}\p{N}]/u.test(character);
  return !isWord(message[at - 1]) && !isWord(message[at + value.length]);
}

/** Fields of evidence whose names are not words. */
const EVIDENCE_LABELS: ReadonlyMap<string, string> = new Map([
  ['authservId', 'authserv-id'],
  ['caIssuers', 'CA Issuers URL'],
  ['helo', 'reply to HELO'],
  ['messageId', 'Message-ID'],
  ['openssl', 'OpenSSL error'],
  ['insideTls', 'over TLS'],
  ['beforeTls', 'before TLS'],
  ['rootSha256', 'SHA-256 of the root'],
  ['saslError', 'SASL error'],
  ['sha256', 'SHA-256'],
]);

/** A field of evidence as people read it: "valid to" for `validTo`. */
function evidenceLabel(field: string): string {
  return EVIDENCE_LABELS.get(field) ?? field.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Such as "passed on attempt 2 (first: connection lost)", or "failed in 3 of 3 attempts" if all were the same. */
function attemptsOf({ attempts, result, earlier = [] }: EndpointReport, worst?: Finding): EndpointView['attempts'] {
  if (attempts === 1) return undefined;
  const failures = earlier.filter((one) => !('severity' in one));
  const outcome = result === 'warn' ? 'passed with warnings' : OUTCOME_LABELS[result];
  const isSame = failures.every(({ code, message }) => code === worst?.code && message === worst.message);
  if (isSame && failures.length === attempts - 1) {
    const inShort = `${outcome} in ${attempts} of ${attempts} attempts`;
    return { inShort, inFull: inShort };
  }
  const [first] = failures;
  const inShort = `${outcome} on attempt ${attempts}${first ? ` (first: ${insideSentence(first.title ?? first.code)})` : ''}`;
  return {
    inShort,
    inFull: first ? `${inShort}. Attempt 1 failed in step ${first.step}: ${first.message}` : inShort,
  };
}

/** A title that starts in lower case, unless its first word is an abbreviation. */
function insideSentence(title: string): string {
  return title.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

function weight({ severity, waived, inconclusive }: Finding): number {
  if (waived) return severity === 'error' ? 1 : 0;
  if (severity === 'warning') return 2;
  return inconclusive ? 3 : 4;
}
