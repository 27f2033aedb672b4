import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { excerpt, decodeBytes } from '../../text/peer.js';
import { serverNameIndication } from '../../tls/names.js';
import { inSeconds, shortTimeout, spentBudget } from '../budget.js';
import { isLoopback } from '../../net/private-address.js';
import type { Context } from '../context.js';
import { negotiateAnything, type Negotiated } from '../diagnostic-handshake.js';
import { stopped, type Stopped } from '../hand-over.js';
import { judgeClientHello, type FailedHandshake } from './client-hello.js';
import { CERTIFICATE_REQUIRED, clientCertificateRefused, meaningOfAlert } from './alerts.js';
import { fixed, own, type OwnText } from '../../text/own.js';
import { channelWithoutSni } from './without-sni.js';
import { publicKeyFacts } from '../../tls/x509/certificate.js';

/** RFC 6066 section 3. */
const UNRECOGNIZED_NAME = 112;
/** The subject of alerts: handshake failure, protocol version, insufficient security. */
const ABOUT: Readonly<Record<number, Refusal['about']>> = { 40: 'anything', 70: 'version', 71: 'cipher' };
/** OpenSSL's error codes for a version that this side does not accept, and a cipher suite that it did not offer. */
const WRONG_VERSION = /UNSUPPORTED_PROTOCOL|WRONG_SSL_VERSION/;
const WRONG_CIPHER = /(WRONG|UNKNOWN)_CIPHER_RETURNED/;
/** For a signature that the key in the certificate has not made, or what it is when decrypted with that key (RSA). */
const WRONG_SIGNATURE =
  /BAD_SIGNATURE|WRONG_SIGNATURE_(?:TYPE|LENGTH)|PROVIDER_SIGNATURE_|OCTET_INVALID|DATA_TOO_LARGE_FOR_MODULUS|PADDING_CHECK_FAILED|BLOCK_TYPE_IS_NOT_01|SLEN_\w+_FAILED/;
/** For parameters that its security level does not accept. */
const SHORT_DH = 'DH_KEY_TOO_SMALL';
/** Cipher suites that every policy offers, by their standard names. */
const OFFERED =
  /^TLS_(((EC)?DHE_)?(RSA|ECDSA)_WITH_(AES_\d+_(GCM|CBC|CCM(?!_8))|ARIA_\d+_GCM|CHACHA20)|AES_\d+_GCM|CHACHA20)/;
/** Curves that only a diagnostic handshake offers. */
const UNUSUAL_CURVE = /^(P-224|secp256k1|brainpool\w+)$/;

/** @param address the server's IP address, for a diagnostic handshake */
export async function judgeHandshakeFailure(
  context: Context,
  address: string | undefined,
  failed: FailedHandshake,
): Promise<Stopped> {
  const { failure } = failed;
  switch (failure.kind) {
    case 'timed-out': {
      const { clause, evidence } = spentBudget(context);
      const { answered } = failure;
      const what = answered
        ? own`The server did not finish the TLS handshake`
        : own`The server did not begin the TLS handshake`;
      const waited = inSeconds(failure.waitedMs);
      const isStartTls = context.endpoint.transport === 'starttls';
      const refusal = { said: own`${what} in time${clause}`, evidence: { waited, ...evidence } };
      const intolerant = await judgeClientHello(context, address, failed, refusal);
      if (intolerant) return stopped(intolerant);
      // If the whole attempt took too long, this wait is not the only one to blame.
      const short = evidence.attemptLimit === undefined ? shortTimeout(context.endpoint) : undefined;
      const beginning = short ? 'not-begun-in-short-time' : isStartTls ? notBegun(address) : 'silent-port';
      const cause = answered ? short && 'short-timeout' : beginning;
      const found = finding('handshake-timeout', own`${refusal.said}.`, {
        evidence: { ...refusal.evidence, ...short },
        ...(cause && { cause }),
      });
      // With STARTTLS the server has replied before, so a packet may be lost.
      return stopped(found, { transient: isStartTls && 'once' });
    }
    case 'lost': {
      const said = own`The connection ended during the TLS handshake (${failure.detail})`;
      const evidence = { detail: failure.detail };
      // Some servers close the connection instead of sending an alert.
      const seen = await negotiateAnything(context, address);
      if (isBelowPolicy(seen, context)) return stopped(versionTooOld(context, { said, evidence }, seen));
      const intolerant =
        isOfferedAnyway(seen) && (await judgeClientHello(context, address, failed, { said, evidence }));
      if (intolerant) return stopped(intolerant);
      const isClosed = seen === 'closed' && !failure.answered;
      const ofName = isClosed && (await onlyWithSni(context, address, { said, evidence }));
      if (ofName) return stopped(ofName);
      const found = isClosed
        ? closedAtStart(context, evidence)
        : finding('connection-lost', own`${said}.`, { evidence });
      return stopped(found, { transient: true });
    }
    case 'alert': {
      const { number, name, asked } = failure;
      if (asked || number === CERTIFICATE_REQUIRED) return stopped(clientCertificateRefused(context, number));
      const ended = own`The server ended the handshake with alert ${number} (${fixed(name)})`;
      const evidence = { alert: String(number), name };
      if (number === UNRECOGNIZED_NAME) return stopped(nameUnknown(context, { said: ended, evidence }));
      const [meaning, cause] = meaningOfAlert(number) ?? [];
      const said = meaning === undefined ? ended : own`${ended}: ${fixed(meaning)}`;
      return stopped(await noAgreement(context, address, failed, { said, evidence, about: ABOUT[number], cause }));
    }
    case 'refused-here': {
      const { code, stray } = failure;
      const reason = excerpt(failure.reason);
      if (stray) {
        const data = excerpt(decodeBytes(stray).trimEnd());
        const message = own`During the TLS handshake the server sent data that is not TLS: "${data}".`;
        return stopped(finding('tls-handshake-failed', message, { evidence: { reason, code, data } }));
      }
      return stopped(
        await noAgreement(context, address, failed, {
          said: own`The gate ended the handshake: ${reason}`,
          evidence: { reason, code },
          ...(code.includes(SHORT_DH) && {
            said: own`The server's Diffie-Hellman parameters are too short (${reason})`,
            cause: 'short-dh-parameters',
          }),
          ...(WRONG_SIGNATURE.test(code) && {
            said: own`The signature of the handshake does not match the key in the server's certificate (${reason})`,
            cause: 'wrong-key',
          }),
          about: WRONG_VERSION.test(code) ? 'version' : WRONG_CIPHER.test(code) ? 'cipher' : undefined,
        }),
      );
    }
  }
}

/** No packet to this machine itself is too large. */
function notBegun(address: string | undefined): CauseOf<'handshake-timeout'> {
  return address !== undefined && isLoopback(address) ? 'not-begun-on-this-machine' : 'not-begun';
}

/** What a server does that cannot load its certificate or key, so it is the likely cause. */
function closedAtStart({ endpoint }: Context, evidence: { readonly detail: string }): KnownFinding {
  const message = own`The server closed the connection instead of replying to the ClientHello (${evidence.detail}), and did so again on a second connection.`;
  // With implicit TLS, it may not even have read the ClientHello.
  const cause = endpoint.transport === 'starttls' ? 'closed-at-start' : 'closed-at-connect';
  return finding('tls-handshake-failed', message, { evidence, cause });
}

/** A server that chooses its certificate by the name, and cannot use the one for this name. */
async function onlyWithSni(
  { endpoint, ...context }: Context,
  address: string | undefined,
  { said, evidence }: Pick<Refusal, 'said' | 'evidence'>,
): Promise<KnownFinding | undefined> {
  const sent = serverNameIndication(endpoint.servername);
  if (sent === undefined || !(await channelWithoutSni({ endpoint, ...context }, address))) return undefined;
  const message = own`${said}. Without a server name (SNI), the handshake succeeds, so the server cannot use its certificate for ${sent}.`;
  return finding('tls-handshake-failed', message, {
    evidence: { ...evidence, servername: sent },
    cause: 'only-with-sni',
  });
}

/** How one side refused the handshake. */
interface Refusal {
  /** A sentence without its full stop. */
  readonly said: OwnText;
  readonly evidence: Readonly<Record<string, string>>;
  /** What there is no agreement on, if that is known; `anything` is what the alert "handshake failure" says. */
  readonly about?: 'version' | 'cipher' | 'anything' | undefined;
  /** Set if it is known without a diagnostic handshake. */
  readonly cause?: CauseOf<'tls-handshake-failed'> | undefined;
}

/** Why there was no agreement, by what the server selects if everything is enabled. */
async function noAgreement(
  context: Context,
  address: string | undefined,
  failed: FailedHandshake,
  refusal: Refusal,
): Promise<KnownFinding> {
  const { said, about, cause } = refusal;
  const seen = await negotiateAnything(context, address);
  const selected = typeof seen === 'string' ? undefined : seen;
  if (isBelowPolicy(seen, context) || (about === 'version' && !selected)) return versionTooOld(context, refusal, seen);
  const intolerant = isOfferedAnyway(seen) && (await judgeClientHello(context, address, failed, refusal));
  if (intolerant) return intolerant;
  const ofName = (seen === 'nothing' || seen === 'closed') && (await onlyWithSni(context, address, refusal));
  if (ofName) return ofName;
  const unusualCurve = UNUSUAL_CURVE.exec(selected?.group ?? '')?.[0];
  const curve = unusualCurve === undefined ? own`` : own` on ${unusualCurve}`;
  const negotiated = selected && own`${selected.version} with ${selected.cipher}${curve}`;
  const evidence = { ...refusal.evidence, ...(negotiated !== undefined && { negotiated }) };
  const end = negotiated
    ? own`${said}. With every version and cipher suite enabled, the server selects ${negotiated}.`
    : own`${said}.`;
  if (about === 'anything' && seen === 'nothing') {
    // A server that supports TLS 1.3 selects it, and then finds that it cannot use a key on such a curve.
    const older = await negotiateAnything(context, address, 'TLSv1.2');
    const ofKey = typeof older === 'object' && uncommonKey(older, refusal, own`With every cipher suite up to TLS 1.2`);
    if (ofKey) return ofKey;
    const message = own`${said}. With every version and cipher suite enabled, the handshake also fails.`;
    return finding('tls-handshake-failed', message, { evidence, cause: 'no-usable-certificate' });
  }
  if (selected?.oldSignature !== undefined && about === 'anything') {
    const signature = selected.oldSignature;
    const message = own`The server can only sign the handshake with ${signature}, which the gate does not offer. ${end}`;
    return finding('tls-handshake-failed', message, { evidence: { ...evidence, signature }, cause: 'old-signature' });
  }
  if (selected && about === 'anything') {
    const ofKey = uncommonKey(selected, refusal, own`With every version and cipher suite`);
    if (ofKey) return ofKey;
  }
  const isUnusual = unusualCurve !== undefined || (selected !== undefined && !OFFERED.test(selected.cipher));
  if (about !== 'cipher' && !(about === 'anything' && isUnusual)) {
    return finding('tls-handshake-failed', end, { evidence, ...(cause !== undefined && { cause }) });
  }
  const [what, kind] = unusualCurve === undefined ? acceptedSuites(selected?.cipher) : CURVES;
  return finding('tls-handshake-failed', own`The server accepts ${fixed(what)}. ${end}`, { evidence, cause: kind });
}

/** @param enabled what made the server negotiate, as the beginning of a sentence that continues with "enabled" */
function uncommonKey(selected: Negotiated, { said, evidence }: Refusal, enabled: OwnText): KnownFinding | undefined {
  const curve = keyCurveOf(selected);
  if (curve === undefined) return undefined;
  const negotiated = own`${selected.version} with ${selected.cipher}`;
  const message = own`The key of the server's certificate is on the curve ${curve}, which the gate does not offer for TLS 1.2. ${said}. ${enabled} enabled, the server selects ${negotiated}.`;
  return finding('tls-handshake-failed', message, { evidence: { ...evidence, negotiated, curve }, cause: 'key-curve' });
}

/** The curve of the key in the certificate, if the gate does not offer it (RFC 8422 section 5.3). */
function keyCurveOf({ sent: [leaf] }: Negotiated): string | undefined {
  const curve = leaf && publicKeyFacts(leaf).name.replace(/^EC /, '');
  return curve !== undefined && UNUSUAL_CURVE.test(curve) ? curve : undefined;
}

type Accepted = readonly [whatInWords: string, cause: CauseOf<'tls-handshake-failed'>];

const CURVES: Accepted = ['none of the curves that the gate offers', 'curves'];

/** @param cipher what the server selects if every cipher suite is enabled, although the policy offers better ones */
function acceptedSuites(cipher = ''): Accepted {
  if (/_NULL(_|$)/.test(cipher)) return ['only cipher suites without encryption', 'no-encryption'];
  if (cipher.includes('_anon_'))
    return ['only anonymous cipher suites, which do not authenticate the server', 'anonymous'];
  return ['none of the cipher suites that the gate offers', 'ciphers'];
}

/** What the server negotiates if everything is enabled; undefined if that is not known. */
type Seen = Awaited<ReturnType<typeof negotiateAnything>>;

function isBelowPolicy(seen: Seen, { endpoint }: Context): seen is Negotiated {
  return typeof seen === 'object' && seen.version < endpoint.tls.minVersion;
}

/** Whether the server selects what the first handshake offered too, so that this does not explain why it failed. */
function isOfferedAnyway(seen: Seen): boolean {
  if (typeof seen !== 'object' || seen.oldSignature !== undefined || keyCurveOf(seen) !== undefined) return false;
  return OFFERED.test(seen.cipher) && !UNUSUAL_CURVE.test(seen.group ?? '');
}

function versionTooOld({ endpoint }: Context, { said, evidence }: Refusal, seen: Seen): KnownFinding {
  const required = endpoint.tls.minVersion;
  const [negotiated, reason] = supportedVersion(seen, required);
  const cause = typeof seen !== 'object' ? 'not-determined' : required === 'TLSv1.3' ? 'no-tls-1.3' : undefined;
  return finding('tls-version-too-old', own`${reason} ${said}.`, {
    evidence: { ...evidence, required, negotiated },
    ...(cause && { cause }),
  });
}

/** The version that the server supports, and a sentence that says why it is not enough. */
function supportedVersion(seen: Seen, required: string): readonly [version: string, reason: string] {
  if (seen === undefined || seen === 'closed') {
    const reason = `The server does not support ${required} or later. The gate could not determine what it supports, because a second handshake failed.`;
    return ['unknown', reason];
  }
  if (seen === 'nothing') {
    const reason = `The server supports none of the TLS versions that the gate offers; ${required} or later is required.`;
    return ['none', reason];
  }
  return [seen.version, `The server supports ${seen.version}, but ${required} or later is required.`];
}

/** The server has no certificate for the name that was sent (RFC 6066 section 3). */
function nameUnknown({ endpoint }: Context, { said, evidence }: Refusal): KnownFinding {
  const sent = serverNameIndication(endpoint.servername);
  const what =
    sent === undefined
      ? own`The server requires a server name (SNI), but none is sent for an IP address (${endpoint.servername}).`
      : own`The server does not recognize the server name ${sent} (SNI).`;
  return finding('tls-handshake-failed', own`${what} ${said}.`, {
    evidence: { ...evidence, servername: sent ?? own`none sent` },
    cause: sent === undefined ? 'no-name-sent' : 'unknown-name',
  });
}
