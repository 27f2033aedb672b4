import type { DELIVERY as SUBMISSION } from '../../../src/findings/catalog/delivery.js';
import type { RECEIPT } from '../../../src/findings/catalog/receipt.js';
import type { TRANSIT } from '../../../src/findings/catalog/transit.js';
import { SyntaxFault } from '../imap/syntax.js';
import { Mailbox } from '../imap/mailbox.js';
import { wait, type Dialogue, type Reply, type Verb } from '../dialogue.js';
import { signed, signingKey, type SigningKey } from '../dkim.js';
import { USER, type EmbeddedOptions } from '../embedded.js';
import { AUTH, DELIVERY } from '../gate.js';
import type { Scene } from '../scene.js';
import { LONG_MS, type FindingExamples } from './finding-example.js';

/** Authenticates and sends a message, and no inbox is read. */
const sends = { auth: AUTH, delivery: DELIVERY };

/** A server without pipelining that gives this reply to one command. */
const answering = (verb: Verb, reply: Reply): Dialogue => ({
  offersInTls: ['AUTH PLAIN LOGIN'],
  replies: { [verb]: reply },
});

/** A server that changes the message before it delivers it. */
export const delivering = (change: (message: string) => string) => (): EmbeddedOptions => ({
  alter: (octets) => Buffer.from(change(octets.toString())),
});

/** What a relay does that does not trust 7-bit text. */
function inBase64(message: string): string {
  const [header = '', body = ''] = message.split(/\r\n\r\n([^]*)/);
  const encoded = Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\r\n');
  return `${header.replace('Encoding: 7bit', 'Encoding: base64')}\r\n\r\n${encoded}\r\n`;
}

/** A server that stores every message in one of its folders, this number of times. */
const filing =
  (folder: 'mailbox' | 'junk', times = 1) =>
  (): EmbeddedOptions => {
    const folders = { mailbox: new Mailbox(), junk: new Mailbox() };
    const deliver = (octets: Buffer): void => {
      for (let time = 0; time < times; time += 1) folders[folder].append(octets);
    };
    return { imap: folders, smtp: { deliver } };
  };

/** A mailbox in which nothing can be deleted, and a server that delivers messages there. */
function undeletable() {
  class Undeletable extends Mailbox {
    override remove(): void {
      throw new SyntaxFault('The mailbox is read-only');
    }
  }
  const mailbox = new Undeletable();
  const deliver = (octets: Buffer): void => {
    mailbox.append(octets);
  };
  return { imap: { mailbox }, smtp: { deliver } };
}

/** The line that Postfix adds to the message when it receives it. */
export const trace = (protocol: string) => (message: string) =>
  message.replace(/ with ESMTPSA /, ` (Postfix) with ${protocol} `);

export const RECEIVER = 'mx.example.test';
export const says = (result: string, who: string) => (message: string) =>
  `Authentication-Results: ${who}; ${result}\r\n${message}`;
const demandsSpf: Scene['delivery'] = { verdicts: { authservId: RECEIVER, spf: 'pass' } };

const DOMAIN = USER.username.replace(/^.*@/, '');

/** Too short for any verifier. */
const WEAK = signingKey(512);
const [own, another] = [signingKey(), signingKey()];

/** The keys in DNS by name: for the signatures of the example, and a short one. */
export const DKIM_KEYS = {
  [`gate._domainkey.${DOMAIN}`]: another.record,
  [`weak._domainkey.${DOMAIN}`]: WEAK.record,
};

/** A server that signs what it delivers with a key that is not in DNS, or with one that is too short. */
export const signingWith = (selector: 'nobody' | 'weak'): Pick<Scene, 'embedded' | 'delivery' | 'run'> => ({
  ...signing(WEAK),
  embedded: delivering((message) => signed(message, WEAK, { d: DOMAIN, s: selector })),
  ...(selector === 'nobody' && {
    run: { txt: () => Promise.reject(Object.assign(new Error('lookup'), { code: 'ENOTFOUND' })) },
  }),
});

/** A receiver whose SPF or DMARC result is not the required one. */
export const resulting = (check: 'spf' | 'dmarc', result: string): Pick<Scene, 'embedded' | 'delivery'> => ({
  embedded: delivering(says(`${check}=${result}`, RECEIVER)),
  delivery: { verdicts: { authservId: RECEIVER, [check]: 'pass' } },
});

/** A server that signs what it delivers, and what its domain has in DNS. */
const signing = ({ record }: SigningKey): Pick<Scene, 'embedded' | 'delivery' | 'run'> => ({
  embedded: delivering((message) => signed(message, own, { d: DOMAIN })),
  delivery: { verdicts: { dkim: 'pass' } },
  run: { txt: () => Promise.resolve([[record]]) },
});

/** Step 5: the test message. */
export const OF_STEP_5: FindingExamples<keyof typeof SUBMISSION | keyof typeof RECEIPT | keyof typeof TRANSIT> = {
  'sender-rejected': {
    raising: {
      name: 'does not allow the account to use the sender address',
      server: answering('MAIL', '550 5.7.60 SMTP; Client does not have permissions to send as this sender'),
      endpoint: sends,
    },
    twin: {
      name: 'rejects the message as too large in its reply to MAIL',
      server: answering('MAIL', '552 5.3.4 Message size exceeds fixed limit'),
      endpoint: sends,
    },
    twinRaises: ['message-rejected'],
  },
  'recipient-rejected': {
    raising: {
      name: 'does not have the recipient',
      server: answering('RCPT', '550 5.1.1 User unknown'),
      endpoint: sends,
    },
    twin: {
      name: 'forwards mail for the recipient',
      server: answering('RCPT', '251 2.1.5 User not local; will forward'),
      endpoint: sends,
    },
    twinRaises: ['receipt-not-verified'],
  },
  'message-rejected': {
    raising: {
      name: 'rejects the message after its last line',
      server: answering('MESSAGE', '554 5.6.0 Content rejected'),
      endpoint: sends,
    },
    twin: {
      name: 'accepts the message slowly, but within the timeout',
      server: answering('MESSAGE', [wait(LONG_MS), '250 2.0.0 Queued']),
      endpoint: sends,
    },
    twinRaises: ['receipt-not-verified'],
  },
  'relay-open': {
    raising: {
      name: 'accepts a recipient that it must reject',
      endpoint: { delivery: { ...DELIVERY, to: 'stranger@example.net', expect: 'refused' } },
    },
    twin: {
      name: 'rejects the recipient that it must reject',
      server: answering('RCPT', '554 5.7.1 <stranger@example.net>: Relay access denied'),
      endpoint: { delivery: { ...DELIVERY, to: 'stranger@example.net', expect: 'refused' } },
    },
  },
  greylisted: {
    raising: {
      name: 'replies to RCPT with 450 on the first attempt, and accepts it on the second',
      server: [answering('RCPT', '450 4.7.1 Greylisted, come again'), {}],
      endpoint: sends,
      retries: 1,
    },
    raises: ['greylisted', 'receipt-not-verified'],
    twin: {
      name: 'replies to RCPT with 450 on every attempt',
      server: answering('RCPT', '450 4.7.1 Greylisted, come again'),
      endpoint: sends,
      retries: 1,
    },
    twinRaises: ['recipient-rejected'],
  },
  'inbox-unreachable': {
    raising: {
      name: 'has an inbox with a certificate for a different name',
      embedded: ({ good }) => ({ imap: { identity: good } }),
    },
    twin: {
      name: 'has an inbox with a certificate for its IP address',
      embedded: ({ address }) => ({ imap: { identity: address } }),
    },
  },
  'inbox-rejected': {
    raising: {
      name: 'has an inbox that expects a different password',
      embedded: () => ({ imap: { knows: () => false } }),
    },
    twin: { name: 'has an inbox that expects this password', embedded: () => ({}) },
  },
  'inbox-cleanup-failed': {
    raising: { name: 'has an inbox that does not allow deletion', embedded: undeletable },
    twin: { name: 'has an inbox that allows deletion', embedded: () => ({}) },
  },
  'message-not-received': {
    raising: {
      name: 'accepts the message and loses it',
      embedded: () => ({ alter: () => undefined }),
      delivery: { withinMs: 2 * LONG_MS },
    },
    twin: {
      name: 'delivers the message slowly, but within `delivery.within`',
      embedded: () => {
        const mailbox = new Mailbox();
        const deliver = (octets: Buffer): void => {
          setTimeout(() => {
            mailbox.append(octets);
          }, LONG_MS);
        };
        return { imap: { mailbox }, smtp: { deliver } };
      },
    },
  },
  'message-altered': {
    raising: {
      name: 'adds a footer to the message',
      embedded: delivering((message) => `${message}--\r\nScanned and found harmless.\r\n`),
    },
    twin: {
      name: 'adds a header field to the message',
      embedded: delivering((message) => `X-Scanned: and found harmless\r\n${message}`),
    },
  },
  'message-reencoded': {
    raising: {
      name: 'encodes the text of the message in base64',
      embedded: delivering((message) => inBase64(message)),
    },
    twin: {
      name: 'writes the names of the header fields in a different case',
      embedded: delivering((message) => message.replace(/^(?:MIME|Content)-[\w-]+:/gm, (name) => name.toLowerCase())),
    },
  },
  'receipt-not-verified': {
    raising: { name: 'accepts the message, and no inbox is configured', endpoint: sends },
    twin: { name: 'accepts the message, which arrives in the inbox', embedded: () => ({}) },
  },
  'message-in-junk': {
    raising: {
      name: 'delivers the message to the junk folder',
      embedded: filing('junk'),
      delivery: { withinMs: 2 * LONG_MS },
    },
    twin: { name: 'has a junk folder, and delivers the message to the inbox', embedded: filing('mailbox') },
  },
  'message-duplicated': {
    raising: { name: 'delivers the message twice', embedded: filing('mailbox', 2) },
    twin: { name: 'delivers the message once', embedded: filing('mailbox') },
  },
  'delivery-hop-unencrypted': {
    raising: {
      name: 'is Postfix, and its Received line has ESMTPA',
      embedded: delivering(trace('ESMTPA')),
    },
    twin: {
      name: 'has ESMTPSA in its Received line; a filter on the same machine adds one with ESMTP',
      embedded: delivering((message) => `Received: from localhost by mail with ESMTP id 1; Mon\r\n${message}`),
    },
  },
  'delivery-hop-mismatch': {
    raising: {
      name: 'has TLS 1.2 in its Received line, and the session uses TLS 1.3',
      embedded: delivering(trace('ESMTPSA (version=TLS1_2 cipher=ECDHE-ECDSA-AES128-GCM-SHA256)')),
    },
    twin: {
      name: 'has TLS 1.3 in its Received line, spelled differently',
      embedded: delivering(trace('ESMTPSA (version=TLS1_3)')),
    },
  },
  'delivery-hop-unproved': {
    raising: {
      name: 'adds no Received line',
      embedded: delivering((message) => message.replace(/^.*\r\n .*\r\n/, '')),
    },
    twin: { name: 'has ESMTPS in its Received line, without the A for AUTH', embedded: delivering(trace('ESMTPS')) },
  },
  'delivery-verdict-mismatch': {
    raising: {
      name: 'signs with DKIM, and its domain has a different key in DNS',
      ...signing(another),
    },
    twin: {
      name: 'signs with DKIM, and its domain has this key in DNS',
      ...signing(own),
    },
  },
  'delivery-verdict-missing': {
    raising: {
      name: 'adds the SPF result of a server that is not the receiver',
      embedded: delivering(says('spf=pass', 'mx.example.net')),
      delivery: demandsSpf,
    },
    twin: {
      name: 'adds the SPF result of the receiver',
      embedded: delivering(says('spf=pass', RECEIVER)),
      delivery: demandsSpf,
    },
  },
};
