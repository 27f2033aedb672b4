import type { Cause } from '../../findings/catalogue.js';
import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { brief, decodeBytes } from '../../text/peer.js';
import type { HandshakeFailure } from '../../tls/handshake.js';
import { serverNameIndication } from '../../tls/names.js';
import { inSeconds, spentBudget } from '../budget.js';
import type { Context } from '../context.js';
import { negotiateAnything } from '../diagnostic-handshake.js';
import type { Negotiated } from '../diagnostic-handshake.js';
import { stopped } from '../hand-over.js';
import type { Stopped } from '../hand-over.js';
import { meaningOfAlert } from './alert-meaning.js';
import { CERTIFICATE_REQUIRED, clientCertificateRefused } from './client-certificate.js';

/** Alerts with a meaning of their own (RFC 8446 section 6.2, RFC 5246 section 7.2.2). */
const UNRECOGNIZED_NAME = 112;
/** What alerts are about: handshake failure, protocol version, insufficient security. */
const ABOUT: Readonly<Record<number, Disagreement['about']>> = { 40: 'anything', 70: 'version', 71: 'cipher' };
/** OpenSSL's words for a version that this side does not take, and for a cipher suite that it has not offered. */
const WRONG_VERSION = /UNSUPPORTED_PROTOCOL|WRONG_SSL_VERSION/;
const WRONG_CIPHER = /(WRONG|UNKNOWN)_CIPHER_RETURNED/;
/** The same for parameters that its security level does not take. */
const SHORT_DH = 'DH_KEY_TOO_SMALL';
/** Cipher suites that are offered whatever the policy, by their standard names. */
const OFFERED =
  /^TLS_(((EC)?DHE_)?(RSA|ECDSA)_WITH_(AES_\d+_(GCM|CBC|CCM(?!_8))|ARIA_\d+_GCM|CHACHA20)|AES_\d+_GCM|CHACHA20)/;
/** Curves that are offered only where everything is. */
const UNUSUAL_CURVE = /^(P-224|secp256k1|brainpool\w+)$/;

/**
 * Judges why the handshake failed.
 * @param address that of the server, for a diagnostic handshake
 */
export async function judgeHandshakeFailure(
  context: Context,
  address: string | undefined,
  failure: Exclude<HandshakeFailure, { kind: 'cleartext' }>,
): Promise<Stopped> {
  switch (failure.kind) {
    case 'timed-out': {
      const { clause, evidence } = spentBudget(context);
      const message = `The server did not finish the TLS handshake in time${clause}.`;
      const found = finding('handshake-timeout', message, {
        evidence: { waited: inSeconds(failure.waitedMs), ...evidence },
      });
      // With STARTTLS the server has answered before, so it stopped answering later.
      return { ...stopped(found), ...(context.endpoint.transport === 'starttls' && { transient: 'once' }) };
    }
    case 'lost': {
      const said = `The connection ended during the TLS handshake (${failure.detail})`;
      const evidence = { detail: failure.detail };
      // Some servers hang up where others send an alert.
      const tooOld = versionBelowPolicy(await negotiateAnything(context, address), context);
      return tooOld !== undefined
        ? stopped(versionTooOld(context, { said, evidence }, tooOld))
        : { ...stopped(finding('connection-lost', `${said}.`, { evidence })), transient: true };
    }
    case 'alert': {
      const { number, name, asked } = failure;
      if (asked || number === CERTIFICATE_REQUIRED) return stopped(clientCertificateRefused(context.endpoint, number));
      const refusal = {
        said: `The server ended the handshake with alert ${number} (${name})`,
        evidence: { alert: String(number), name },
      };
      if (number === UNRECOGNIZED_NAME) return stopped(nameUnknown(context, refusal));
      const meaning = meaningOfAlert(number);
      return stopped(
        await noAgreement(context, address, {
          ...refusal,
          about: ABOUT[number],
          ...(meaning && { said: `${refusal.said}: ${meaning.says}`, cause: meaning.cause }),
        }),
      );
    }
    case 'refused-here': {
      const { code, stray } = failure;
      const reason = brief(failure.reason);
      if (stray) {
        const data = brief(decodeBytes(stray).trimEnd());
        const message = `In the midst of the TLS handshake came what is no TLS: "${data}".`;
        return stopped(finding('tls-handshake-failed', message, { evidence: { reason, code, data } }));
      }
      return stopped(
        await noAgreement(context, address, {
          said: `TLS failed on our side: ${reason}`,
          evidence: { reason, code },
          ...(code.includes(SHORT_DH) && {
            said: `The Diffie-Hellman parameters of the server are too short to be taken here (${reason})`,
            cause: 'short-dh-parameters',
          }),
          about: WRONG_VERSION.test(code) ? 'version' : WRONG_CIPHER.test(code) ? 'cipher' : undefined,
        }),
      );
    }
  }
}

/** How one side said no. */
interface Refusal {
  /** A sentence without its full stop. */
  readonly said: string;
  readonly evidence: Readonly<Record<string, string>>;
}

/** The same, and what it is about where that is said; `anything` is what a plain "handshake failure" says. */
interface Disagreement extends Refusal {
  readonly about: 'version' | 'cipher' | 'anything' | undefined;
  /** If it is known without a diagnostic handshake. */
  readonly cause?: Cause<'tls-handshake-failed'>;
}

/** Why there was no agreement, by what the server does when it is offered everything. */
async function noAgreement(
  context: Context,
  address: string | undefined,
  refusal: Disagreement,
): Promise<KnownFinding> {
  const seen = await negotiateAnything(context, address);
  const tooOld = versionBelowPolicy(seen, context);
  const spoken = seen === 'nothing' ? undefined : seen;
  if (tooOld !== undefined || (refusal.about === 'version' && !spoken)) {
    return versionTooOld(context, refusal, seen && (tooOld ?? 'no version of TLS that can be offered here'));
  }
  const oddCurve = UNUSUAL_CURVE.exec(spoken?.group ?? '')?.[0];
  const chosen = spoken && `${spoken.version} with ${spoken.cipher}${oddCurve === undefined ? '' : ` on ${oddCurve}`}`;
  const only = chosen === undefined ? '' : ` Offered everything, it chooses ${chosen}.`;
  const evidence = { ...refusal.evidence, ...(chosen !== undefined && { negotiated: chosen }) };
  if (spoken?.oldSignature !== undefined && refusal.about === 'anything') {
    return finding(
      'tls-handshake-failed',
      `The server signs the handshake with nothing better than ${spoken.oldSignature}, which is not offered here. ${refusal.said}.${only}`,
      { evidence: { ...evidence, signature: spoken.oldSignature }, cause: 'old-signature' },
    );
  }
  const isOdd = oddCurve !== undefined || (spoken !== undefined && !OFFERED.test(spoken.cipher));
  if (refusal.about !== 'cipher' && !(refusal.about === 'anything' && isOdd)) {
    const { said, cause } = refusal;
    return finding('tls-handshake-failed', `${said}.${only}`, { evidence, ...(cause !== undefined && { cause }) });
  }
  const what = oddCurve === undefined ? 'cipher suites' : 'curves';
  return finding(
    'tls-handshake-failed',
    `The server takes none of the ${what} that are offered here. ${refusal.said}.${only}`,
    { evidence, cause: 'ciphers' },
  );
}

function versionBelowPolicy(seen: Negotiated | 'nothing' | undefined, { endpoint }: Context): string | undefined {
  return seen && seen !== 'nothing' && seen.version < endpoint.tls.minVersion ? seen.version : undefined;
}

/** @param spoken the version that the server takes, or that it takes none; undefined where that was not found out */
function versionTooOld({ endpoint }: Context, { said, evidence }: Refusal, spoken: string | undefined): KnownFinding {
  const wanted = endpoint.tls.minVersion;
  const message =
    spoken === undefined
      ? `The server does not take ${wanted} or later, and what it speaks could not be found out: a second connection came to no handshake. ${said}.`
      : `The server speaks ${spoken}; wanted is ${wanted} or later. ${said}.`;
  return finding('tls-version-too-old', message, {
    evidence: { ...evidence, required: wanted, negotiated: spoken ?? 'unknown' },
    ...(wanted === 'TLSv1.3' && { cause: 'no-tls-1.3' as const }),
  });
}

/** RFC 6066 section 3: the server has nothing for the name that was sent. */
function nameUnknown({ endpoint }: Context, { said, evidence }: Refusal): KnownFinding {
  const sent = serverNameIndication(endpoint.servername);
  const what =
    sent === undefined
      ? `The server wants to be told a name (SNI), and for the address ${endpoint.servername} none is sent.`
      : `The server does not know the name ${sent}, which was sent as SNI.`;
  return finding('tls-handshake-failed', `${what} ${said}.`, {
    evidence: { ...evidence, servername: sent ?? 'none sent' },
    cause: 'unknown-name',
  });
}
