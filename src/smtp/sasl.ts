import type { Secret } from '../text/secret.js';
import { REDACTED } from '../text/secret.js';
import type { Reply } from './reply.js';
import type { SmtpSession } from './session.js';

/** Who signs in, where, and with what. */
export interface Identity {
  readonly username: string;
  readonly secret: Secret;
  readonly kind: 'password' | 'access-token';
  readonly host: string;
  readonly port: number;
}

/** The client's side of one SASL exchange. */
interface Exchange {
  /** What goes out with the AUTH command; undefined where the server speaks first. */
  readonly initial?: string;
  /** The answers to the challenges, in turn. */
  readonly answers: readonly string[];
  /** The answer to the one challenge more by which some mechanisms tell of a failure, to be told the code. */
  readonly afterFailure?: string;
}

/** How an exchange ended. */
export interface SignIn {
  /** The server's last reply. */
  readonly reply: Reply;
  /** Nobody can have been signed in, whatever the last reply says: it was given up, or had failed before. */
  readonly failedBefore: boolean;
}

/** The mechanisms spoken here, strongest first, and what they need. */
const EXCHANGES: Readonly<Record<string, { kind: Identity['kind']; begin: (identity: Identity) => Exchange }>> = {
  // RFC 7628: a failure comes as a challenge, and the client answers it with a lone ^A to be told the code.
  OAUTHBEARER: {
    kind: 'access-token',
    begin: ({ username, secret, host, port }) => ({
      initial: `n,a=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},\x01host=${host}\x01port=${port}\x01auth=Bearer ${secret.reveal()}\x01\x01`,
      answers: [],
      afterFailure: '\x01',
    }),
  },
  // Google's XOAUTH2, which Microsoft speaks too: as above, but that the answer to a failure is empty.
  XOAUTH2: {
    kind: 'access-token',
    begin: ({ username, secret }) => ({
      initial: `user=${username}\x01auth=Bearer ${secret.reveal()}\x01\x01`,
      answers: [],
      afterFailure: '',
    }),
  },
  // RFC 4616
  PLAIN: {
    kind: 'password',
    begin: ({ username, secret }) => ({ initial: `\0${username}\0${secret.reveal()}`, answers: [] }),
  },
  // draft-murchison-sasl-login: two prompts whose wording is no protocol, the first for the name.
  LOGIN: {
    kind: 'password',
    begin: ({ username, secret }) => ({ answers: [username, secret.reveal()] }),
  },
};

/** RFC 5321 section 4.5.3.1.4: a command line of 512 octets with its CR LF is what every server must take. */
const MAX_COMMAND_OCTETS = 510;

/**
 * Chooses the mechanism: the one that is insisted on, else the strongest that both sides have.
 * @param offered the server's mechanisms, in upper case
 * @param kind what there is to sign in with
 * @param wanted the one that the user insists on
 * @returns its name, or undefined where none fits
 */
export function chooseMechanism(
  offered: readonly string[],
  kind: Identity['kind'],
  wanted: string | undefined,
): string | undefined {
  return Object.entries(EXCHANGES)
    .filter(([, exchange]) => exchange.kind === kind)
    .map(([name]) => name)
    .find((name) => offered.includes(name) && (wanted === undefined || wanted === name));
}

/**
 * Signs in (RFC 4954). The transcript shows `<redacted>` for everything that the client says beyond the
 * mechanism's name. Only to be called on a channel whose peer is authenticated.
 * @param mechanism one that {@link chooseMechanism} returned
 * @returns how it ended: signed in is who was answered 235 in an exchange that had not failed before
 * @throws as {@link SmtpSession.command}
 */
export async function authenticate(
  session: Pick<SmtpSession, 'command'>,
  mechanism: string,
  identity: Identity,
): Promise<SignIn> {
  const exchange = EXCHANGES[mechanism]?.begin(identity);
  if (!exchange) throw new TypeError(`no such mechanism here: ${mechanism}`);

  const { initial, afterFailure } = exchange;
  const atOnce = `AUTH ${mechanism} ${base64(initial ?? '')}`;
  const fits = initial !== undefined && atOnce.length <= MAX_COMMAND_OCTETS;
  const answers = [...(fits || initial === undefined ? [] : [initial]), ...exchange.answers];
  let reply = await (fits
    ? session.command(atOnce, `AUTH ${mechanism} ${REDACTED}`)
    : session.command(`AUTH ${mechanism}`));
  let failedBefore = false;
  while (reply.code === 334) {
    const answer: string | undefined = answers.shift() ?? (failedBefore ? undefined : afterFailure);
    // RFC 4954 section 4: a lone `*` gives the exchange up, and the server must answer 501.
    if (answer === undefined) return { reply: await session.command('*'), failedBefore: true };
    failedBefore = answer === afterFailure;
    reply = await session.command(base64(answer), REDACTED);
  }
  return { reply, failedBefore };
}

/**
 * Every form that a mechanism spoken here gives a secret on the wire, for whoever must keep it out of a log.
 * @returns base64 texts
 */
export function wireForms(identity: Identity): string[] {
  const secret = identity.secret.reveal();
  return Object.values(EXCHANGES)
    .filter(({ kind }) => kind === identity.kind)
    .flatMap(({ begin }) => {
      const { initial, answers } = begin(identity);
      return [initial, ...answers];
    })
    .filter((text): text is string => text?.includes(secret) ?? false)
    .map(base64);
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
