import type { CAPABILITY as FINDINGS } from '../../../src/findings/catalog/capability.js';
import { STRICT, type FindingExamples } from './finding-example.js';

/** Step 1: the greeting, EHLO, and the offer of STARTTLS. */
export const OF_STEP_1: FindingExamples<keyof typeof FINDINGS> = {
  'greeting-rejected': {
    raising: { name: 'sends 554 as its greeting', server: { greeting: '554 5.7.1 No mail service here' } },
    twin: { name: 'sends 450 as its greeting', server: { greeting: '450 4.7.1 Come back later' } },
    twinRaises: ['throttled'],
  },
  'not-smtp': {
    raising: { name: 'is an SSH server', server: { greeting: 'SSH-2.0-OpenSSH_9.2p1' } },
    twin: {
      name: 'is an SMTP server that names other protocols in its greeting',
      server: { greeting: '220 imap.example.test SSH-free ESMTP' },
    },
  },
  'ehlo-rejected': {
    raising: { name: 'supports only HELO', server: { replies: { 'plain:EHLO': '502 5.5.1 Unknown command' } } },
    twin: { name: 'supports only EHLO', server: { replies: { HELO: '502 5.5.1 Unknown command' } } },
  },
  'implicit-tls-port': {
    raising: {
      name: 'uses implicit TLS, and the endpoint is configured for STARTTLS',
      server: { implicit: true },
    },
    twin: {
      name: 'uses implicit TLS, and the endpoint is configured for implicit TLS',
      server: { implicit: true },
      endpoint: { transport: 'implicit' },
    },
  },
  'starttls-not-advertised': {
    raising: { name: 'has no TLS', certificate: 'none' },
    twin: { name: 'lists STARTTLS last, in lowercase', server: { offers: ['8BITMIME', 'starttls'] } },
  },
  'starttls-stripped': {
    raising: {
      name: 'is behind a firewall that overwrites STARTTLS',
      server: { offers: ['PIPELINING', 'XXXXXXXA', '8BITMIME'] },
    },
    twin: {
      name: 'has an extension whose name begins with X, and no TLS',
      certificate: 'none',
      server: { offers: ['PIPELINING', 'XCLIENT NAME ADDR', '8BITMIME'] },
    },
    twinRaises: ['starttls-not-advertised'],
  },
  'plaintext-auth-advertised': {
    raising: { name: 'offers AUTH before TLS', server: { offers: ['STARTTLS', 'AUTH PLAIN LOGIN'] } },
    twin: { name: 'offers AUTH only over TLS', server: { offersInTls: ['AUTH PLAIN LOGIN'] } },
  },
  'plaintext-auth-accepted': {
    raising: {
      name: 'replies to AUTH before TLS with 334',
      server: [{}, { replies: { ...STRICT, 'plain:AUTH': '334 ' } }],
      endpoint: { probes: ['plaintext-auth'] },
    },
    twin: {
      name: 'replies to AUTH before TLS with 530',
      server: [{}, { replies: STRICT }],
      endpoint: { probes: ['plaintext-auth'] },
    },
  },
  'plaintext-mail-accepted': {
    raising: {
      name: 'accepts MAIL before TLS',
      server: [{}, { replies: { 'tls:MAIL': STRICT['tls:MAIL'] } }],
      endpoint: { probes: ['plaintext-mail'] },
    },
    twin: {
      name: 'rejects MAIL before TLS',
      server: [{}, { replies: STRICT }],
      endpoint: { probes: ['plaintext-mail'] },
    },
  },
};
