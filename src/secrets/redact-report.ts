import { Redactor } from './redactor.js';
import { clientLine } from '../text/client-line.js';
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
  'mechanism',
]);

/** In characters; enough for every rejection seen in practice. The transcript has all of it. */
const MESSAGE_LIMIT = 1000;
const EVIDENCE_LIMIT = 600;

/**
 * Redacts all secrets, and only then shortens long texts: the beginning of a secret that was cut is not recognized. Of
 * findings it redacts only what AUTH derived, because their values are already redacted, and our own words are not to be.
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
    shortenFinding(ofDerived.redactDeep(one, OWN_WORDS));
  return {
    ...redactor.redactDeep(rest, OWN_WORDS),
    steps: steps.map((step) => ({ ...step, findings: step.findings.map(redacted) })),
    ...(earlier && { earlier: earlier.map(redacted) }),
    ...(tls && { tls: redactTls(tls, redactor) }),
    transcript: redactTranscript(transcript, redactor),
    ...(inboxTranscript && { inboxTranscript: redactTranscript(inboxTranscript, redactor) }),
  };
}

function shortenFinding<T extends Pick<Finding, 'message' | 'evidence'>>(finding: T): T {
  const { message, evidence } = finding;
  return {
    ...finding,
    message: shorten(message, MESSAGE_LIMIT),
    ...(evidence && {
      evidence: Object.fromEntries(
        Object.entries(evidence).map(([field, value]) => [field, shorten(value, EVIDENCE_LIMIT)]),
      ),
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
  if (redactor.isEmpty) return [...lines];
  const turns: TranscriptEntry[][] = [];
  for (const line of lines) {
    const turn = turns.at(-1);
    if (turn?.[0]?.from === 'server' && line.from === 'server') turn.push(line);
    else turns.push([line]);
  }
  return turns.flatMap((turn) => {
    const [{ from, text }] = turn as [TranscriptEntry];
    const texts =
      from === 'client'
        ? [clientLine(text).render((value) => redactor.redact(value))]
        : redactor.redactLines(turn.map((line) => line.text));
    return turn.map((line, at) => ({ ...line, text: texts[at] ?? '' }));
  });
}
