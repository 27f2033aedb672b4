import { inDays } from './pki.js';
import type { CertificateOptions } from './pki.js';
import type { FindingCode } from '../findings/catalogue.js';
import type { StepId } from '../report/report.js';

/** What a server does otherwise than an honest one; nothing, where it is honest. */
export interface Conduct {
  /** What must come of it, and in which step; without it the server must pass. */
  readonly lie?: { readonly step: StepId; readonly finding: FindingCode };
  readonly certificate?: CertificateOptions;
  /** Whether the certificate is of an authority that the gate does not know. */
  readonly stranger?: boolean;
  /** Replies in place of the honest ones, by command. */
  readonly replies?: Readonly<Record<string, string>>;
  /** What becomes of an accepted message on its way into the inbox: another text, or nothing. */
  readonly deliver?: (message: string) => string | undefined;
}

/** The name that all of them bear. */
export const NAME = 'mail.self-test.example';

/** What a server does, by its name; the honest one comes last, so that a good end makes up for nothing before it. */
export const CONDUCTS: Readonly<Record<string, Conduct>> = {
  'hides STARTTLS': {
    lie: { step: 'capability', finding: 'starttls-stripped' },
    replies: { EHLO: `250 ${NAME}` },
  },
  'speaks in the clear behind STARTTLS': {
    lie: { step: 'upgrade', finding: 'plaintext-after-starttls' },
    replies: { STARTTLS: '220 go ahead\r\n250 injected' },
  },
  'shows an expired certificate': {
    lie: { step: 'certificate', finding: 'certificate-expired' },
    certificate: { notBefore: inDays(-100), notAfter: inDays(-10) },
  },
  'shows the certificate of another': {
    lie: { step: 'certificate', finding: 'certificate-hostname-mismatch' },
    certificate: { names: ['mail.other.example'] },
  },
  'shows a certificate of an unknown authority': {
    lie: { step: 'certificate', finding: 'certificate-untrusted' },
    stranger: true,
  },
  'refuses the password': {
    lie: { step: 'authentication', finding: 'auth-rejected' },
    replies: { AUTH: '535 5.7.8 no' },
  },
  'alters the message': {
    lie: { step: 'delivery', finding: 'message-altered' },
    deliver: (message) => `${message}Scanned and found harmless.\r\n`,
  },
  'accepts the message and loses it': {
    lie: { step: 'delivery', finding: 'message-not-received' },
    deliver: () => undefined,
  },
  'is honest': {},
};
