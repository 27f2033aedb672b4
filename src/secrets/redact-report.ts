import type { Redactor } from './redactor.js';
import { shorten } from '../text/shorten.js';
import type { CertificateReport, EndpointReport, Finding, TlsReport, TranscriptEntry } from '../report/report.js';

/** Keys whose values the gate chooses. They contain no secret, and must not be redacted if a password is `pass`. */
const OWN_WORDS: ReadonlySet<string> = new Set([
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

/** In characters; enough for every rejection seen in practice. The transcript has all of it. */
const MESSAGE_LIMIT = 1000;
const EVIDENCE_LIMIT = 600;

/** Redacts all secrets, and only then shortens long texts: the beginning of a secret that was cut is not recognized. */
export function redactReport(report: EndpointReport, redactor: Redactor): EndpointReport {
  const { steps, earlier, tls, transcript, ...rest } = report;
  return {
    ...redactor.redactDeep(rest, OWN_WORDS),
    steps: steps.map((step) => ({ ...step, findings: step.findings.map((one) => redactFinding(one, redactor)) })),
    ...(earlier && { earlier: earlier.map((one) => redactFinding(one, redactor)) }),
    ...(tls && { tls: redactTls(tls, redactor) }),
    transcript: redactTranscript(transcript, redactor),
  };
}

function redactFinding<T extends Pick<Finding, 'message' | 'evidence'>>(finding: T, redactor: Redactor): T {
  const redacted = redactor.redactDeep(finding, new Set([...OWN_WORDS, 'evidence']));
  // The keys of evidence say nothing about its values.
  const evidence = Object.entries(redactor.redactDeep(finding.evidence ?? {}));
  return {
    ...redacted,
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
