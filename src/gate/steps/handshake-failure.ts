import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { brief } from '../../text/peer.js';
import type { HandshakeFailure, TlsChannel } from '../../tls/handshake.js';
import { serverNameIndication } from '../../tls/names.js';
import { spentBudget } from '../budget.js';
import { whatItSpeaks } from '../second-look.js';
import type { StepOutcome, Visit } from '../visit.js';

/** Alerts with a meaning of their own (RFC 8446 section 6.2, RFC 5246 section 7.2.2). */
const UNRECOGNIZED_NAME = 112;
const CERTIFICATE_REQUIRED = 116;
/** What alerts are about: handshake failure, protocol version, insufficient security. */
const ABOUT: Readonly<Record<number, Disagreement['about']>> = { 40: 'anything', 70: 'version', 71: 'cipher' };
/** OpenSSL's words for a version that this side does not take, and for a cipher suite that it has not offered. */
const WRONG_VERSION = /UNSUPPORTED_PROTOCOL|WRONG_SSL_VERSION/;
const WRONG_CIPHER = /(WRONG|UNKNOWN)_CIPHER_RETURNED/;
/** Cipher suites that are offered whatever the policy, by their standard names. */
const OFFERED = /^TLS_(((EC)?DHE_)?(RSA|ECDSA)_WITH_)?(AES_\d+_(GCM|CBC|CCM(?!_8))|ARIA_\d+_GCM|CHACHA20)/;
/** Curves that are offered only where everything is, by the names that OpenSSL gives them. */
const UNUSUAL_CURVE = /^(secp224r1|secp256k1|brainpool\w+)$/;
/** What a server says of a client's certificate; after the handshake there is no other that it could speak of. */
const CLIENT_CERTIFICATE_ALERTS: Readonly<Record<number, string>> = {
  42: 'bad certificate',
  43: 'unsupported certificate',
  44: 'certificate revoked',
  45: 'certificate expired',
  46: 'certificate unknown',
  48: 'unknown ca',
  [CERTIFICATE_REQUIRED]: 'certificate required',
};

/** Why the handshake came to nothing, in words. */
export async function handshakeFailed(visit: Visit, failure: HandshakeFailure): Promise<StepOutcome> {
  const whole = (found: KnownFinding): StepOutcome => ({ findings: [found], impassable: true });
  switch (failure.kind) {
    case 'timed-out': {
      const { clause, evidence } = spentBudget(visit);
      const message = `The server did not finish the TLS handshake in time${clause}.`;
      return whole(finding('handshake-timeout', message, { evidence }));
    }
    case 'lost': {
      const said = `The connection ended during the TLS handshake (${failure.detail})`;
      const evidence = { detail: failure.detail };
      // Some servers hang up where others send an alert.
      const tooOld = versionBelowPolicy(await whatItSpeaks(visit), visit);
      return tooOld !== undefined
        ? whole(versionTooOld(visit, { said, evidence }, tooOld))
        : { ...whole(finding('connection-lost', `${said}.`, { evidence })), transient: true };
    }
    case 'alert': {
      const { number, name, asked } = failure;
      const alert = `alert ${number} (${name})`;
      if (asked || number === CERTIFICATE_REQUIRED) return whole(clientCertificateRequired(alert));
      const refusal = {
        said: `The server ended the handshake with ${alert}`,
        evidence: { alert: String(number), name },
      };
      if (number === UNRECOGNIZED_NAME) return whole(nameUnknown(visit, refusal));
      return whole(
        await noAgreement(visit, {
          ...refusal,
          about: ABOUT[number],
        }),
      );
    }
    case 'refused-here': {
      const { code } = failure;
      const reason = brief(failure.reason);
      return whole(
        await noAgreement(visit, {
          said: `TLS failed on our side: ${reason}`,
          evidence: { reason, code },
          about: WRONG_VERSION.test(code) ? 'version' : WRONG_CIPHER.test(code) ? 'cipher' : undefined,
        }),
      );
    }
    case 'cleartext':
      throw new TypeError('cleartext is the question of the opening');
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
}

type Spoken = Pick<TlsChannel, 'version' | 'cipher' | 'group'>;

/** Why there was no agreement, by what the server does when it is offered everything. */
async function noAgreement(visit: Visit, refusal: Disagreement): Promise<KnownFinding> {
  const spoken = await whatItSpeaks(visit);
  const tooOld = versionBelowPolicy(spoken, visit);
  if (tooOld !== undefined || (refusal.about === 'version' && !spoken)) return versionTooOld(visit, refusal, tooOld);
  const oddCurve = UNUSUAL_CURVE.exec(spoken?.group ?? '')?.[0];
  const chosen = spoken && `${spoken.version} with ${spoken.cipher}${oddCurve === undefined ? '' : ` on ${oddCurve}`}`;
  const only = chosen === undefined ? '' : ` Offered everything, it chooses ${chosen}.`;
  const evidence = { ...refusal.evidence, ...(chosen !== undefined && { spoken: chosen }) };
  const isOdd = oddCurve !== undefined || (spoken !== undefined && !OFFERED.test(spoken.cipher));
  if (refusal.about !== 'cipher' && !(refusal.about === 'anything' && isOdd)) {
    return finding('tls-handshake-failed', `${refusal.said}.${only}`, { evidence });
  }
  const what = oddCurve === undefined ? 'cipher suites' : 'curves';
  return finding(
    'tls-handshake-failed',
    `The server takes none of the ${what} that are offered here. ${refusal.said}.${only}`,
    { evidence, remedy: OTHER_CIPHERS },
  );
}

const OTHER_CIPHERS =
  'Change the cipher configuration of the server so that it takes what current clients offer: ECDHE with AES-GCM or ChaCha20-Poly1305, for the kind of key that its certificate has, on X25519 or P-256 (Postfix: `smtpd_tls_mandatory_ciphers`, `smtpd_tls_exclude_ciphers`, `tls_eecdh_auto_curves`; Exim: `tls_require_ciphers`, `tls_eccurve`; Dovecot: `ssl_cipher_list`, `ssl_curve_list`).';

function versionBelowPolicy(spoken: Spoken | undefined, { endpoint }: Visit): string | undefined {
  return spoken && spoken.version < endpoint.tls.minVersion ? spoken.version : undefined;
}

/** @param spoken the version that the server takes; undefined where it takes none that can be offered here */
function versionTooOld({ endpoint }: Visit, { said, evidence }: Refusal, spoken: string | undefined): KnownFinding {
  const wanted = endpoint.tls.minVersion;
  const best = spoken ?? 'no version of TLS that can be offered here';
  return finding('tls-version-too-old', `The server speaks ${best}; wanted is ${wanted} or later. ${said}.`, {
    evidence: { ...evidence, wanted, ...(spoken !== undefined && { spoken }) },
  });
}

/** RFC 6066 section 3: the server has nothing for the name that was sent. */
function nameUnknown({ endpoint }: Visit, { said, evidence }: Refusal): KnownFinding {
  const sent = serverNameIndication(endpoint.servername);
  const what =
    sent === undefined
      ? `The server wants to be told a name (SNI), and for the address ${endpoint.servername} none is sent.`
      : `The server does not know the name ${sent}, which was sent as SNI.`;
  return finding('tls-handshake-failed', `${what} ${said}.`, {
    evidence: { ...evidence, servername: sent ?? 'none sent' },
    reference: 'RFC 6066 section 3',
    remedy:
      'Set `servername` to a name for which the server has a certificate (it is sent as SNI, and the certificate must carry it), or configure the server for this name: a certificate for it, or a default one for names that it does not know.',
  });
}

/**
 * With TLS 1.3 the handshake is over for the client before the server has seen its certificate.
 * @param alert its number, where an alert ended the connection
 * @returns the finding, if the alert speaks of the client's certificate
 */
export function belatedClientCertificateAlert(alert: number | undefined): KnownFinding | undefined {
  const name = alert === undefined ? undefined : CLIENT_CERTIFICATE_ALERTS[alert];
  return name === undefined ? undefined : clientCertificateRequired(`alert ${alert} (${name})`);
}

function clientCertificateRequired(said: string): KnownFinding {
  return finding('client-certificate-required', `The server wants a certificate of the client: ${said}.`, {
    evidence: { alert: said },
  });
}
