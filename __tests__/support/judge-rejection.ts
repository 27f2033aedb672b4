import { completeFinding, type Observed } from '../../src/findings/complete.js';
import { finding, type KnownFinding } from '../../src/findings/finding.js';
import type { Endpoint } from '../../src/plan/endpoint.js';
import type { Finding } from '../../src/report/report.js';
import { Secret } from '../../src/secrets/secret.js';
import { capabilitiesOf } from '../../src/smtp/capabilities.js';
import { formatReply, ReplyParser, type Reply } from '../../src/smtp/reply.js';
import { ehloRejectionOf, rejectionOf } from '../../src/steps/capability/rejection.js';
import type { Context } from '../../src/steps/context.js';
import { judgeRefusal } from '../../src/steps/delivery/refusal.js';
import { throttled } from '../../src/steps/throttled.js';
import { own } from '../../src/text/own.js';
import { AUTH, DELIVERY, testEndpoint } from './gate.js';
import { RECIPIENT, SENDER, type Rejection } from './rejections.js';

const MAILBOX = { scheme: 'imaps', host: 'imap.example.com', port: 993, mailbox: 'INBOX' } as const;

const LINES = {
  MAIL: `MAIL FROM:<${SENDER}>`,
  RCPT: `RCPT TO:<${RECIPIENT}>`,
  DATA: 'DATA',
  MESSAGE: 'the end of the message',
} as const;

function replyOf(text: string): Reply {
  const parser = new ReplyParser();
  parser.push(Buffer.from(`${text.replaceAll('|', '\r\n')}\r\n`));
  const reply = parser.take();
  if (!reply) throw new Error(`not a reply: ${text}`);
  return reply;
}

/** What else matters: the username at the server, that of an inbox if there is one, and the greeting. */
interface Setting {
  readonly account?: string;
  readonly inbox?: string;
  readonly greeting?: string;
  readonly to?: string;
  readonly role?: Endpoint['role'];
}

/**
 * What the gate finds if a server rejects it: the finding of the step, and as it is reported.
 * @param others other endpoints of the plan
 */
export function judge(
  [stage, client, text]: Rejection,
  others: readonly Endpoint[] = [],
  {
    account = 'app@sender.example',
    inbox,
    greeting = '220 smtp.example.com ESMTP',
    role,
    to = RECIPIENT,
  }: Setting = {},
): { readonly found: KnownFinding; readonly reported: Finding } {
  const reply = replyOf(text);
  const hasAuthenticated = client === 'account';
  const endpoint = testEndpoint(587, {
    host: 'smtp.example.com',
    servername: 'smtp.example.com',
    ...(role && { role }),
    ...(hasAuthenticated && { auth: { ...AUTH, username: account } }),
    delivery: {
      ...DELIVERY,
      ...{ from: SENDER, to },
      ...(inbox !== undefined && { inbox: { ...MAILBOX, username: inbox, password: new Secret('inbox password') } }),
    },
  });
  const capabilities = capabilitiesOf(replyOf('250-smtp.example.com|250 AUTH PLAIN LOGIN'));
  const context = { endpoint, run: { endpoints: [endpoint, ...others] } } as unknown as Context;
  const found = foundOf();
  const observed: Observed = {
    ...{ step: 'delivery', endpoint, address: '192.0.2.7', greeting },
    ...{ capabilities: ['AUTH PLAIN LOGIN'], redact: (value) => value },
  };
  return { found, reported: completeFinding(found, observed) };

  function foundOf(): KnownFinding {
    const isOpening = stage === 'greeting' || stage === 'EHLO';
    const of = stage === 'MESSAGE' ? 'end of the message' : stage;
    if (reply.code === 421 || (isOpening && reply.code < 500)) {
      return throttled(reply, { of, isDue: true, overTls: !isOpening }, context);
    }
    const evidence = { reply: formatReply(reply) };
    const said = own`The server rejected the client with "${formatReply(reply)}".`;
    if (stage === 'greeting') {
      return finding('greeting-rejected', said, { evidence, ...rejectionOf(reply, hasAuthenticated) });
    }
    if (stage === 'EHLO') {
      return finding('ehlo-rejected', said, { evidence, ...ehloRejectionOf(reply, false, '192.0.2.7') });
    }
    const server = { capabilities, greeting };
    const refused = { verb: stage, line: LINES[stage], reply };
    const [one] = judgeRefusal(context, { from: SENDER, to }, server, refused).findings as KnownFinding[];
    if (!one) throw new Error('nothing was found');
    return one;
  }
}
