import { hash } from 'node:crypto';
import type { Waiver } from '../../plan/endpoint.js';
import { isWaived } from '../../verdict/waivers.js';
import { judgePeer, type PeerJudgment } from './judge.js';
import type { Presented, VerifyOptions } from './presented.js';

/** A judgment depends on the time: certificates expire, and messages say how soon. */
const HOLDS_MS = 60_000;
/** Limits memory: peers decide how large a chain is. */
const MOST = 1_000;

/** The judgments of a run. Each chain is judged once per policy and name: the endpoints of a fleet often share theirs. */
export class Judgments {
  readonly #known = new Map<string, PeerJudgment>();

  /** Judges as {@link judgePeer} does. */
  of(presented: Presented, options: Omit<VerifyOptions, 'waived'>, waivers: readonly Waiver[]): PeerJudgment {
    const { policy, name, now } = options;
    const chain = presented.sent.map(({ fingerprint256 }) => fingerprint256);
    const period = Math.floor(now.getTime() / HOLDS_MS);
    const key = hash('sha256', JSON.stringify([chain, presented.verifyError, policy, name, waivers, period]));
    const known = this.#known.get(key);
    if (known) return known;
    const judgment = judgePeer(presented, { ...options, waived: (code) => isWaived(code, waivers, now) });
    // What is said about a wrong name also depends on the host.
    if (judgment.findings.some(({ code }) => code === 'certificate-hostname-mismatch')) return judgment;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(key, judgment);
    return judgment;
  }
}
