import type { FindingCode } from '../../../src/findings/codes.js';
import { close, raw, wait, type Dialogue } from '../dialogue.js';
import { AS_GOOD, octets, stoppedAt, type Entry, type Means } from './entry.js';
import { QUIT, STAGES, serverAt } from './stages.js';

/*
 * Well-formed replies that are wrong at their stage, and sessions that are wrong as a whole.
 */

/** The reply, and the finding, after an `i` if it is inconclusive. */
type Row = readonly [reply: string, found: FindingCode | `i ${FindingCode}`];

/** By the names of the stages, in the order of the session. */
const REPLIES: Readonly<Record<string, readonly Row[]>> = {
  'the greeting': [
    ['250 Ok', 'protocol-error'],
    ['354 Go ahead', 'protocol-error'],
    ['334 ', 'protocol-error'],
    ['200 news', 'not-smtp'],
    ['450 4.3.2 Later', 'i throttled'],
    ['554 5.7.1 Not you', 'greeting-rejected'],
    ['SSH-2.0-OpenSSH_9.2', 'not-smtp'],
    ['* OK IMAP4rev1', 'not-smtp'],
    ['+OK POP3', 'not-smtp'],
    ['HTTP/1.1 400 Bad Request', 'not-smtp'],
  ],
  EHLO: [
    ['220 mail.example.test', 'protocol-error'],
    ['354 Go ahead', 'protocol-error'],
    ['251 Ok', 'protocol-error'],
    ['450 4.3.2 Later', 'i throttled'],
    ['550 5.7.1 Not you', 'ehlo-rejected'],
    ['502 5.5.1 What?', 'ehlo-rejected'],
  ],
  STARTTLS: [
    ['250 Ok', 'starttls-refused'],
    ['221 Bye', 'starttls-refused'],
    ['334 ', 'starttls-refused'],
    ['354 Go ahead', 'starttls-refused'],
    ['454 4.7.0 TLS not available', 'starttls-refused'],
    ['503 5.5.1 Not now', 'starttls-refused'],
    ['554 5.7.0 Never', 'starttls-refused'],
  ],
  'EHLO in TLS': [
    ['220 mail.example.test', 'protocol-error'],
    ['235 2.7.0 Welcome', 'protocol-error'],
    ['450 4.3.2 Later', 'i throttled'],
    ['550 5.7.1 Not you', 'ehlo-after-tls-rejected'],
  ],
  AUTH: [
    ['220 2.7.0 Welcome', 'protocol-error'],
    ['250 2.7.0 Welcome', 'protocol-error'],
    ['354 Go ahead', 'protocol-error'],
    ['334 bW9yZQ==', 'protocol-error'],
    ['454 4.7.0 Later', 'i auth-temporary-failure'],
    ['432 4.7.12 Change your password', 'auth-rejected'],
    ['504 5.5.4 What?', 'auth-mechanism-unavailable'],
    ['530 5.7.0 STARTTLS first', 'auth-tls-required'],
    ['535 5.7.8 Wrong', 'auth-rejected'],
  ],
  MAIL: [
    ['334 ', 'protocol-error'],
    ['354 Go ahead', 'protocol-error'],
    ['451 4.3.0 Later', 'i sender-rejected'],
    ['530 5.7.0 Authentication required', 'sender-rejected'],
    ['550 5.1.0 No', 'sender-rejected'],
  ],
  RCPT: [
    ['334 ', 'protocol-error'],
    ['354 Go ahead', 'protocol-error'],
    ['450 4.2.0 Later', 'i recipient-rejected'],
    ['550 5.1.1 No such user', 'recipient-rejected'],
  ],
  DATA: [
    ['250 2.0.0 Ok', 'protocol-error'],
    ['334 ', 'protocol-error'],
    ['451 4.3.0 Later', 'i message-rejected'],
    ['554 5.5.1 No valid recipients', 'message-rejected'],
  ],
  'the end of data': [
    ['334 ', 'protocol-error'],
    ['354 Go ahead', 'protocol-error'],
    ['451 4.3.0 Later', 'i message-rejected'],
    ['554 5.6.0 No', 'message-rejected'],
  ],
  QUIT: [
    ['250 Ok', 'receipt-not-verified'],
    ['354 Go ahead', 'receipt-not-verified'],
    ['554 5.5.1 Stay', 'receipt-not-verified'],
  ],
};

function replies(means: Means): Entry[] {
  return [...STAGES, QUIT].flatMap((stage) =>
    (REPLIES[stage.name] ?? []).map(([answer, found]): Entry => {
      const [code, letter] = found.startsWith('i ') ? [found.slice(2), 'i' as const] : [found, 'f' as const];
      return {
        name: `${stage.name}: says "${answer}"`,
        server: serverAt(stage, means, [answer]),
        ...(stage === QUIT ? AS_GOOD : stoppedAt(stage.step, letter, code as FindingCode)),
      };
    }),
  );
}

const inBase64 = (text: string): string => Buffer.from(text).toString('base64');

/** Sends another challenge for each response. */
function* endlessChallenges(): Generator<string, string, string> {
  for (let asked = 0; asked < 100; asked += 1) yield inBase64('More:');
  return '235 2.7.0 At last';
}

/** Requires so much work for one authentication that nothing else runs for minutes (RFC 5802 section 9). */
function* twoBillionHashes(initial: string | undefined): Generator<string, string, string> {
  const nonce = /r=([^,]+)/.exec(Buffer.from(initial ?? '', 'base64').toString())?.[1] ?? '';
  yield inBase64(`r=${nonce}server,s=${inBase64('salt')},i=2000000000`);
  return '535 5.7.8 Wrong';
}

/** Sessions that are wrong not only in a single reply. */
function asAWhole({ tls }: Means): Entry[] {
  const server = (rest: Dialogue): Dialogue => ({ tls, ...rest });
  const pipelined = ['PIPELINING', 'AUTH PLAIN'];
  return [
    {
      name: 'AUTH: endless challenges',
      server: server({ offersInTls: ['AUTH PLAIN'], sasl: { PLAIN: endlessChallenges } }),
      ...stoppedAt(3, 'f', 'protocol-error'),
    },
    {
      name: 'AUTH LOGIN: endless challenges',
      server: server({ offersInTls: ['AUTH LOGIN'], sasl: { LOGIN: endlessChallenges } }),
      ...stoppedAt(3, 'f', 'protocol-error'),
    },
    {
      name: 'AUTH SCRAM-SHA-256: requires two billion hashes',
      server: server({
        offersInTls: ['AUTH SCRAM-SHA-256'],
        sasl: { 'SCRAM-SHA-256': twoBillionHashes },
      }),
      ...stoppedAt(3, 'f', 'protocol-error'),
    },
    {
      name: 'every reply over TLS is large, and the total is too large',
      server: server({
        replies: Object.fromEntries(
          [
            ['tls:EHLO', '250', 'AUTH PLAIN'],
            ['AUTH', '235', 'Welcome'],
            ['MAIL', '250', 'Ok'],
            ['RCPT', '250', 'Ok'],
            ['DATA', '354', 'Go ahead'],
            ['MESSAGE', '250', 'Queued'],
          ].map(([verb = '', code = '', last = '']) => [
            verb,
            [`${`${code}-${'a'.repeat(4000)}\r\n`.repeat(3)}${code} ${last}`],
          ]),
        ),
      }),
      ...stoppedAt(4, 'f', 'protocol-error'),
    },
    {
      name: 'PIPELINING: one reply to three commands',
      server: server({ offersInTls: pipelined, replies: { MAIL: '250 Ok', RCPT: [wait(10)], DATA: [wait(10)] } }),
      ...stoppedAt(4, 'f', 'reply-timeout'),
    },
    {
      name: 'PIPELINING: four replies to three commands',
      server: server({ offersInTls: pipelined, replies: { MAIL: ['250 Ok', '250 Ok'] } }),
      ...stoppedAt(4, 'f', 'protocol-error'),
    },
    {
      name: 'PIPELINING: MAIL rejected, but DATA accepted',
      server: server({ offersInTls: pipelined, replies: { MAIL: '550 5.1.0 No', RCPT: '550 5.1.0 No' } }),
      ...stoppedAt(4, 'f', 'sender-rejected'),
    },
    {
      name: 'PIPELINING: closes the connection in the middle',
      server: server({ offersInTls: pipelined, replies: { RCPT: close } }),
      ...stoppedAt(4, 'f', 'connection-lost'),
    },
    {
      name: 'STARTTLS is not offered, but accepted',
      server: server({ offers: ['8BITMIME'], replies: { STARTTLS: '220 Ready' } }),
      ...stoppedAt(0, 'f', 'starttls-stripped'),
    },
    {
      name: 'STARTTLS is overwritten',
      server: server({ offers: ['XXXXXXXA'] }),
      ...stoppedAt(0, 'f', 'starttls-stripped'),
    },
    {
      name: 'STARTTLS is hidden after NUL, in the text of another keyword, and in the name',
      server: server({
        replies: {
          EHLO: ['250-STARTTLS', '250-\0STARTTLS', '250-XSTARTTLS', '250 HELP STARTTLS'],
          STARTTLS: '502 5.5.1 What?',
        },
      }),
      ...stoppedAt(0, 'f', 'starttls-not-advertised'),
    },
    {
      name: 'STARTTLS has a first letter that is equivalent only in Unicode',
      server: server({ offers: ['ſTARTTLS'], replies: { STARTTLS: '502 5.5.1 What?' } }),
      ...stoppedAt(0, 'f', 'starttls-not-advertised'),
    },
    {
      name: 'AUTH is offered only with unknown mechanisms',
      server: server({ offersInTls: [`AUTH ${Array.from({ length: 400 }, (_, i) => `X-${i}`).join(' ')}`] }),
      ...stoppedAt(3, 'f', 'auth-mechanism-unavailable'),
    },
    {
      name: 'SIZE is too large for a number',
      server: server({ offersInTls: ['AUTH PLAIN', `SIZE ${'9'.repeat(400)}`] }),
      ...AS_GOOD,
    },
    {
      name: 'SIZE is one',
      server: server({ offersInTls: ['AUTH PLAIN', 'SIZE 1'] }),
      ...stoppedAt(4, 'f', 'message-rejected'),
    },
    {
      name: 'an 8-bit greeting that is not UTF-8',
      server: server({ greeting: raw(octets('220 \xc0\xaf\xed\xa0\x80\xff\r\n')) }),
      ...AS_GOOD,
    },
  ];
}

export function wrong(means: Means): Entry[] {
  return [...replies(means), ...asAWhole(means)];
}
