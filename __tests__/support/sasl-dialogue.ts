import { Duplex } from 'node:stream';
import { ReplyParser, type Reply } from '../../src/smtp/reply.js';
import type { ExchangeContext, Identity } from '../../src/sasl/client.js';
import { authenticate } from '../../src/smtp/sign-in-exchange.js';
import { REDACTED, Secret } from '../../src/secrets/secret.js';
import type { Sasl } from './dialogue.js';

/** The client side of an exchange. */
export const identity = (kind: 'password' | 'access-token', secret: string, username = 'user=a,b'): Identity => ({
  username,
  secret: new Secret(secret),
  kind,
  host: 'mail.example.test',
  port: 587,
});

/** The outcome of an exchange, with all lines and their form in the transcript. */
export interface Dialogue {
  readonly code: number;
  readonly said: readonly string[];
  readonly noted: readonly string[];
  /** In hexadecimal. */
  readonly derived: readonly string[];
  readonly credentialsSent: boolean;
  readonly fault: string | undefined;
  readonly reportedError: string | undefined;
  readonly iterations: number | undefined;
}

/** Runs an exchange with a server that replies to each line of the client. */
export async function signIn(
  mechanism: string,
  who: Identity,
  answer: (line: string, at: number) => string,
  context: Partial<ExchangeContext> = {},
): Promise<Dialogue> {
  const said: string[] = [];
  const noted: string[] = [];
  const derived: string[] = [];
  const command = (line: string, shownAs = line): Promise<Reply> => {
    const parser = new ReplyParser();
    parser.push(Buffer.from(`${answer(line, said.length)}\r\n`));
    said.push(line);
    noted.push(shownAs);
    const reply = parser.take();
    return reply ? Promise.resolve(reply) : Promise.reject(new Error('no reply'));
  };
  const { reply, credentialsSent, fault, reportedError, iterations } = await authenticate({ command }, mechanism, who, {
    serverBinds: false,
    addDerivedSecret: (octets) => derived.push(octets.toString('hex')),
    postponeDeadline: (work) => work,
    ...context,
  });
  const outcome = fault && `${fault.kind}: ${fault.message}`;
  return {
    code: reply.code,
    said,
    noted,
    derived,
    credentialsSent,
    fault: outcome,
    reportedError: reportedError?.exact,
    iterations,
  };
}

/** A server that sends these replies in turn. */
export const inTurn =
  (...answers: readonly string[]) =>
  (_: string, at: number): string =>
    answers[at] ?? '500 nobody should have asked';

/** A server of a mechanism, which replies to a single `*` with 501. */
export function speaking(sasl: Sasl): (line: string) => string {
  let exchange: ReturnType<Sasl> | undefined;
  return (line) => {
    if (line === '*') return '501 5.7.0 Cancelled';
    const turn = exchange ? exchange.next(line) : (exchange = sasl(line.split(' ')[2], new Duplex())).next();
    if (!turn.done) return `334 ${turn.value}`;
    if (typeof turn.value === 'string') return turn.value;
    throw new TypeError('only a reply of one line can be given here');
  };
}

/** What the transcript may contain of the client side. */
export const showable = (mechanism: string): RegExp =>
  new RegExp(`^(AUTH ${mechanism}( ${REDACTED})?|${REDACTED}|\\*)$`);
