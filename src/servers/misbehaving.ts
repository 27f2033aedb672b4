import type { FindingCode } from '../findings/codes.js';
import type { StepId } from '../report/report.js';
import { startTls } from './connection.js';
import { inDays } from './pki.js';
import type { Scenario } from './scenarios.js';

/** A server of the self-test. */
export interface Misbehaving extends Scenario {
  /** The finding that the server must cause, and in which step; without it the server must pass. */
  readonly expected?: { readonly step: StepId; readonly finding: FindingCode };
}

/**
 * What each server of the self-test does, by name. The good one comes last, so that a gate that only reads the last
 * result does not pass.
 */
export const MISBEHAVING: Readonly<Record<string, Misbehaving>> = {
  'hides STARTTLS': {
    expected: { step: 'capability', finding: 'starttls-stripped' },
    dialogue: { offers: [] },
  },
  'sends plaintext after STARTTLS': {
    expected: { step: 'upgrade', finding: 'plaintext-after-starttls' },
    dialogue: { replies: { STARTTLS: ['220 2.0.0 Ready', '250 injected', startTls] } },
  },
  'presents an expired certificate': {
    expected: { step: 'certificate', finding: 'certificate-expired' },
    certificate: { notBefore: inDays(-100), notAfter: inDays(-10) },
  },
  'presents a certificate for a different name': {
    expected: { step: 'certificate', finding: 'certificate-hostname-mismatch' },
    certificate: { names: ['mail.other.example'] },
  },
  'presents a certificate from an unknown CA': {
    expected: { step: 'certificate', finding: 'certificate-untrusted' },
    unknownCa: true,
  },
  'rejects the password': {
    expected: { step: 'authentication', finding: 'auth-rejected' },
    dialogue: { replies: { AUTH: '535 5.7.8 Authentication failed' } },
  },
  'alters the message': {
    expected: { step: 'delivery', finding: 'message-altered' },
    deliver: (message) => `${message}Scanned for viruses.\r\n`,
  },
  'accepts the message and loses it': {
    expected: { step: 'delivery', finding: 'message-not-received' },
    deliver: () => undefined,
  },
  'behaves correctly': {},
};
