import { encoded } from './base64.js';
import type { Conversation, Identity, SecretIdentity, Surroundings } from './conversation.js';
import { cramMd5 } from './cram-md5.js';
import { external } from './external.js';
import { login } from './login.js';
import { bearerMessage, oauthBearer, xoauth2, xoauth2Message } from './oauth.js';
import { plain, plainMessage } from './plain.js';
import { scram } from './scram.js';
import type { ScramKind } from './scram.js';

interface Mechanism {
  /** What it takes to sign in. */
  readonly kind: Identity['kind'];
  /** It needs something to be bound to. */
  readonly bound?: boolean;
  readonly begin: (identity: Identity, surroundings: Surroundings) => Conversation | Promise<Conversation>;
  /** Its message in which the secret itself goes on the wire, where there is one. */
  readonly discloses?: (identity: SecretIdentity) => string;
}

const scramMechanism = (kind: ScramKind): Mechanism => ({
  kind: 'password',
  bound: kind.bound,
  begin: (identity, surroundings) => scram(kind, identity, surroundings),
});

/** The mechanisms spoken here, strongest first. */
const MECHANISMS: Readonly<Record<string, Mechanism>> = {
  'SCRAM-SHA-256-PLUS': scramMechanism({ hash: 'sha256', bound: true }),
  'SCRAM-SHA-1-PLUS': scramMechanism({ hash: 'sha1', bound: true }),
  'SCRAM-SHA-256': scramMechanism({ hash: 'sha256', bound: false }),
  'SCRAM-SHA-1': scramMechanism({ hash: 'sha1', bound: false }),
  OAUTHBEARER: { kind: 'access-token', begin: oauthBearer, discloses: bearerMessage },
  XOAUTH2: { kind: 'access-token', begin: xoauth2, discloses: xoauth2Message },
  'CRAM-MD5': { kind: 'password', begin: cramMd5 },
  PLAIN: { kind: 'password', begin: plain, discloses: plainMessage },
  LOGIN: { kind: 'password', begin: login, discloses: ({ secret }) => secret.reveal() },
  EXTERNAL: { kind: 'certificate', begin: external },
};

/** Their names, strongest first. */
export const SPOKEN: readonly string[] = Object.keys(MECHANISMS);

/**
 * Whether a mechanism ties its exchange to the TLS channel.
 * @param name in upper case
 */
export function bindsChannel(name: string): boolean {
  return name.endsWith('-PLUS');
}

/** What a mechanism must fit. */
export interface Choice {
  /** What there is to sign in with. */
  readonly kind: Identity['kind'];
  /** The one that the user insists on. */
  readonly wanted?: string | undefined;
  /** Whether there is something to bind an exchange to. */
  readonly canBind: boolean;
}

/**
 * Chooses the mechanism: the one that is insisted on, else the strongest that both sides have.
 * @param offered the server's mechanisms, in upper case
 * @returns its name, or undefined where none fits
 */
export function chooseMechanism(offered: readonly string[], { kind, wanted, canBind }: Choice): string | undefined {
  return Object.entries(MECHANISMS)
    .filter(([, mechanism]) => mechanism.kind === kind && (canBind || !mechanism.bound))
    .map(([name]) => name)
    .find((name) => offered.includes(name) && (wanted === undefined || wanted === name));
}

/**
 * Begins the client's side of an exchange.
 * @param name one that {@link chooseMechanism} returned
 */
export async function converse(name: string, identity: Identity, surroundings: Surroundings): Promise<Conversation> {
  const mechanism = MECHANISMS[name];
  if (!mechanism) throw new TypeError(`no such mechanism here: ${name}`);
  return mechanism.begin(identity, surroundings);
}

/**
 * Every form that a mechanism spoken here gives a secret itself on the wire, for whoever must keep it out of a log.
 * What is only derived from it differs from one exchange to the next; see {@link Surroundings.derived}.
 * @returns base64 texts
 */
export function wireForms(identity: SecretIdentity): string[] {
  return Object.values(MECHANISMS).flatMap(({ kind, discloses }) =>
    kind === identity.kind && discloses ? [encoded(discloses(identity))] : [],
  );
}
