import type { CauseOf } from '../../findings/catalog.js';
import type { FindingCode } from '../../findings/codes.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Credentials } from '../../plan/endpoint.js';
import { formatReply } from '../../smtp/reply.js';
import { bindsChannel } from '../../sasl/mechanisms.js';
import { excerpt } from '../../text/peer.js';
import type { Stopped } from '../hand-over.js';
import type { AuthAttempt } from './auth-attempt.js';
import type { AuthCause } from './meanings.js';
import { authMeaningOf, isUsual, meaningOfCode } from './auth-meaning.js';
import { refusesCredentials, type CredentialsVerdict } from './refused-credentials.js';
import { fixed, join, own, type OwnText } from '../../text/own.js';

export type AuthJudgment = Pick<Stopped, 'findings' | 'transient'>;

/** RFC 5802 section 5.1 and RFC 7677 section 4 require at least this many. */
const MIN_ITERATIONS = 4096;

export async function judgeAuth(attempt: AuthAttempt): Promise<AuthJudgment> {
  const { auth, reply, fault, reportedError, iterations } = attempt;
  const mechanism = fixed(attempt.mechanism);
  const answer = own`The server replied to AUTH ${mechanism} with "${formatReply(reply)}".`;
  const saslError = reportedError && (excerpt(reportedError.exact) || own`nothing`);
  const evidence = { reply: formatReply(reply), mechanism, ...(saslError !== undefined && { saslError }) };
  const isRejected = reply.code >= 400;
  if (fault && (saslError === undefined || !isRejected)) {
    const message = own`AUTH ${mechanism} failed: ${fixed(fault.message)}. The server's last reply was "${formatReply(reply)}".`;
    const details = { evidence: { ...evidence, fault: fixed(fault.message) } };
    return {
      findings: [
        fault.kind === 'malformed'
          ? finding('protocol-error', message, details)
          : finding('auth-server-not-authenticated', message, { ...details, cause: fault.kind }),
      ],
    };
  }
  if (isRejected) return judgeRejection(attempt, answer, evidence);
  if (reply.code !== 235) {
    return { findings: [finding('protocol-error', own`${answer} That is not a valid reply to AUTH.`, { evidence })] };
  }
  if (saslError !== undefined) {
    const message = own`${answer} Before that, it reported a SASL error: ${saslError}.`;
    return { findings: [finding('protocol-error', message, { evidence })] };
  }
  if (auth.expect === 'rejected') {
    const message = own`${answer} It accepted credentials that it must reject.`;
    return { findings: [finding('auth-not-rejected', message, { evidence })] };
  }
  if (iterations === undefined || iterations >= MIN_ITERATIONS) return { findings: [] };
  const message = own`For ${mechanism}, the server's iteration count is ${iterations}; RFC 5802 and RFC 7677 recommend at least ${MIN_ITERATIONS}.`;
  return { findings: [finding('auth-iterations-low', message, { evidence: { iterations: String(iterations) } })] };
}

async function judgeRejection(
  attempt: AuthAttempt,
  answer: OwnText,
  evidence: { readonly reply: string; readonly mechanism: OwnText; readonly saslError?: string | OwnText },
): Promise<AuthJudgment> {
  const { auth, reply, reportedError, usedStartTls, credentialsSent } = attempt;
  const { code } = reply;
  const mustBeRejected = auth.expect === 'rejected';
  const isOfTheToken = !mustBeRejected && auth.kind === 'access-token' && INVALID.test(reportedError?.exact ?? '');
  const isOtherError =
    reportedError !== undefined && !isOfTheToken && !REJECTED_WITHIN[auth.kind]?.test(reportedError.exact);
  const verdict = isOtherError ? undefined : refusesCredentials(reply, auth.username);
  const isNamed = reportedError !== undefined && !isOtherError;
  // Unknown words may be about something other than the credentials, even if the code is about them.
  const isUnclear = isOtherError || (mustBeRejected && verdict === undefined);
  const anyMeaning = authMeaningOf(reply, auth.kind, isNamed ? 'named' : verdict);
  const meaning = anyMeaning?.blamesCredentials && isUnclear ? undefined : anyMeaning;
  const within = evidence.saslError === undefined ? own`` : own` It also reported a SASL error: ${evidence.saslError}.`;
  const message = own`${answer}${within}${meaning ? own` ${fixed(meaning.text)}` : own``}`;
  // Loaded only for a rejection, with the texts of all findings.
  const { firstCause } = await import('../../findings/cause.js');
  const { credentialProblem, isAtService } = await import('./credential-problems.js');
  const { causesWithToken } = await import('./access-token.js');
  const isToken = auth.kind === 'access-token';
  const found = (as: FindingCode, text: OwnText, named: readonly (string | undefined)[]): KnownFinding => {
    const causes = isToken ? causesWithToken(named) : named;
    return {
      ...finding(as, text, { evidence }),
      ...firstCause(as, usedStartTls && causes.includes('not-encrypted') ? ['not-encrypted-after-starttls'] : causes),
    };
  };
  if (code < 500 && code !== PASSWORD_TRANSITION) {
    const isOutage = meaning === undefined || OUTAGES.includes(meaning.cause);
    const atService = isOutage && isAtService(attempt) ? 'service-unavailable' : undefined;
    const but = meaning?.blamesCredentials ? own` But its code, ${code}, is for temporary problems.` : own``;
    const failure = found('auth-temporary-failure', own`${message}${but}`, [atService, meaning?.cause]);
    return { findings: [{ ...failure, inconclusive: true }], transient: true };
  }
  const instead = OTHER_REJECTIONS[code];
  if (instead) return { findings: [found(instead, message, [meaning?.cause, meaningOfCode(code)?.cause])] };
  // With a different mechanism, or on a different channel, the server may accept credentials that it has not compared.
  if (mustBeRejected && verdict && hasCompared(attempt, verdict)) return { findings: [] };
  const unknown = mustBeRejected ? own` This does not show that the server rejects the credentials.` : own``;
  // The words of the server count more than what is suspicious in the exchange, unless they are the usual ones.
  const isVague = meaning === undefined || isUsual(meaning, auth.kind) || (mustBeRejected && meaning.blamesCredentials);
  const isOutOfScope = auth.kind === 'access-token' && OUT_OF_SCOPE.test(reportedError?.exact ?? '');
  const suspected = isVague && !isOutOfScope ? suspicionIn(attempt, verdict) : undefined;
  // A service that offers the mechanism validates tokens.
  const suspicion = suspected?.cause === 'token-not-checked' && isAtService(attempt) ? undefined : suspected;
  // The usual words blame the password.
  const said = suspicion?.cause === 'not-stored-for-scram' ? own`${answer}${within}` : message;
  const isOfCredentials = isVague && !isOutOfScope && (!suspicion || suspicion.cause === 'token-not-checked');
  const problem =
    isOfCredentials && meaning !== undefined && !mustBeRejected && credentialsSent
      ? credentialProblem(attempt, meaning.cause !== 'unknown-words')
      : undefined;
  const remarks = [problem?.text, problem?.cause === undefined && suspicion ? fixed(suspicion.text) : undefined];
  const isOfToken = isToken && problem?.cause !== undefined;
  const text = join(
    [own`${isOfToken ? own`${answer}${within}` : said}${unknown}`, ...remarks.filter((remark) => remark !== undefined)],
    ' ',
  );
  const ofService =
    meaning && OUTAGES.includes(meaning.cause) && isAtService(attempt) ? 'service-unavailable' : undefined;
  const causes = [
    ...[ofService, isOutOfScope ? 'token-scope' : problem?.cause, suspicion?.cause, meaning?.cause],
    isToken ? 'token-unclear' : undefined,
  ];
  const rejection = found('auth-rejected', text, causes);
  return { findings: [problem ? { ...rejection, evidence: { ...evidence, ...problem.evidence } } : rejection] };
}

/** 432, "a password transition is needed", begins with a 4, but waiting does not help (RFC 4954 section 6). */
const PASSWORD_TRANSITION = 432;

/** Causes that whoever runs the server has to look into. */
const OUTAGES: readonly AuthCause[] = [
  'backend-unavailable',
  'saslauthd',
  'dovecot-auth',
  'maintenance',
  'mail-system',
  'mail-system-configuration',
];

/** Rejections that are not about the credentials. */
const OTHER_REJECTIONS: Readonly<Partial<Record<number, KnownFinding['code']>>> = {
  500: 'auth-command-refused',
  501: 'auth-command-refused',
  502: 'auth-command-refused',
  503: 'auth-command-refused',
  504: 'auth-mechanism-unavailable',
  523: 'auth-tls-required',
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

/** Google's for an expired token. Others send it for what they cannot read, so it does not show that they checked the token. */
const INVALID = /(?:^|, )status: invalid_request(?:,|$)/;

/** Among those of a token, the errors about what a valid token allows. */
const OUT_OF_SCOPE = /(?:^|, )status: (?:403|insufficient_scope)(?:,|$)/;

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

/** What in the exchange suggests a different reason than wrong credentials. */
function suspicionIn(
  attempt: AuthAttempt,
  verdict: CredentialsVerdict | undefined,
): { readonly text: string; readonly cause: CauseOf<'auth-rejected'> } | undefined {
  const { auth, mechanism, binding, clientCertificateRequested, credentialsSent, reportedError, iterations } = attempt;
  if (auth.kind === 'certificate') {
    if (clientCertificateRequested) return undefined;
    const text = 'The server did not ask for a client certificate in the handshake.';
    return { text, cause: 'certificate-not-requested' };
  }
  if (reportedError?.exact === 'server-does-support-channel-binding') {
    const text = 'The server supports channel binding, but offered no mechanism with it (-PLUS).';
    return { text, cause: 'binding-not-offered' };
  }
  const isWrong = reportedError !== undefined && REJECTED_WITHIN.password?.test(reportedError.exact) === true;
  if (binding && bindsChannel(mechanism) && !isWrong) {
    const isNamed =
      /^(?:channel-bindings-dont-match|channel-binding-not-supported|unsupported-channel-binding-type)$/.test(
        reportedError?.exact ?? '',
      );
    const text = `The exchange is bound to this TLS channel (${binding.type}). If a proxy terminates TLS in front of the server, or the server uses a different type of binding, authentication fails even with the correct password.`;
    return { text, cause: isNamed ? 'channel-binding' : 'bound-exchange' };
  }
  if (reportedError === undefined && iterations === undefined && /^(SCRAM|CRAM)-/.test(mechanism)) {
    // A SCRAM server looks the user up before its first message, and the password matters only after that.
    if (auth.expect === 'accepted' && mechanism.startsWith('SCRAM-')) {
      const text =
        'The server replied before the exchange depended on the password, so it rejects the user or the mechanism, not the password.';
      return { text, cause: 'not-stored-for-scram' };
    }
    const text = `A server can check the password only if it stores it in the form that ${mechanism} requires.`;
    return { text, cause: 'password-storage' };
  }
  const { kind, secret } = auth;
  const name = kind.replace('-', ' ');
  if (!credentialsSent) {
    return { text: `The server replied before the ${name} was sent.`, cause: 'rejected-early' };
  }
  if (secret.isPadded) {
    return { text: `The configured ${name} begins or ends with a space or a line break.`, cause: 'padded-secret' };
  }
  if (kind === 'access-token' && reportedError === undefined && verdict === 'general') {
    const text =
      'A server that cannot validate tokens sends the same reply. A server that can validate them usually reports a SASL error too.';
    return { text, cause: 'token-not-checked' };
  }
  return undefined;
}
