import { finding, type KnownFinding } from '../../findings/finding.js';
import { own, type OwnText } from '../../text/own.js';
import type { HandshakeFailure } from '../../tls/handshake.js';
import { isBudgetSpent } from '../budget.js';
import type { Context } from '../context.js';
import { sideHandshake } from '../diagnostic-handshake.js';

/** Why a handshake failed, and the size of its ClientHello in bytes. */
export interface FailedHandshake {
  readonly failure: Exclude<HandshakeFailure, { kind: 'cleartext' }>;
  readonly helloBytes: number;
}

/** The key share of X25519MLKEM768 in bytes. Without it, a ClientHello is shorter. */
const POST_QUANTUM_SHARE = 1216;

/**
 * Whether the size of the ClientHello is why a handshake failed: with a post-quantum key share it takes two packets. A
 * handshake without that key share must succeed, and another one with it must fail in the same way, because a server may
 * also be overloaded, or close one connection by chance. If the server did not reply in time, the small handshake must
 * take less than half of that time: a server that is only slow is slow with both.
 * @param said what happened, as a sentence without its full stop
 */
export async function judgeClientHello(
  context: Context,
  address: string | undefined,
  { failure, helloBytes }: FailedHandshake,
  { said, evidence }: { readonly said: OwnText; readonly evidence: Readonly<Record<string, string | OwnText>> },
): Promise<KnownFinding | undefined> {
  if (helloBytes < POST_QUANTUM_SHARE) return undefined;
  const { trust } = context.run;
  // Without a client certificate: the peer is not verified.
  const { ca, minVersion } = context.endpoint.tls;
  const small = await sideHandshake(context, address, trust.context({ ca, minVersion, smallHello: true }), {
    handshakeMs: failure.kind === 'timed-out' ? failure.waitedMs / 2 : undefined,
  });
  if (!small?.ok) return undefined;
  const { budget } = context;
  const again = await sideHandshake(context, address, trust.context({ ca, minVersion }), { budget });
  if (again?.ok !== false || !isSame(failure, again.failure) || isBudgetSpent(context)) return undefined;
  const [large, less] = [String(helloBytes), String(small.helloBytes)];
  const message = own`${said}. This happened twice with a ClientHello of ${large} bytes. With a ClientHello of ${less} bytes, the handshake succeeds.`;
  const hasAnswered = failure.kind === 'refused-here' || (failure.kind !== 'alert' && failure.answered);
  return finding('client-hello-intolerant', message, {
    evidence: { ...evidence, helloBytes: large, smallHelloBytes: less },
    ...(hasAnswered && { cause: 'after-reply' }),
  });
}

function isSame(first: HandshakeFailure, again: { readonly kind: string; readonly number?: number }): boolean {
  return first.kind === again.kind && (first.kind !== 'alert' || first.number === again.number);
}
