import type { Redactor } from './redactor.js';
import { shorten } from '../text/shorten.js';
import type { CertificateReport, EndpointReport, Finding, TlsReport } from '../report/report.js';

/**
 * Keys whose values are the gate's own words, numbers and dates. They carry no secret, and would be damaged where
 * somebody's password is `pass`.
 */
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
  'from',
  'validFrom',
  'validTo',
  'sha256',
]);

/** Enough for every refusal seen in the field; the whole of it is in the transcript. */
const MESSAGE_LIMIT = 1000;
const EVIDENCE_LIMIT = 600;

/**
 * Makes a report fit to be shown: `<redacted>` stands wherever it held a secret, and only then is quoted text cut,
 * lest the beginning of a secret stays behind that nobody recognises.
 */
export function redactEndpoint(endpoint: EndpointReport, redactor: Redactor): EndpointReport {
  const { steps, earlier, tls, ...rest } = withoutSecrets(endpoint, redactor);
  const fit = <T extends Pick<Finding, 'message' | 'evidence'>>(finding: T): T => ({
    ...finding,
    message: shorten(finding.message, MESSAGE_LIMIT),
    ...(finding.evidence && { evidence: fitEvidence(finding.evidence, redactor) }),
  });
  return {
    ...rest,
    steps: steps.map((step) => ({ ...step, findings: step.findings.map(fit) })),
    ...(earlier && { earlier: earlier.map(fit) }),
    ...(tls && { tls: fitTls(tls) }),
  };
}

/** The same report, uncut, with `<redacted>` wherever it held a secret. */
export function withoutSecrets<T extends Pick<EndpointReport, 'transcript'>>(endpoint: T, redactor: Redactor): T {
  return redactor.redactDeep({ ...endpoint, transcript: unfold(endpoint.transcript, redactor) }, OWN_WORDS);
}

/** The transcript without secrets that are folded over lines which the server says one after the other. */
function unfold(transcript: EndpointReport['transcript'], redactor: Redactor): EndpointReport['transcript'] {
  const turns: EndpointReport['transcript'][] = [];
  for (const line of transcript) {
    const turn = turns.at(-1);
    if (turn?.[0]?.from === line.from && line.from === 'server') turn.push(line);
    else turns.push([line]);
  }
  return turns.flatMap((turn) => {
    const texts = turn.length > 1 ? redactor.redactLines(turn.map(({ text }) => text)) : [];
    return turn.map((line, at) => ({ ...line, text: texts[at] ?? line.text }));
  });
}

function fitTls({ certificate, otherCertificates, ...rest }: TlsReport): TlsReport {
  return {
    ...rest,
    certificate: fitCertificate(certificate),
    ...(otherCertificates && { otherCertificates: otherCertificates.map(fitCertificate) }),
  };
}

function fitCertificate(certificate: CertificateReport): CertificateReport {
  const { subject, issuer } = certificate;
  return { ...certificate, subject: shorten(subject, MESSAGE_LIMIT), issuer: shorten(issuer, MESSAGE_LIMIT) };
}

/** Evidence has keys of its own choice: there they say nothing about the value. */
function fitEvidence(evidence: NonNullable<Finding['evidence']>, redactor: Redactor): Record<string, string> {
  const redacted = Object.entries(redactor.redactDeep(evidence));
  return Object.fromEntries(redacted.map(([what, value]) => [what, shorten(value, EVIDENCE_LIMIT)]));
}
