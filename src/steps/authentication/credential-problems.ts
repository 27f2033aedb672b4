import type { CauseOf } from '../../findings/catalog.js';
import { isService, isWrongUsername, type Said } from '../../findings/software.js';
import { formatReply } from '../../smtp/reply.js';
import { fixed, own, type OwnText } from '../../text/own.js';
import { excerpt } from '../../text/peer.js';
import { tokenProblem } from './access-token.js';
import type { AuthAttempt } from './auth-attempt.js';

/*
 * What the credentials and the mechanism themselves show about a rejection, at this server. It is loaded only for a rejection,
 * with the texts of all findings.
 */

export interface CredentialProblem {
  readonly cause?: CauseOf<'auth-rejected'>;
  readonly text?: OwnText;
  readonly evidence: Readonly<Record<string, string | OwnText>>;
}

/**
 * Why the server may reject credentials that it has received, if its words do not say it.
 * @param isKnown whether the gate knows all of its words
 */
export function credentialProblem(attempt: AuthAttempt, isKnown: boolean): CredentialProblem | undefined {
  const { auth, now } = attempt;
  const said = saidIn(attempt);
  if (auth.kind === 'access-token') return tokenProblem(auth, said, now);
  if (auth.kind === 'certificate') return undefined;
  const account = excerpt(auth.username);
  if (isWrongUsername(said, auth.username)) return { cause: 'wrong-username', evidence: { account } };
  if (!isKnown || isService(said)) return undefined;
  const untried = untriedMechanism(attempt);
  const unqualified = withoutDomain(attempt, account);
  return unqualified
    ? { ...untried, ...unqualified, evidence: { ...untried?.evidence, ...unqualified.evidence } }
    : untried;
}

/** Whether a mail service replied, whose server its users cannot configure. */
export function isAtService(attempt: AuthAttempt): boolean {
  return isService(saidIn(attempt));
}

function saidIn({ reply, server }: AuthAttempt): Said {
  return { ...server, rejections: [formatReply(reply)] };
}

function withoutDomain({ auth: { username }, server }: AuthAttempt, account: string): CredentialProblem | undefined {
  if (/[@\\]/.test(username) || server.domain === undefined) return undefined;
  const suggested = own`${account}@${excerpt(server.domain)}`;
  return { cause: 'username-without-domain', evidence: { account, suggested } };
}

/** Both send the password, and a server checks them separately. */
const OTHER: Readonly<Record<string, string>> = { PLAIN: 'LOGIN', LOGIN: 'PLAIN' };

/** The gate tries only one mechanism, because each attempt may count as a failed login. */
function untriedMechanism({ mechanism, server }: AuthAttempt): CredentialProblem | undefined {
  const untried = OTHER[mechanism] ?? '';
  const offers = server.offers.filter((line) => /^AUTH[ =]/i.test(line));
  const isOffered = offers.some((line) => line.toUpperCase().split(/[ =]+/).includes(untried));
  if (untried === '' || !isOffered) return undefined;
  const text = own`The gate tried only ${fixed(mechanism)}. The server also offers ${fixed(untried)}.`;
  return { cause: 'wrong-credentials-or-mechanism', text, evidence: { untried: fixed(untried) } };
}
