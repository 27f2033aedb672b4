import { decodeBase64, encodeBase64 } from '../sasl/base64.js';
import { SaslFault, malformed, type Challenge, type ExchangeContext, type Identity } from '../sasl/client.js';
import { beginExchange } from '../sasl/mechanisms.js';
import { REDACTED } from '../secrets/secret.js';
import type { PeerText } from '../text/peer.js';
import type { Reply } from './reply.js';
import type { SmtpSession } from './session.js';

/** How an exchange ended: with success if the reply is 235, and there is neither a `fault` nor a `reportedError`. */
export interface AuthResult {
  /** The server's last reply. */
  readonly reply: Reply;
  /** Why the client aborted the exchange, or why it ignores the server's success. */
  readonly fault: SaslFault | undefined;
  /** Whether the credentials, or a proof of them, have been sent. */
  readonly credentialsSent: boolean;
  /** The failure that the server reported within the mechanism. */
  readonly reportedError: PeerText | undefined;
  /** The iteration count that the server requires for the hash of the password, if the mechanism has one. */
  readonly iterations: number | undefined;
}

/** RFC 5321 section 4.5.3.1.4: every server must accept a command line of 512 bytes, CR LF included. */
const MAX_COMMAND_BYTES = 510;

const CONTINUE = 334;
const AUTHENTICATED = 235;

/**
 * Authenticates (AUTH, RFC 4954). The transcript shows `<redacted>` for everything that the client sends after the
 * mechanism's name. Call it only on a channel whose peer is authenticated.
 * @param mechanism one that `chooseMechanism` returned
 * @throws what {@link SmtpSession.command} throws
 */
export async function authenticate(
  session: Pick<SmtpSession, 'command'>,
  mechanism: string,
  identity: Identity,
  context: ExchangeContext,
): Promise<AuthResult> {
  const derived: Buffer[] = [];
  const client = await beginExchange(mechanism, identity, {
    ...context,
    addDerivedSecret: (bytes) => {
      derived.push(bytes);
      context.addDerivedSecret(bytes);
    },
  });
  let { initial } = client;
  const areCredentialsSent = (): boolean => initial === undefined && client.credentialsSent !== false;
  const ended = (reply: Reply, fault?: SaslFault): AuthResult => ({
    reply,
    credentialsSent: areCredentialsSent(),
    fault,
    reportedError: client.reportedError,
    iterations: client.iterations,
  });

  const withInitial = initial === undefined ? '' : `AUTH ${mechanism} ${initialResponse(initial)}`;
  const fits = initial !== undefined && withInitial.length <= MAX_COMMAND_BYTES;
  let reply = await (fits
    ? session.command(withInitial, `AUTH ${mechanism} ${REDACTED}`)
    : session.command(`AUTH ${mechanism}`));
  if (fits) initial = undefined;

  try {
    while (reply.code === CONTINUE) {
      const response: string = initial ?? (await client.respond(challengeIn(reply)));
      initial = undefined;
      // The base64 of the response does not contain the base64 of what is derived from the secret.
      if (derived.length > 0 && response !== '') context.addDerivedSecret(Buffer.from(response));
      reply = await session.command(encodeBase64(response), REDACTED);
    }
    if (reply.code === AUTHENTICATED) {
      client.succeed?.(base64Words(reply));
      if (!areCredentialsSent()) throw malformed('the server accepts a client that has not sent its credentials');
    }
    return ended(reply);
  } catch (error) {
    if (!(error instanceof SaslFault)) throw error;
    // RFC 4954 section 4: a single `*` cancels the exchange, and the server must reply 501.
    return ended(reply.code === CONTINUE ? await session.command('*') : reply, error);
  }
}

/** RFC 4954 section 4: an empty initial response is sent as a single equals sign. */
function initialResponse(text: string): string {
  return text === '' ? '=' : encodeBase64(text);
}

function challengeIn({ lines }: Reply): Challenge {
  const text = lines.map(({ exact }) => exact.trim()).join('');
  return { bytes: decodeBase64(text), text };
}

/** RFC 4954 does not allow data in the reply to a success, but some servers send theirs there. */
function base64Words({ lines }: Reply): Buffer[] {
  const words = lines.flatMap(({ exact }) => exact.split(' '));
  return words.map(decodeBase64).filter((bytes) => bytes !== undefined);
}
