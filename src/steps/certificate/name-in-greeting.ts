import type { KnownFinding } from '../../findings/finding.js';
import { own } from '../../text/own.js';
import { matchesName } from '../../tls/names.js';
import { nameIn } from '../capability/inspection.js';
import type { PeerJudgment } from './judge.js';

const MISMATCH = 'certificate-hostname-mismatch';
/** Causes whose fix may be to use a different name of the server. */
const OF_OTHER_NAMES: readonly (string | undefined)[] = [undefined, 'address', 'local-address'];
/** Of a name that the operator of the server has not chosen, such as an alias of the customer. */
const OF_ALIASES: readonly (string | undefined)[] = ['wildcard', 'other-domain'];

/** Says which name to use if the server greets with one that its certificate matches. */
export function withNameInGreeting(
  findings: readonly KnownFinding[],
  { certificate }: PeerJudgment,
  greeting = '',
): readonly KnownFinding[] {
  const name = nameIn(greeting);
  if (name === undefined || !certificate) return findings;
  // The greeting is not authenticated, and a certificate of an unknown CA proves nothing.
  if (findings.some(({ code, severity }) => severity === 'error' && code !== MISMATCH)) return findings;
  if (!matchesName({ dnsNames: certificate.names, ipAddresses: [] }, name)) return findings;
  return findings.map((found) => {
    const isOfAlias = OF_ALIASES.includes(found.cause);
    if (found.code !== MISMATCH || !(isOfAlias || OF_OTHER_NAMES.includes(found.cause))) return found;
    return {
      ...found,
      message: own`${found.message} It matches the name in the server's greeting, ${name}.`,
      evidence: { ...found.evidence, greetingName: name },
      ...(isOfAlias && { cause: 'name-in-greeting' }),
    };
  });
}
