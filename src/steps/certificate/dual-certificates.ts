import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { CertificateReport } from '../../report/report.js';
import { publicKeyFacts } from '../../tls/x509/certificate.js';
import type { HandshakeFailure, HandshakeResult, TlsChannel } from '../../tls/handshake.js';
import { KEY_KINDS } from '../../tls/trust.js';
import type { KeyKind, TlsVersion } from '../../tls/trust.js';
import type { Context } from '../context.js';
import { handshakeAside } from '../diagnostic-handshake.js';
import type { PeerJudgement } from './judge.js';

/** Judges what a server presents, as step 3 judges the certificate that it met first. */
export type Judge = (channel: TlsChannel) => PeerJudgement;

export interface OtherCertificates {
  /** Each says which certificate it is about. */
  readonly findings: readonly KnownFinding[];
  readonly certificates: CertificateReport[];
}

/**
 * Looks for the certificates that a server has for clients of other abilities, and judges them too: of an RSA and an
 * ECDSA certificate a handshake shows one, and the one that nobody meets is the one that is forgotten. The additional
 * connections end after the handshake. For each kind there is one with TLS 1.2, and one with TLS 1.3 if the server
 * speaks TLS 1.3 and did not show that kind with TLS 1.2. A connection that the server closes is made once more. If a
 * kind seems to be absent, there is one more connection as a control.
 * @param address that of the server
 * @param first the channel of the main handshake
 * @returns nothing where there is no other certificate
 */
export async function otherCertificates(
  context: Context,
  address: string | undefined,
  first: TlsChannel,
  judge: Judge,
): Promise<OtherCertificates> {
  const handshake = (version: TlsVersion, keyKind?: KeyKind): Promise<Outcome> => {
    const { trust } = context.run;
    const terms = { ca: context.endpoint.tls.ca, minVersion: version, maxVersion: version };
    // No client certificate: its own signature would have to be of the same kind.
    return handshakeAside(context, address, trust.context({ ...terms, ...(keyKind && { keyKind }) }));
  };
  // A connection that the server closes says nothing, and may have been an accident.
  const handshakeFor = async (kind: KeyKind, version: TlsVersion): Promise<Outcome> => {
    const outcome = await handshake(version, kind);
    const isLost = outcome?.ok === false && outcome.failure.kind === 'lost';
    return isLost ? handshake(version, kind) : outcome;
  };
  const findings: KnownFinding[] = [];
  const certificates: CertificateReport[] = [];
  const absent: KeyKind[] = [];
  for (const kind of KEY_KINDS.filter((one) => one !== kindOf(first))) {
    const withTls12 = await handshakeFor(kind, 'TLSv1.2');
    const isTls13Only = isAlert(withTls12, PROTOCOL_VERSION);
    // With TLS 1.2 a certificate also seems to be absent if only the cipher suites for its key are.
    const mayShowByTls13 = isTls13Only || (first.version === 'TLSv1.3' && isAbsent(withTls12));
    const outcome = mayShowByTls13 ? await handshakeFor(kind, 'TLSv1.3') : withTls12;
    if (outcome?.ok) {
      if (kindOf(outcome.channel) !== kind) continue;
      const judged = judge(outcome.channel);
      findings.push(...judged.findings.map((found) => about(kind, found)));
      if (judged.certificate) certificates.push(judged.certificate);
    } else if (!isAbsent(outcome)) {
      findings.push(failed(kind, outcome?.failure));
    } else if (isTls13Only) {
      findings.push(unchecked(kind, 'TLSv1.3 only', `, because ${MAY_HIDE}`));
    } else {
      absent.push(kind);
    }
  }
  // A server that refuses everybody by now has refused nothing in particular.
  if (absent.length > 0 && (await handshake('TLSv1.2'))?.ok !== true) {
    findings.push(...absent.map((kind) => unchecked(kind, 'no control', ', because it refuses every client by now')));
  }
  return { findings, certificates };
}

/** Undefined where there was no connection. */
type Outcome = HandshakeResult | undefined;

/** RFC 8446 sections 4.2.3 and 6.2, RFC 5246 section 7.2.2: no acceptable set of security parameters. */
const HANDSHAKE_FAILURE = 40;
/** RFC 8446 section 6.2: a server that speaks none of the offered versions. */
const PROTOCOL_VERSION = 70;
const MAY_HIDE =
  'it speaks only TLS 1.3, where it may hide a certificate whose issuer signs with a key of another kind';

/** OpenSSL's words for a server that goes on with what was not offered. */
const NOT_OFFERED = /WRONG_(SIGNATURE_TYPE|CIPHER_RETURNED|CERTIFICATE_TYPE)/;

function isAlert(outcome: Outcome, number: number): boolean {
  return outcome?.ok === false && outcome.failure.kind === 'alert' && outcome.failure.number === number;
}

/**
 * Whether a failure says that the server has no certificate of the kind: it sends the alert that is meant for that, or
 * shows the one that it has all the same (RFC 8446 section 4.4.2.2). Any other may have any other reason.
 */
function isAbsent(outcome: Outcome): boolean {
  if (outcome?.ok !== false) return false;
  const { failure } = outcome;
  if (failure.kind === 'alert') return failure.number === HANDSHAKE_FAILURE && !failure.asked;
  return failure.kind === 'refused-here' && NOT_OFFERED.test(failure.code);
}

function kindOf({ sent: [leaf] }: TlsChannel): KeyKind | undefined {
  if (!leaf) return undefined;
  const { name } = publicKeyFacts(leaf);
  if (name.startsWith('EC ')) return 'ECDSA';
  return name.startsWith('RSA') ? 'RSA' : undefined;
}

function about(kind: KeyKind, found: KnownFinding): KnownFinding {
  return {
    ...found,
    message: `The server's other certificate, for ${kind}: ${found.message}`,
    evidence: { ...found.evidence, keyType: kind },
  };
}

function unchecked(kind: KeyKind, outcome: string, why = ''): KnownFinding {
  return finding(
    'certificate-unchecked',
    `Whether the server has a certificate for ${kind} could not be found out${why}.`,
    { evidence: { keyType: kind, outcome } },
  );
}

function failed(kind: KeyKind, failure: HandshakeFailure | undefined): KnownFinding {
  if (failure?.kind !== 'alert') return unchecked(kind, failure?.kind ?? 'no connection');
  const why = failure.asked ? ', because it demands a client certificate' : '';
  return unchecked(kind, `alert ${failure.number}`, why);
}
