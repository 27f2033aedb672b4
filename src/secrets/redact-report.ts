import { Redactor } from './redactor.js';
import { shorten } from '../text/shorten.js';
import type { CertificateReport, EndpointReport, Finding, TlsReport, TranscriptEntry } from '../report/report.js';

/** Keys whose values the gate chooses. They contain no secret, and must not be redacted if a password is `pass`. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  'title',
  'party',
  'certainty',
  'reference',
  'resultType',
  'result',
  'transport',
  'role',
  'id',
  'status',
  'skipped',
  'step',
  'code',
  'severity',
  'validFrom',
  'validTo',
  'sha256',
]);

/** Fixed text of the catalog, and values that were redacted before they became a part of it (`completeFinding`). */
const COMPOSED: readonly string[] = ['remedy', 'reproduce', 'reproduceShows', 'reproduceSendsTo'];

/** In characters; enough for every rejection seen in practice. The transcript has all of it. */
const MESSAGE_LIMIT = 1000;
const EVIDENCE_LIMIT = 600;

/**
 * Redacts all secrets, and only then shortens long texts: the beginning of a secret that was cut is not recognized.
 * @param derivedSecrets what AUTH derived from a secret; no word of the gate is one
 */
export function redactReport(
  report: EndpointReport,
  secrets: Redactor,
  derivedSecrets: readonly string[] = [],
): EndpointReport {
  const { steps, earlier, tls, transcript, inboxTranscript, ...rest } = report;
  const redactor = secrets.with(derivedSecrets);
  const ofDerived = new Redactor(derivedSecrets);
  const redacted = <T extends Pick<Finding, 'message' | 'evidence'>>(one: T): T =>
    redactFinding(one, redactor, ofDerived);
  return {
    ...redactor.redactDeep(rest, OWN_WORDS),
    steps: steps.map((step) => ({ ...step, findings: step.findings.map(redacted) })),
    ...(earlier && { earlier: earlier.map(redacted) }),
    ...(tls && { tls: redactTls(tls, redactor) }),
    transcript: redactTranscript(transcript, redactor),
    ...(inboxTranscript && { inboxTranscript: redactTranscript(inboxTranscript, redactor) }),
  };
}

function redactFinding<T extends Pick<Finding, 'message' | 'evidence'>>(
  finding: T,
  redactor: Redactor,
  ofDerived: Redactor,
): T {
  const redacted = redactor.redactDeep(finding, new Set([...OWN_WORDS, ...COMPOSED, 'evidence']));
  const composed = Object.entries(finding).filter(([key]) => COMPOSED.includes(key));
  // The keys of evidence say nothing about its values.
  const evidence = Object.entries(redactor.redactDeep(finding.evidence ?? {}));
  return {
    ...redacted,
    ...ofDerived.redactDeep(Object.fromEntries(composed)),
    message: shorten(redacted.message, MESSAGE_LIMIT),
    ...(finding.evidence && {
      evidence: Object.fromEntries(evidence.map(([key, value]) => [key, shorten(value, EVIDENCE_LIMIT)])),
    }),
  };
}

function redactTls(tls: TlsReport, redactor: Redactor): TlsReport {
  const { certificate, otherCertificates, ...rest } = redactor.redactDeep(tls, OWN_WORDS);
  return {
    ...rest,
    certificate: shortenNames(certificate),
    ...(otherCertificates && { otherCertificates: otherCertificates.map(shortenNames) }),
  };
}

function shortenNames(certificate: CertificateReport): CertificateReport {
  const { subject, issuer } = certificate;
  return { ...certificate, subject: shorten(subject, MESSAGE_LIMIT), issuer: shorten(issuer, MESSAGE_LIMIT) };
}

/** A secret may be split across consecutive lines of the server. */
function redactTranscript(lines: readonly TranscriptEntry[], redactor: Redactor): TranscriptEntry[] {
  const turns: TranscriptEntry[][] = [];
  for (const line of lines) {
    const turn = turns.at(-1);
    if (turn?.[0]?.from === 'server' && line.from === 'server') turn.push(line);
    else turns.push([line]);
  }
  return turns.flatMap((turn) => {
    const texts = redactor.redactLines(turn.map(({ text }) => text));
    return turn.map((line, at) => ({ ...line, text: texts[at] ?? '' }));
  });
}
