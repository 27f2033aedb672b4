import type { AUTHENTICATION as FINDINGS } from '../../../src/findings/catalogue/authentication.js';
import type { Dialogue } from '../dialogue.js';
import { AUTH } from '../gate.js';
import { scramServer } from '../scram-server.js';
import type { ScramServer } from '../scram-server.js';
import { pin, STRICT, waive } from './finding-example.js';
import type { FindingExamples } from './finding-example.js';

const signsIn = { auth: AUTH };
const mustBeRejected = { auth: { ...AUTH, expect: 'rejected' } } as const;
const user = { username: AUTH.username, password: AUTH.secret.reveal() };

/** A server with SCRAM and nothing else, which knows the user. */
const scram = (options: Partial<ScramServer> = {}): Dialogue => ({
  offersInTls: ['AUTH SCRAM-SHA-256'],
  sasl: { 'SCRAM-SHA-256': scramServer({ hash: 'sha256', ...user, ...options }) },
});

/** Step 4: EHLO inside TLS, and AUTH. */
export const OF_STEP_4: FindingExamples<keyof typeof FINDINGS> = {
  'ehlo-after-tls-rejected': {
    raising: {
      name: 'refuses the second EHLO, as one too many',
      server: { replies: { 'tls:EHLO': '503 5.5.1 Duplicate EHLO' } },
    },
    twin: {
      name: 'answers it with nothing but its name',
      server: { replies: { 'tls:EHLO': '250 mail.example.test' } },
    },
  },
  'starttls-still-advertised': {
    raising: {
      name: 'offers STARTTLS inside TLS',
      server: { offersInTls: ['STARTTLS', 'AUTH PLAIN LOGIN'] },
    },
    twin: {
      name: 'has the word behind its name, which is no offer',
      server: { replies: { 'tls:EHLO': ['250-mail.example.test STARTTLS is on', '250 AUTH PLAIN LOGIN'] } },
    },
  },
  'auth-not-advertised': {
    raising: {
      name: 'offers no AUTH, and there are credentials for it',
      server: { offersInTls: ['PIPELINING', '8BITMIME'] },
      endpoint: signsIn,
    },
    twin: {
      name: 'offers it in the form that was usual before the standard',
      server: { offersInTls: ['AUTH=PLAIN LOGIN'] },
      endpoint: signsIn,
    },
  },
  'auth-mechanism-unavailable': {
    raising: {
      name: 'offers Kerberos alone, and there is a password for it',
      server: { offersInTls: ['AUTH GSSAPI'] },
      endpoint: signsIn,
    },
    twin: {
      name: 'offers PLAIN behind it',
      server: { offersInTls: ['AUTH GSSAPI PLAIN'] },
      endpoint: signsIn,
    },
  },
  'auth-rejected': {
    raising: {
      name: 'knows another password',
      server: { user: { ...user, password: 'another password' } },
      endpoint: signsIn,
    },
    twin: { name: 'knows this one', server: { user }, endpoint: signsIn },
  },
  'auth-command-refused': {
    raising: {
      name: 'offers AUTH and has it switched off',
      server: { replies: { AUTH: '503 5.5.1 Error: authentication not enabled' } },
      endpoint: signsIn,
    },
    twin: {
      name: 'has it switched off for the mailbox',
      server: { replies: { AUTH: '535 5.7.139 SmtpClientAuthentication is disabled for the Mailbox' } },
      endpoint: signsIn,
    },
    twinRaises: ['auth-rejected'],
  },
  'auth-temporary-failure': {
    raising: {
      name: 'answers AUTH with 454',
      server: { replies: { AUTH: '454 4.7.0 Temporary authentication failure' } },
      endpoint: signsIn,
    },
    twin: {
      name: 'answers it with 432, for which no waiting helps',
      server: { replies: { AUTH: '432 4.7.12 A password transition is needed' } },
      endpoint: signsIn,
    },
    twinRaises: ['auth-rejected'],
  },
  'auth-tls-required': {
    raising: {
      name: 'asks for encryption inside TLS',
      server: { replies: { AUTH: '538 5.7.11 Encryption required for requested authentication mechanism' } },
      endpoint: signsIn,
    },
    twin: {
      name: 'asks for a stronger mechanism',
      server: { replies: { AUTH: '534 5.7.9 Authentication mechanism is too weak' } },
      endpoint: signsIn,
    },
    twinRaises: ['auth-rejected'],
  },
  'auth-server-not-authenticated': {
    raising: {
      name: 'says welcome by SCRAM, and proves to know another password',
      server: scram({ manner: 'has another password in its proof' }),
      endpoint: signsIn,
    },
    twin: {
      name: 'has its proof beside the 235, and it is right',
      server: scram({ manner: 'proves itself beside 235' }),
      endpoint: signsIn,
    },
  },
  'auth-iterations-low': {
    raising: {
      name: 'has the password hashed 4095 times',
      server: scram({ iterations: '4095' }),
      endpoint: signsIn,
    },
    twin: {
      name: 'has it hashed 4096 times',
      server: scram({ iterations: '4096' }),
      endpoint: signsIn,
    },
  },
  'credentials-withheld': {
    raising: {
      name: 'its certificate is signed by itself, which is waived',
      certificate: 'selfSigned',
      endpoint: { ...signsIn, waive: waive('certificate-self-signed') },
    },
    raises: ['(certificate-self-signed)', 'credentials-withheld'],
    twin: {
      name: 'the same, and its key is pinned',
      certificate: 'selfSigned',
      endpoint: { ...signsIn, waive: waive('certificate-self-signed') },
      policy: ({ selfSigned }) => ({ pins: [pin(selfSigned)] }),
    },
    twinRaises: ['(certificate-self-signed)'],
  },
  'unauthenticated-mail-accepted': {
    raising: {
      name: 'takes MAIL inside TLS before anybody has signed in',
      server: [{}, { replies: { 'plain:MAIL': STRICT['plain:MAIL'] } }],
      endpoint: { probes: ['plaintext-mail'] },
    },
    twin: { name: 'refuses it', server: [{}, { replies: STRICT }], endpoint: { probes: ['plaintext-mail'] } },
  },
  'auth-not-rejected': {
    raising: { name: 'takes credentials that it must reject', server: { user }, endpoint: mustBeRejected },
    twin: {
      name: 'rejects them',
      server: { user: { ...user, password: 'another password' } },
      endpoint: mustBeRejected,
    },
  },
  'auth-plain-on-mx': {
    raising: {
      name: 'is an MX, and offers PLAIN alone',
      server: { offersInTls: ['AUTH PLAIN'] },
      endpoint: { role: 'mx' },
    },
    twin: {
      name: 'is an MX, and offers SCRAM beside it',
      server: { offersInTls: ['AUTH PLAIN SCRAM-SHA-256'] },
      endpoint: { role: 'mx' },
    },
  },
  'auth-mechanisms-differ': {
    raising: {
      name: 'offers CRAM-MD5 before TLS and not inside',
      server: { offers: ['STARTTLS', 'AUTH PLAIN CRAM-MD5'], offersInTls: ['AUTH PLAIN'] },
    },
    raises: ['plaintext-auth-advertised', 'auth-mechanisms-differ'],
    twin: {
      name: 'offers it before TLS, and PLAIN beside it inside',
      server: { offers: ['STARTTLS', 'AUTH CRAM-MD5'], offersInTls: ['AUTH PLAIN CRAM-MD5'] },
    },
    twinRaises: ['plaintext-auth-advertised'],
  },
};
