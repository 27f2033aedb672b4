import { encodeBase64 } from './base64.js';
import type { ExchangeContext, Identity, SaslClient, SecretIdentity } from './client.js';
import { bearerMessage, oauthBearer, xoauth2, xoauth2Message } from './oauth.js';
import { scram, type ScramKind } from './scram.js';
import { cramMd5, external, login, plain, plainMessage } from './simple-mechanisms.js';

interface Mechanism {
  readonly kind: Identity['kind'];
  /** With channel binding. */
  readonly bound?: boolean;
  readonly begin: (identity: Identity, context: ExchangeContext) => SaslClient | Promise<SaslClient>;
  /** The message that contains the secret itself, if there is one. */
  readonly discloses?: (identity: SecretIdentity) => string;
}

const scramMechanism = (kind: ScramKind): Mechanism => ({
  kind: 'password',
  bound: kind.bound,
  begin: (identity, context) => scram(kind, identity, context),
});

/** The supported mechanisms by their registered names, strongest first. */
const MECHANISMS = {
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
} satisfies Readonly<Record<string, Mechanism>>;

const BY_NAME: Readonly<Record<string, Mechanism>> = MECHANISMS;

export type MechanismName = keyof typeof MECHANISMS;

/** The names of the supported mechanisms, strongest first. */
export const SUPPORTED = Object.keys(MECHANISMS) as readonly MechanismName[];

/** Undefined if the mechanism is not supported. */
export function kindOf(name: string): Identity['kind'] | undefined {
  return BY_NAME[name]?.kind;
}

/** @param name in upper case */
export function bindsChannel(name: string): boolean {
  return name.endsWith('-PLUS');
}

export interface Choice {
  readonly kind: Identity['kind'];
  /** The mechanism that the configuration names. */
  readonly wanted?: string | undefined;
  /** Whether there is data for channel binding. */
  readonly canBind: boolean;
}

/**
 * Chooses the mechanism: the one that the configuration names, otherwise the strongest that both sides support.
 * @param offered the server's mechanisms, in upper case
 * @returns its name, or undefined if there is none
 */
export function chooseMechanism(offered: readonly string[], { kind, wanted, canBind }: Choice): string | undefined {
  return Object.entries(BY_NAME)
    .filter(([, mechanism]) => mechanism.kind === kind && (canBind || !mechanism.bound))
    .map(([name]) => name)
    .find((name) => offered.includes(name) && (wanted === undefined || wanted === name));
}

/** @param name a mechanism that {@link chooseMechanism} returned */
export async function beginExchange(name: string, identity: Identity, context: ExchangeContext): Promise<SaslClient> {
  const mechanism = BY_NAME[name];
  if (!mechanism) throw new TypeError(`unsupported mechanism: ${name}`);
  return mechanism.begin(identity, context);
}

/**
 * Every message of a mechanism that contains the secret itself, so that it can be kept out of logs. What is only
 * derived from the secret differs between exchanges; see {@link ExchangeContext.addDerivedSecret}.
 * @returns base64 texts
 */
export function wireForms(identity: SecretIdentity): string[] {
  return Object.values(BY_NAME).flatMap(({ kind, discloses }) =>
    kind === identity.kind && discloses ? [encodeBase64(discloses(identity))] : [],
  );
}
