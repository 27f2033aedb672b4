import type { PeerText } from '../text/peer.js';
import { REDACTED } from '../secrets/secret.js';
import type { Reply } from '../smtp/reply.js';
import type { SmtpSession } from '../smtp/session.js';
import { encoded } from './base64.js';
import { SaslFault, tooEarly } from './conversation.js';
import type { Identity, Surroundings } from './conversation.js';
import { converse } from './mechanisms.js';

/** How an exchange ended. Signed in is who was answered 235, with nothing told and no fault. */
export interface SignIn {
  /** The server's last reply. */
  readonly reply: Reply;
  /** Why the exchange was given up, or why the server's success counts for nothing. */
  readonly fault?: SaslFault;
  /** Whether the server has been shown the credentials: the secret, or the proof of it, has gone out. */
  readonly presented: boolean;
  /** How the server has told of a failure within the mechanism. */
  readonly told?: PeerText;
  /** How often the server has the password hashed, where the mechanism does that. */
  readonly iterations?: number;
}

/** RFC 5321 section 4.5.3.1.4: a command line of 512 octets with its CR LF is what every server must take. */
const MAX_COMMAND_OCTETS = 510;

/**
 * Signs in (RFC 4954). The transcript shows `<redacted>` for everything that the client says beyond the
 * mechanism's name. Only to be called on a channel whose peer is authenticated.
 * @param mechanism one that `chooseMechanism` returned
 * @throws as {@link SmtpSession.command}
 */
export async function authenticate(
  session: Pick<SmtpSession, 'command'>,
  mechanism: string,
  identity: Identity,
  surroundings: Surroundings,
): Promise<SignIn> {
  const derived: Buffer[] = [];
  const conversation = await converse(mechanism, identity, {
    ...surroundings,
    derived: (octets) => {
      derived.push(octets);
      surroundings.derived(octets);
    },
  });
  let { initial } = conversation;
  const isPresented = (): boolean => initial === undefined && conversation.presented !== false;
  const ended = (reply: Reply, fault?: SaslFault): SignIn => ({
    reply,
    presented: isPresented(),
    ...(fault && { fault }),
    ...(conversation.told !== undefined && { told: conversation.told }),
    ...(conversation.iterations !== undefined && { iterations: conversation.iterations }),
  });

  const atOnce = initial === undefined ? '' : `AUTH ${mechanism} ${initialResponse(initial)}`;
  const fits = initial !== undefined && atOnce.length <= MAX_COMMAND_OCTETS;
  let reply = await (fits
    ? session.command(atOnce, `AUTH ${mechanism} ${REDACTED}`)
    : session.command(`AUTH ${mechanism}`));
  if (fits) initial = undefined;

  try {
    while (reply.code === 334) {
      const answer: string = initial ?? (await conversation.answer(challengeIn(reply)));
      initial = undefined;
      // What is derived stands in the response, whose base64 has nothing in common with its own.
      if (derived.length > 0 && answer !== '') surroundings.derived(Buffer.from(answer));
      reply = await session.command(encoded(answer), REDACTED);
    }
    if (reply.code === 235) {
      conversation.conclude?.(reply.lines.map(({ exact }) => exact));
      if (!isPresented()) throw tooEarly();
    }
    return ended(reply);
  } catch (error) {
    if (!(error instanceof SaslFault)) throw error;
    // RFC 4954 section 4: a lone `*` gives the exchange up, and the server must answer 501.
    return ended(reply.code === 334 ? await session.command('*') : reply, error);
  }
}

/** RFC 4954 section 4: an initial response of no octets is a lone equals sign. */
function initialResponse(text: string): string {
  return text === '' ? '=' : encoded(text);
}

function challengeIn(reply: Reply): string {
  return reply.lines.map(({ exact }) => exact.trim()).join('');
}
