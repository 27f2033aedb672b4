import { assemble } from '../../src/verdict/assemble.js';
import { resultOf, statusOf } from '../../src/verdict/verdict.js';
import { CATALOG, type CatalogEntry } from '../../src/findings/catalog.js';
import type { FindingCode } from '../../src/findings/codes.js';
import { completeFinding } from '../../src/findings/complete.js';
import { finding, type KnownFinding } from '../../src/findings/finding.js';
import { exactly, fixed, renderAll } from '../../src/text/own.js';
import {
  STEP_IDS,
  type EndpointReport,
  type Finding,
  type Report,
  type StepId,
  type StepReport,
} from '../../src/report/report.js';
import { reportSchema } from '../../src/report/schema.js';

const STARTED_AT = '2026-11-23T12:00:00.000Z';

/** A finding of a step with its message and its evidence in words. */
export function inWords({ message, evidence, ...found }: KnownFinding) {
  return { ...found, message: exactly(message), ...(evidence && { evidence: renderAll(evidence, EXACTLY.redact) }) };
}

/** Completes a finding without redacting anything. */
export const EXACTLY = { redact: (value: string): string => value };

/** A finding of the catalog, with its own details. */
export function aFinding(code: FindingCode, details: Partial<Finding> = {}): Finding {
  const { explanation }: CatalogEntry = CATALOG[code];
  return { ...completeFinding(finding(code, fixed(explanation)), EXACTLY), ...details };
}

/** An endpoint with findings in some steps; a step that did not pass blocks later ones. */
export function anEndpoint(
  details: Partial<EndpointReport> = {},
  findings: Partial<Record<StepId, Finding[]>> = {},
): EndpointReport {
  let blocked = false;
  const steps = STEP_IDS.map((id): StepReport => {
    if (blocked) return { id, status: 'skip', skipped: 'blocked', durationMs: 0, findings: [] };
    const found = findings[id] ?? [];
    const status = statusOf(found);
    blocked = status === 'fail' || status === 'inconclusive';
    return { id, status, durationMs: 40, findings: found };
  });
  return {
    name: 'relay',
    host: 'smtp.example.com',
    port: 587,
    address: '192.0.2.7',
    transport: 'starttls',
    role: 'submission',
    result: resultOf(steps),
    attempts: 1,
    durationMs: 321,
    steps,
    transcript: aTranscript(),
    ...details,
  };
}

export function aReport(...endpoints: EndpointReport[]): Report {
  const { report } = assemble(endpoints, {
    policy: { failOn: 'fail', onInconclusive: 'fail' },
    run: {},
    startedAt: new Date(STARTED_AT),
    durationMs: 12_345,
  });
  return reportSchema.parse(report);
}

/** The report of an endpoint that passed on attempt 2, after a warning in attempt 1. */
export function warnedEarlier(): Pick<EndpointReport, 'attempts' | 'result' | 'earlier'> {
  const warning = aFinding('plaintext-auth-advertised', { message: 'AUTH too early.', remedy: 'Hide it.' });
  return {
    attempts: 2,
    result: 'warn',
    earlier: [
      { step: 'authentication', code: 'throttled', message: '421 later' },
      { step: 'capability', ...warning },
    ],
  };
}

/** A transcript up to the handshake, with more entries. */
export function aTranscript(...more: EndpointReport['transcript']): EndpointReport['transcript'] {
  return [
    { at: 3, from: 'server', text: '220 smtp.example.com ESMTP' },
    { at: 4, from: 'client', text: 'EHLO ci.example.com' },
    { at: 12, from: 'server', text: '250-smtp.example.com' },
    { at: 12, from: 'server', text: '250-SIZE 52428800' },
    { at: 12, from: 'server', text: '250 STARTTLS' },
    { at: 13, from: 'client', text: 'STARTTLS' },
    { at: 20, from: 'server', text: '220 2.0.0 Ready to start TLS' },
    ...more,
  ];
}

/** The TLS part of a report. @param daysLeft from the start of the run, with fractions */
export function aTls(daysLeft: number): NonNullable<EndpointReport['tls']> {
  return {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    group: 'X25519',
    certificate: {
      subject: 'CN=smtp.example.com',
      issuer: 'CN=Example CA R3, O=Example CA',
      names: ['smtp.example.com'],
      validFrom: '2026-09-01T00:00:00Z',
      validTo: new Date(Date.parse(STARTED_AT) + daysLeft * 86_400_000).toISOString(),
      daysLeft: Math.floor(daysLeft),
      key: 'EC P-256',
      signature: 'ecdsa-with-SHA256',
      sha256: '00'.repeat(32),
      pin: 'sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    },
    chain: ['CN=smtp.example.com'],
  };
}
