import type { ANY_STEP } from '../../../src/findings/catalog/any-step.js';
import { close, raw, silence, wait } from '../dialogue.js';
import { LONG_MS, STRICT, type FindingExamples } from './finding-example.js';

/** What can happen in any step. */
export const OF_ANY_STEP: FindingExamples<keyof typeof ANY_STEP> = {
  'connection-lost': {
    raising: { name: 'closes the connection before the greeting', server: { greeting: close } },
    twin: { name: 'closes the connection on QUIT, at the end of the session', server: { replies: { QUIT: close } } },
  },
  'reply-timeout': {
    raising: { name: 'never sends a greeting', server: { greeting: silence } },
    twin: {
      name: 'sends its greeting slowly, but within the timeout',
      server: { greeting: [wait(LONG_MS), '220 mail.example.test ESMTP'] },
    },
  },
  'protocol-error': {
    raising: {
      name: 'changes the code within a reply',
      server: { replies: { 'plain:EHLO': ['250-mail.example.test', '220 STARTTLS'] } },
    },
    twin: { name: 'sends a greeting that has only the code', server: { greeting: '220' } },
  },
  'bare-line-feed': {
    raising: {
      name: 'ends its lines with LF',
      server: { replies: { 'plain:EHLO': raw('250-mail.example.test\n250 STARTTLS\n') } },
    },
    twin: {
      name: 'ends its lines with CR LF, and sends each half of a line in its own packet',
      server: { replies: { 'plain:EHLO': [raw('250-mail.exam'), wait(50), raw('ple.test\r\n250 STARTTLS\r\n')] } },
    },
  },
  throttled: {
    raising: { name: 'sends 421 as its greeting', server: { greeting: ['421 4.3.2 Too many connections', close] } },
    twin: { name: 'sends 554 as its greeting', server: { greeting: '554 5.7.1 Not you' } },
    twinRaises: ['greeting-rejected'],
  },
  'probe-inconclusive': {
    raising: {
      name: 'replies with 421 to the connection of the probe',
      server: [{}, { greeting: ['421 4.7.0 One at a time', close] }],
      endpoint: { probes: ['plaintext-auth'] },
    },
    twin: {
      name: 'rejects what the probe tries',
      server: [{}, { replies: STRICT }],
      endpoint: { probes: ['plaintext-auth'] },
    },
  },
};
