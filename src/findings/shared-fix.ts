import type { Finding } from '../report/report.js';
import { causeOf, textOf, titleOf } from './cause.js';
import { exactly } from '../text/own.js';
import type { KnownFinding } from './finding.js';
import type { Values } from './catalog/entry.js';

/** The fix of a finding that shares it with others. */
export interface SharedFix {
  readonly text: string;
  /** Whether this finding shows the fix; the others refer to it. */
  readonly leads: boolean;
}

/** A finding, without what is said about it. */
type Problem = Pick<KnownFinding, 'code' | 'cause'> & { readonly evidence?: Values };

/**
 * One fix for all findings of a step that a new certificate fixes: a placeholder certificate is self-signed, expired and
 * misnamed. The worst of those that are not waived has the fix.
 */
export function sharedFixes(
  found: readonly KnownFinding[],
  valuesOf: (found: KnownFinding) => Values,
): ReadonlyMap<KnownFinding, SharedFix> {
  const problemOf = (one: KnownFinding): Problem => ({ ...one, evidence: valuesOf(one) });
  const fixes = new Map<KnownFinding, SharedFix>();
  const fixable = found.filter((one) => one.severity !== 'notice' && need(problemOf(one)) !== '');
  for (const certificate of new Set(fixable.map(certificateOf))) {
    const ofOne = fixable.filter((one) => certificateOf(one) === certificate);
    const [leader] = ofOne.toSorted((a, b) => rank(a) - rank(b));
    if (!leader || ofOne.length < 2) continue;
    const title = titleOf(leader.code, leader.cause);
    const needs = needsOf(ofOne.map(problemOf));
    for (const one of ofOne) {
      fixes.set(
        one,
        one === leader
          ? { text: `Replace the certificate with one that ${needs}.`, leads: true }
          : { text: `The same new certificate fixes this: see "${title}".`, leads: false },
      );
    }
  }
  return fixes;
}

/**
 * Findings that the cause of another one explains refer to its fix, and the same party has to act.
 * @param causes the findings with their causes, without those that are waived
 * @param found the complete findings of any step of the same attempt
 */
export function referToCause(causes: readonly KnownFinding[], found: readonly Finding[]): Finding[] {
  return found.map((one) => {
    const leader = causes.find(
      ({ code, cause }) => code !== one.code && causeOf(code, cause).explains?.includes(one.code),
    );
    if (!leader) return one;
    const { party } = found.find(({ code }) => code === leader.code) ?? causeOf(leader.code, leader.cause);
    return { ...one, party, remedy: `The cause and the fix are those of "${titleOf(leader.code, leader.cause)}".` };
  });
}

/** What a new certificate that fixes all of these findings must be or have, as the end of "one that …". */
export function needsOf(found: readonly Problem[]): string {
  return new Intl.ListFormat('en').format(new Set(found.map(need)));
}

/** A server may have an RSA and an ECDSA certificate. */
function certificateOf({ evidence }: KnownFinding): string {
  return exactly(evidence?.keyType ?? '');
}

function rank({ severity, waived }: KnownFinding): number {
  return (waived ? 2 : 0) + (severity === 'error' ? 0 : 1);
}

function need({ code, cause, evidence }: Problem): string {
  return textOf(causeOf(code, cause).newCertificate ?? '', evidence);
}
