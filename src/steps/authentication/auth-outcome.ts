import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Credentials } from '../../plan/endpoint.js';
import { formatReply } from '../../smtp/reply.js';
import type { AuthResult } from '../../smtp/sign-in-exchange.js';
import { bindsChannel } from '../../sasl/mechanisms.js';
import { excerpt } from '../../text/peer.js';
import type { ChannelBinding } from '../../tls/channel-binding.js';
import type { Stopped } from '../hand-over.js';
import { authMeaningOf } from './auth-meaning.js';
import { refusesCredentials, type CredentialsVerdict } from './refused-credentials.js';

export type AuthJudgment = Pick<Stopped, 'findings' | 'transient'>;

export interface AuthAttempt extends AuthResult {
  readonly auth: Credentials;
  readonly mechanism: string;
  readonly binding: ChannelBinding | undefined;
  readonly clientCertificateRequested: boolean;
}

/** RFC 5802 section 5.1 and RFC 7677 section 4 require at least this many. */
const MIN_ITERATIONS = 4096;

export function judgeAuth(attempt: AuthAttempt): AuthJudgment {
  const { auth, mechanism, reply, fault, reportedError, iterations } = attempt;
  const answer = `The server replied to AUTH ${mechanism} with "${formatReply(reply)}".`;
  const saslError = reportedError && (excerpt(reportedError.exact) || 'nothing');
  const evidence = { reply: formatReply(reply), mechanism, ...(saslError !== undefined && { saslError }) };
  const isRejected = reply.code >= 400;
  if (fault && (saslError === undefined || !isRejected)) {
    const code = fault.kind === 'not-authenticated' ? 'auth-server-not-authenticated' : 'protocol-error';
    const message = `AUTH ${mechanism} failed: ${fault.message}. The server's last reply was "${formatReply(reply)}".`;
    return { findings: [finding(code, message, { evidence: { ...evidence, fault: fault.message } })] };
  }
  if (isRejected) return judgeRejection(attempt, answer, evidence);
  if (reply.code !== 235) {
    return { findings: [finding('protocol-error', `${answer} That is not a valid reply to AUTH.`, { evidence })] };
  }
  if (saslError !== undefined) {
    const message = `${answer} Before that, it reported a SASL error: ${saslError}.`;
    return { findings: [finding('protocol-error', message, { evidence })] };
  }
  if (auth.expect === 'rejected') {
    const message = `${answer} It accepted these credentials, but must reject them.`;
    return { findings: [finding('auth-not-rejected', message, { evidence })] };
  }
  if (iterations === undefined || iterations >= MIN_ITERATIONS) return { findings: [] };
  const message = `For ${mechanism}, the server's iteration count is ${iterations}; RFC 5802 and RFC 7677 recommend at least ${MIN_ITERATIONS}.`;
  return { findings: [finding('auth-iterations-low', message, { evidence: { iterations: String(iterations) } })] };
}

function judgeRejection(
  attempt: AuthAttempt,
  answer: string,
  evidence: { readonly reply: string; readonly mechanism: string; readonly saslError?: string },
): AuthJudgment {
  const { auth, reply, reportedError } = attempt;
  const { code } = reply;
  const mustBeRejected = auth.expect === 'rejected';
  const isOtherError = reportedError !== undefined && !REJECTED_WITHIN[auth.kind]?.test(reportedError.exact);
  const verdict = isOtherError ? undefined : refusesCredentials(reply, auth.username);
  // Unknown words may be about something other than the credentials, even if the code is about them.
  const isUnclear = isOtherError || (mustBeRejected && verdict === undefined);
  const anyMeaning = authMeaningOf(reply, auth.kind);
  const meaning = anyMeaning?.blamesCredentials && isUnclear ? undefined : anyMeaning;
  const within = evidence.saslError === undefined ? '' : ` It also reported a SASL error: ${evidence.saslError}.`;
  const message = `${answer}${within}${meaning ? ` ${meaning.text}` : ''}`;
  const cause = meaning?.cause !== undefined && { cause: meaning.cause };
  // 432, "a password transition is needed", begins with a 4, but waiting does not help (RFC 4954 section 6).
  if (code < 500 && code !== 432) {
    const found = finding('auth-temporary-failure', message, { evidence, inconclusive: true, ...cause });
    return { findings: [found], transient: true };
  }
  const other = OTHER_REJECTIONS[code];
  if (other) return { findings: [finding(other, message, { evidence, ...cause })] };
  // With a different mechanism, or on a different channel, the server may accept credentials that it has not compared.
  if (mustBeRejected && verdict && hasCompared(attempt, verdict)) return { findings: [] };
  const unknown = mustBeRejected ? ' This does not show that the server rejects the credentials.' : '';
  const text = `${message}${unknown}${otherReason(attempt, verdict)}`;
  const byKind = auth.kind === 'password' ? {} : { cause: auth.kind };
  return { findings: [finding('auth-rejected', text, { evidence, ...byKind, ...cause })] };
}

/** Rejections that are not about the credentials. */
const OTHER_REJECTIONS: Readonly<Partial<Record<number, KnownFinding['code']>>> = {
  500: 'auth-command-refused',
  501: 'auth-command-refused',
  502: 'auth-command-refused',
  503: 'auth-command-refused',
  504: 'auth-mechanism-unavailable',
  530: 'auth-tls-required',
  538: 'auth-tls-required',
};

/**
 * SASL errors by which a server says that it compared the credentials with its own: an error of SCRAM (RFC 5802 section
 * 7), or a status of HTTP or OAuth for a token (RFC 7628 section 3.2.2).
 */
const REJECTED_WITHIN: Readonly<Partial<Record<Credentials['kind'], RegExp>>> = {
  password: /^(?:invalid-proof|unknown-user)$/,
  'access-token': /(?:^|, )status: (?:40[013]|invalid_token|insufficient_scope)(?:,|$)/,
};

/**
 * Whether the server received the credentials and has what it must compare them with.
 * - A SCRAM server looks that up before it asks for the proof. With channel binding, the exchange can also fail because
 *   of the channel.
 * - A CRAM-MD5 server does not show whether it has it.
 * - A server that cannot validate tokens rejects them with the same code, but reports no SASL error.
 * - A server that does not use client certificates also rejects EXTERNAL.
 */
function hasCompared(attempt: AuthAttempt, verdict: CredentialsVerdict): boolean {
  const { auth, mechanism, clientCertificateRequested, credentialsSent, reportedError } = attempt;
  if (auth.kind === 'certificate') return clientCertificateRequested && verdict === 'named';
  if (mechanism.startsWith('CRAM-')) return false;
  if (reportedError !== undefined) return true;
  if (auth.kind === 'access-token' && verdict === 'general') return false;
  return credentialsSent && !bindsChannel(mechanism);
}

/** A sentence about what else can be the reason; empty if nothing suggests one. */
function otherReason(attempt: AuthAttempt, verdict: CredentialsVerdict | undefined): string {
  const { auth, mechanism, binding, clientCertificateRequested, credentialsSent, reportedError, iterations } = attempt;
  if (auth.kind === 'certificate') {
    return clientCertificateRequested ? '' : ' The server did not ask for a client certificate in the handshake.';
  }
  if (binding && bindsChannel(mechanism)) {
    const unbound = mechanism.replace(/-PLUS$/, '');
    return ` The exchange is bound to this TLS channel (${binding.type}). If a proxy terminates TLS in front of the server, or the server uses a different type of binding, it fails even with the correct password. Try \`auth.mechanism: ${unbound}\`.`;
  }
  if (reportedError === undefined && iterations === undefined && /^(SCRAM|CRAM)-/.test(mechanism)) {
    return ` A server that does not store the password in the form that ${mechanism} requires cannot check it. Try \`auth.mechanism: PLAIN\`.`;
  }
  const { kind, secret } = auth;
  const name = kind.replace('-', ' ');
  if (!credentialsSent) return ` The server replied before the ${name} was sent.`;
  if (kind === 'access-token' && reportedError === undefined && verdict === 'general') {
    return ' A server that cannot validate tokens sends the same reply. A server that can validate them usually reports a SASL error too.';
  }
  return secret.isPadded ? ` The configured ${name} begins or ends with a space.` : '';
}
