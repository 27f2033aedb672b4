import type { TlsPolicy, Waiver } from '../../plan/endpoint.js';
import { isWaived } from '../../verdict/waivers.js';
import { judgePeer, type PeerJudgment } from './judge.js';
import type { Presented, VerifyOptions } from './presented.js';

/** A judgment depends on the time: certificates expire, and messages say how soon. */
const HOLDS_MS = 60_000;
/** Limits memory for each policy: peers decide how large a chain is. */
const MOST = 1_000;

/** The judgments of a run. Each chain is judged once per policy and name: the endpoints of a fleet often share both. */
export class Judgments {
  /** By policy, which endpoints share, and by all else that a judgment depends on. */
  readonly #known = new WeakMap<TlsPolicy, Map<string, PeerJudgment>>();

  /** Judges as {@link judgePeer} does. */
  of(presented: Presented, options: Omit<VerifyOptions, 'waived'>, waivers: readonly Waiver[]): PeerJudgment {
    const { policy, name, now } = options;
    const chain = presented.sent.map(({ fingerprint256 }) => fingerprint256);
    const period = Math.floor(now.getTime() / HOLDS_MS);
    const key = JSON.stringify([chain, presented.verifyError, name, waivers, period]);
    const known = this.#known.get(policy) ?? new Map<string, PeerJudgment>();
    this.#known.set(policy, known);
    const judged = known.get(key);
    if (judged) return judged;
    const judgment = judgePeer(presented, { ...options, waived: (code) => isWaived(code, waivers, now) });
    // What is said about a wrong name also depends on the host.
    if (judgment.findings.some(({ code }) => code === 'certificate-hostname-mismatch')) return judgment;
    if (known.size >= MOST) known.clear();
    known.set(key, judgment);
    return judgment;
  }
}
