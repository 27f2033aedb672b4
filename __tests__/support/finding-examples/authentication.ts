import type { AUTHENTICATION as FINDINGS } from '../../../src/findings/catalog/authentication.js';
import type { Dialogue } from '../dialogue.js';
import { AUTH } from '../gate.js';
import { scramServer, type ScramServer } from '../scram-server.js';
import { pin, STRICT, waive, type FindingExamples } from './finding-example.js';

const signsIn = { auth: AUTH };
const mustBeRejected = { auth: { ...AUTH, expect: 'rejected' } } as const;
const user = { username: AUTH.username, password: AUTH.secret.reveal() };

/** A server that offers only SCRAM and has an account for the user. */
const scram = (options: Partial<ScramServer> = {}): Dialogue => ({
  offersInTls: ['AUTH SCRAM-SHA-256'],
  sasl: { 'SCRAM-SHA-256': scramServer({ hash: 'sha256', ...user, ...options }) },
});

/** Step 4: EHLO over TLS, and AUTH. */
export const OF_STEP_4: FindingExamples<keyof typeof FINDINGS> = {
  'ehlo-after-tls-rejected': {
    raising: {
      name: 'rejects the second EHLO as a duplicate',
      server: { replies: { 'tls:EHLO': '503 5.5.1 Duplicate EHLO' } },
    },
    twin: {
      name: 'replies to the second EHLO with only its host name',
      server: { replies: { 'tls:EHLO': '250 mail.example.test' } },
    },
  },
  'starttls-still-advertised': {
    raising: {
      name: 'offers STARTTLS over TLS',
      server: { offersInTls: ['STARTTLS', 'AUTH PLAIN LOGIN'] },
    },
    twin: {
      name: 'has the word STARTTLS after its host name in the EHLO reply, which does not advertise it',
      server: { replies: { 'tls:EHLO': ['250-mail.example.test STARTTLS is on', '250 AUTH PLAIN LOGIN'] } },
    },
  },
  'auth-not-advertised': {
    raising: {
      name: 'does not offer AUTH, and credentials are configured',
      server: { offersInTls: ['PIPELINING', '8BITMIME'] },
      endpoint: signsIn,
    },
    twin: {
      name: 'offers AUTH only in the pre-standard form `AUTH=`',
      server: { offersInTls: ['AUTH=PLAIN LOGIN'] },
      endpoint: signsIn,
    },
  },
  'auth-mechanism-unavailable': {
    raising: {
      name: 'offers only Kerberos, and a password is configured',
      server: { offersInTls: ['AUTH GSSAPI'] },
      endpoint: signsIn,
    },
    twin: {
      name: 'offers PLAIN after Kerberos',
      server: { offersInTls: ['AUTH GSSAPI PLAIN'] },
      endpoint: signsIn,
    },
  },
  'auth-rejected': {
    raising: {
      name: 'expects a different password',
      server: { user: { ...user, password: 'another password' } },
      endpoint: signsIn,
    },
    twin: { name: 'expects this password', server: { user }, endpoint: signsIn },
  },
  'auth-command-refused': {
    raising: {
      name: 'offers AUTH, but it is disabled',
      server: { replies: { AUTH: '503 5.5.1 Error: authentication not enabled' } },
      endpoint: signsIn,
    },
    twin: {
      name: 'has AUTH disabled for the mailbox',
      server: { replies: { AUTH: '535 5.7.139 SmtpClientAuthentication is disabled for the Mailbox' } },
      endpoint: signsIn,
    },
    twinRaises: ['auth-rejected'],
  },
  'auth-temporary-failure': {
    raising: {
      name: 'replies to AUTH with 454',
      server: { replies: { AUTH: '454 4.7.0 Temporary authentication failure' } },
      endpoint: signsIn,
    },
    twin: {
      name: 'replies to AUTH with 432, which a retry does not change',
      server: { replies: { AUTH: '432 4.7.12 A password transition is needed' } },
      endpoint: signsIn,
    },
    twinRaises: ['auth-rejected'],
  },
  'auth-tls-required': {
    raising: {
      name: 'requires encryption although TLS is active',
      server: { replies: { AUTH: '538 5.7.11 Encryption required for requested authentication mechanism' } },
      endpoint: signsIn,
    },
    twin: {
      name: 'requires a stronger mechanism',
      server: { replies: { AUTH: '534 5.7.9 Authentication mechanism is too weak' } },
      endpoint: signsIn,
    },
    twinRaises: ['auth-rejected'],
  },
  'auth-server-not-authenticated': {
    raising: {
      name: 'accepts SCRAM, but its signature was computed from a different password',
      server: scram({ manner: 'signs with a different password' }),
      endpoint: signsIn,
    },
    twin: {
      name: 'sends a correct SCRAM signature with the 235',
      server: scram({ manner: 'sends its signature with the 235' }),
      endpoint: signsIn,
    },
  },
  'auth-iterations-low': {
    raising: {
      name: 'requires 4095 SCRAM iterations',
      server: scram({ iterations: '4095' }),
      endpoint: signsIn,
    },
    twin: {
      name: 'requires 4096 SCRAM iterations',
      server: scram({ iterations: '4096' }),
      endpoint: signsIn,
    },
  },
  'credentials-withheld': {
    raising: {
      name: 'has a self-signed certificate, with a waiver',
      certificate: 'selfSigned',
      endpoint: { ...signsIn, waive: waive('certificate-self-signed') },
    },
    raises: ['(certificate-self-signed)', 'credentials-withheld'],
    twin: {
      name: 'has a self-signed certificate, with a waiver and a pin for its key',
      certificate: 'selfSigned',
      endpoint: { ...signsIn, waive: waive('certificate-self-signed') },
      policy: ({ selfSigned }) => ({ pins: [pin(selfSigned)] }),
    },
    twinRaises: ['(certificate-self-signed)'],
  },
  'unauthenticated-mail-accepted': {
    raising: {
      name: 'accepts MAIL over TLS from an unauthenticated client',
      server: [{}, { replies: { 'plain:MAIL': STRICT['plain:MAIL'] } }],
      endpoint: { probes: ['plaintext-mail'] },
    },
    twin: {
      name: 'rejects MAIL from an unauthenticated client',
      server: [{}, { replies: STRICT }],
      endpoint: { probes: ['plaintext-mail'] },
    },
  },
  'auth-not-rejected': {
    raising: { name: 'accepts credentials that it must reject', server: { user }, endpoint: mustBeRejected },
    twin: {
      name: 'rejects the credentials that it must reject',
      server: { user: { ...user, password: 'another password' } },
      endpoint: mustBeRejected,
    },
  },
  'auth-plain-on-mx': {
    raising: {
      name: 'is an MX host that offers only PLAIN',
      server: { offersInTls: ['AUTH PLAIN'] },
      endpoint: { role: 'mx' },
    },
    twin: {
      name: 'is an MX host that offers PLAIN and SCRAM',
      server: { offersInTls: ['AUTH PLAIN SCRAM-SHA-256'] },
      endpoint: { role: 'mx' },
    },
  },
  'auth-mechanisms-differ': {
    raising: {
      name: 'offers CRAM-MD5 before TLS but not over TLS',
      server: { offers: ['STARTTLS', 'AUTH PLAIN CRAM-MD5'], offersInTls: ['AUTH PLAIN'] },
    },
    raises: ['plaintext-auth-advertised', 'auth-mechanisms-differ'],
    twin: {
      name: 'offers CRAM-MD5 before TLS, and CRAM-MD5 and PLAIN over TLS',
      server: { offers: ['STARTTLS', 'AUTH CRAM-MD5'], offersInTls: ['AUTH PLAIN CRAM-MD5'] },
    },
    twinRaises: ['plaintext-auth-advertised'],
  },
};
