import type { ANY_STEP } from '../../../src/findings/catalogue/any-step.js';
import { close, raw, silence, wait } from '../dialogue.js';
import { LONG_MS, STRICT } from './finding-example.js';
import type { FindingExamples } from './finding-example.js';

/** What can happen in any step. */
export const OF_ANY_STEP: FindingExamples<keyof typeof ANY_STEP> = {
  'connection-lost': {
    raising: { name: 'hangs up where its greeting is due', server: { greeting: close } },
    twin: { name: 'hangs up on QUIT, when all is said', server: { replies: { QUIT: close } } },
  },
  'reply-timeout': {
    raising: { name: 'says nothing', server: { greeting: silence } },
    twin: { name: 'greets late, and in time', server: { greeting: [wait(LONG_MS), '220 mail.example.test ESMTP'] } },
  },
  'protocol-error': {
    raising: {
      name: 'changes the code within a reply',
      server: { replies: { 'plain:EHLO': ['250-mail.example.test', '220 STARTTLS'] } },
    },
    twin: { name: 'greets with a bare code', server: { greeting: '220' } },
  },
  'bare-line-feed': {
    raising: {
      name: 'ends its lines in LF',
      server: { replies: { 'plain:EHLO': raw('250-mail.example.test\n250 STARTTLS\n') } },
    },
    twin: {
      name: 'ends them in CR LF, each half of a line in a packet of its own',
      server: { replies: { 'plain:EHLO': [raw('250-mail.exam'), wait(50), raw('ple.test\r\n250 STARTTLS\r\n')] } },
    },
  },
  throttled: {
    raising: { name: 'greets with 421', server: { greeting: ['421 4.3.2 Too many connections', close] } },
    twin: { name: 'greets with 554', server: { greeting: '554 5.7.1 Not you' } },
    twinRaises: ['greeting-rejected'],
  },
  'probe-inconclusive': {
    raising: {
      name: 'has a 421 for the connection of the probe',
      server: [{}, { greeting: ['421 4.7.0 One at a time', close] }],
      endpoint: { probes: ['plaintext-auth'] },
    },
    twin: {
      name: 'refuses what the probe tries',
      server: [{}, { replies: STRICT }],
      endpoint: { probes: ['plaintext-auth'] },
    },
  },
};
