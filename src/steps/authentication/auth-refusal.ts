import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Credentials } from '../../plan/endpoint.js';
import { shown } from '../../smtp/reply.js';
import type { SignIn } from '../../smtp/sign-in-exchange.js';
import { bindsChannel } from '../../sasl/mechanisms.js';
import type { ChannelBinding } from '../../tls/channel-binding.js';
import { authMeaningOf } from './auth-meaning.js';
import type { AuthMeaning } from './auth-meaning.js';
import { refusesCredentials } from './refused-credentials.js';
import type { CredentialsVerdict } from './refused-credentials.js';

/** What a sign-in means for the step. */
export interface AuthJudgement {
  readonly findings: readonly KnownFinding[];
  readonly transient?: true;
}

/** One exchange, as it was tried. */
export interface Attempted {
  readonly auth: Credentials;
  readonly mechanism: string;
  readonly binding: ChannelBinding | undefined;
  /** Whether the server asked for a client certificate in the handshake. */
  readonly clientCertificateRequested: boolean;
}

/**
 * Judges a 4yz or 5yz to AUTH.
 * @param evidence the reply and, as `saslError`, what the server said within the mechanism
 */
export function refused(
  signedIn: SignIn,
  attempted: Attempted,
  evidence: Readonly<Record<string, string>>,
): AuthJudgement {
  const { reply, told } = signedIn;
  const { code } = reply;
  const { auth, mechanism } = attempted;
  const mustBeRejected = auth.expect === 'rejected';
  const said = authMeaningOf(reply, auth.kind);
  const isToldOtherwise = told !== undefined && !VERDICTS_WITHIN[auth.kind]?.test(told.exact);
  const verdict = isToldOtherwise ? undefined : refusesCredentials(reply, auth.username);
  // Unknown words may be about something other than the credentials, whatever the code.
  const isOpen = isToldOtherwise || (mustBeRejected && verdict === undefined);
  const meaning = said?.blames && isOpen ? undefined : said;
  const message = [
    `To AUTH ${mechanism} the server says "${shown(reply)}".`,
    ...(told === undefined ? [] : [`Within the mechanism it says: ${evidence.saslError ?? ''}.`]),
    ...(meaning ? [`That means: ${meaning.says}.`] : []),
  ].join(' ');
  // 432, "a password transition is needed", begins with a 4 and no amount of waiting helps (RFC 4954 section 6).
  if (code < 500 && code !== 432) {
    const found = finding('auth-temporary-failure', message, { evidence, inconclusive: true, ...causeOf(meaning) });
    return { findings: [found], transient: true };
  }
  const other = OTHER_REFUSALS[code];
  if (other) return { findings: [finding(other, message, { evidence, ...causeOf(meaning) })] };
  // In another way, or by another channel, credentials that were not judged might still open the door.
  if (mustBeRejected && verdict && isCompared(verdict, signedIn, attempted)) return { findings: [] };
  const stillOpen = mustBeRejected ? ' So it is not told whether the credentials are rejected, as they must be.' : '';
  const text = `${message}${stillOpen}${hint(verdict, attempted, signedIn)}`;
  const byKind = auth.kind === 'password' ? {} : { cause: auth.kind };
  return { findings: [finding('auth-rejected', text, { evidence, ...byKind, ...causeOf(meaning) })] };
}

function causeOf({ cause }: Partial<AuthMeaning> = {}): Pick<AuthMeaning, 'cause'> {
  return cause === undefined ? {} : { cause };
}

/** Refusals that say nothing of the credentials. */
const OTHER_REFUSALS: Readonly<Partial<Record<number, KnownFinding['code']>>> = {
  500: 'auth-command-refused',
  501: 'auth-command-refused',
  502: 'auth-command-refused',
  503: 'auth-command-refused',
  504: 'auth-mechanism-unavailable',
  530: 'auth-tls-required',
  538: 'auth-tls-required',
};

/**
 * What a server tells within the mechanism of credentials that it has compared with its own: a SCRAM server by an error
 * (RFC 5802 section 7), one that takes tokens by a status, of HTTP or of OAuth (RFC 7628 section 3.2.2).
 */
const VERDICTS_WITHIN: Readonly<Partial<Record<Credentials['kind'], RegExp>>> = {
  password: /^(?:invalid-proof|unknown-user)$/,
  'access-token': /(?:^|, )status: (?:40[013]|invalid_token|insufficient_scope)(?:,|$)/,
};

/**
 * Whether the server has been shown the credentials, and has what the mechanism compares them with. Before it asks a
 * SCRAM client for its proof it has looked that up, but an exchange that is bound to the channel may fail for the
 * channel's sake; whether a CRAM-MD5 server has it is not seen. A server that can ask nobody about a token refuses it
 * with the same code as a bad one, but has nothing to tell of it within the mechanism. A server that has no use for
 * certificates refuses EXTERNAL, too.
 */
function isCompared(verdict: CredentialsVerdict, { presented, told }: SignIn, attempted: Attempted): boolean {
  const { auth, mechanism, clientCertificateRequested } = attempted;
  if (auth.kind === 'certificate') return clientCertificateRequested && verdict === 'named';
  if (mechanism.startsWith('CRAM-')) return false;
  if (told !== undefined) return true;
  if (auth.kind === 'access-token' && verdict === 'general') return false;
  return presented && !bindsChannel(mechanism);
}

/** What else may be the reason, beside what the server says. */
function hint(
  verdict: CredentialsVerdict | undefined,
  { auth, mechanism, binding, clientCertificateRequested }: Attempted,
  { presented, told, iterations }: SignIn,
): string {
  if (auth.kind === 'certificate') {
    return clientCertificateRequested ? '' : ' The server did not ask for a client certificate in the handshake.';
  }
  if (binding && bindsChannel(mechanism)) {
    const unbound = mechanism.replace(/-PLUS$/, '');
    return ` The exchange is bound to this TLS channel (${binding.type}): where TLS ends in front of the server, or the server goes by another binding, it fails with the right password too. \`auth.mechanism: ${unbound}\` tells.`;
  }
  if (told === undefined && iterations === undefined && /^(SCRAM|CRAM)-/.test(mechanism)) {
    return ` A server that keeps the password in another form than ${mechanism} needs cannot check it; \`auth.mechanism: PLAIN\` tells.`;
  }
  const { kind, secret } = auth;
  if (!presented) return ` It says so before the ${kind} has gone out.`;
  if (kind === 'access-token' && told === undefined && verdict === 'general') {
    return ' A server that can ask nobody about the token says so too: one that has asked mostly tells of it within the mechanism.';
  }
  return secret.isPadded ? ` The ${kind} as it is configured begins or ends with a blank.` : '';
}
