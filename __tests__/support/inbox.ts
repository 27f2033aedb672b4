import { createPki, type Pki } from '../../src/servers/pki.js';
import { judgePeer } from '../../src/steps/certificate/judge.js';
import { describeFailure, type InboxResult } from '../../src/inbox/failure.js';
import type { Inbox, InboxSettings, Received, Sought } from '../../src/inbox/inbox.js';
import { systemResolver } from '../../src/net/connect.js';
import type { Deadline } from '../../src/net/deadline.js';
import { Secret } from '../../src/secrets/secret.js';
import { TrustStore } from '../../src/tls/trust.js';
import { waiting } from './time.js';
import { exactly, fixed } from '../../src/text/own.js';

/** The address on which inboxes of the tests listen. */
export const HOST = '127.0.0.1';
export const LOGIN = { username: 'inbox@example.test', password: new Secret('inbox password') };

/** The CA of an inbox, and settings that trust it. */
export interface InboxTrust {
  readonly pki: Pki;
  readonly identity: { readonly key: string; readonly chain: string };
  /** Settings that evaluate certificates like the gate, with some of them replaced. */
  readonly settings: (replaced?: Partial<InboxSettings>) => InboxSettings;
}

/** Certificate fixtures with which no inbox receives a password, and their findings. */
export const BAD_CERTIFICATES = [
  ['expired', 'certificate-expired'],
  ['soon', 'certificate-expires-soon'],
  ['wrongHost', 'certificate-hostname-mismatch'],
  ['selfSigned', 'certificate-self-signed'],
  ['incomplete', 'certificate-chain-incomplete'],
  ['untrusted', 'certificate-untrusted'],
  ['clientOnly', 'certificate-wrong-purpose'],
] as const;

/**
 * Issues a certificate for an inbox on loopback.
 * @param pki the CA; default: a new one
 * @param name the name that certificates must have; default: the IP address
 */
export async function createInboxTrust(pki?: Pki, name = HOST): Promise<InboxTrust> {
  pki ??= await createPki('Inbox');
  const trust = new TrustStore();
  const policy = { ca: [pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  return {
    pki,
    identity: await pki.issue({ addresses: [HOST] }),
    settings: (replaced = {}) => ({
      context: trust.context(policy),
      minVersion: policy.minVersion,
      anything: () => trust.anything(),
      minValidDays: 14,
      timeoutMs: 2000,
      resolver: systemResolver(),
      judge: (peer) =>
        judgePeer(peer, { policy, name, now: new Date(), trust, waived: () => false })
          .findings.filter(({ severity }) => severity === 'error')
          .map(({ code }) => ({ code, message: fixed(code) })),
      ...replaced,
    }),
  };
}

/** The failure of an inbox that could not be used, as an error. */
export class InboxUnreachable extends Error {}
/** The failure of an inbox that rejected something, as an error. */
export class InboxRejected extends Error {}

/** An inbox whose failures are thrown. */
export interface OpenedInbox extends Pick<Inbox, 'ended'> {
  /** @throws {InboxUnreachable} {InboxRejected} */
  find(message: Sought, deadline: Deadline): Promise<FoundMessage | undefined>;
}

/** A message whose failures are thrown. */
export interface FoundMessage extends Omit<Received, 'recount' | 'delete'> {
  /** @throws {InboxUnreachable} {InboxRejected} */
  delete(): Promise<void>;
}

/** @throws {InboxUnreachable} {InboxRejected} */
export async function opened(result: Promise<InboxResult<Inbox>>): Promise<OpenedInbox> {
  const inbox = valueOf(await result);
  return {
    ended: inbox.ended,
    find: async (message, deadline) => {
      const received = valueOf(await inbox.find(message, deadline));
      return received && found(received);
    },
  };
}

/** @throws {InboxUnreachable} {InboxRejected} */
export function valueOf<T>(result: InboxResult<T>): T {
  if (result.ok) return result.value;
  const { failure } = result;
  const Failure = ['rejected', 'message-gone'].includes(failure.kind) ? InboxRejected : InboxUnreachable;
  throw new Failure(exactly(describeFailure(failure)));
}

function found(received: Received): FoundMessage {
  return {
    source: received.source,
    ...(received.junk !== undefined && { junk: received.junk }),
    get copies() {
      return received.copies;
    },
    get hasMore() {
      return received.hasMore;
    },
    delete: async () => {
      valueOf(await received.delete());
    },
  };
}

/** A message to search for. */
export function sought(messageId: string, replaced: Partial<Sought> = {}): Sought {
  return { messageId, nonce: 'a nonce that is nowhere', is: () => true, size: 2000, ...replaced };
}

/** @returns the milliseconds of idle time until the promise was settled */
export async function waitedFor(promise: Promise<unknown>): Promise<number> {
  const waited = waiting();
  await promise;
  return waited();
}
