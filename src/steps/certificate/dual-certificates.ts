import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { CertificateReport } from '../../report/report.js';
import { formatReply } from '../../smtp/reply.js';
import { publicKeyFacts } from '../../tls/x509/certificate.js';
import type { TlsChannel } from '../../tls/handshake.js';
import { KEY_KINDS, keyKindOf, type KeyKind, type TlsVersion } from '../../tls/trust.js';
import type { Context } from '../context.js';
import { sideHandshake } from '../diagnostic-handshake.js';
import type { PeerJudgment } from './judge.js';
import { fixed, own, type OwnText } from '../../text/own.js';

/**
 * Judges the certificate that a server has for other clients: of an RSA and an ECDSA certificate a handshake shows only
 * one. For each key type there is a connection with TLS 1.2, and one with TLS 1.3 if the server supports it and did not
 * show that type with TLS 1.2. If a type seems to be absent, one more connection is the control.
 * @param first the channel of the main handshake
 * @param judge judges a channel as step 3 judges the first
 * @returns findings that name the certificate that each is about, and the certificates
 */
export async function otherCertificates(
  context: Context,
  address: string | undefined,
  first: TlsChannel,
  judge: (channel: TlsChannel) => PeerJudgment,
): Promise<{ readonly findings: KnownFinding[]; readonly certificates: CertificateReport[] }> {
  const handshake = (version: TlsVersion, keyKind?: KeyKind): Promise<Outcome> => {
    // Without a client certificate: its signature would need the same key type.
    const terms = {
      ca: context.endpoint.tls.ca,
      minVersion: version,
      maxVersion: version,
      ...(keyKind && { keyKind }),
    };
    return sideHandshake(context, address, context.run.trust.context(terms));
  };
  // If the server closes the connection, that may be by chance.
  const handshakeFor = async (kind: KeyKind, version: TlsVersion): Promise<Outcome> => {
    const outcome = await handshake(version, kind);
    return failureOf(outcome)?.kind === 'lost' ? handshake(version, kind) : outcome;
  };
  const findings: KnownFinding[] = [];
  const certificates: CertificateReport[] = [];
  const absent: KeyKind[] = [];
  for (const kind of KEY_KINDS.filter((one) => one !== kindOf(first))) {
    const withTls12 = await handshakeFor(kind, 'TLSv1.2');
    const refusal = failureOf(withTls12);
    const isTls13Only = refusal?.kind === 'alert' && refusal.number === PROTOCOL_VERSION;
    // With TLS 1.2 a certificate also seems to be absent if only the cipher suites for its key are.
    const mayShowWithTls13 = isTls13Only || (first.version === 'TLSv1.3' && isAbsent(withTls12));
    const outcome = mayShowWithTls13 ? await handshakeFor(kind, 'TLSv1.3') : withTls12;
    if (outcome?.ok) {
      if (kindOf(outcome.channel) !== kind) continue;
      const judged = judge(outcome.channel);
      findings.push(
        ...judged.findings.map((found) => ({
          ...found,
          message: own`The server's ${fixed(kind)} certificate: ${found.message}`,
          evidence: { ...found.evidence, keyType: kind },
        })),
      );
      if (judged.certificate) certificates.push(judged.certificate);
    } else if (!isAbsent(outcome)) {
      const failure = failureOf(outcome);
      const isAsked = failure?.kind === 'alert' && failure.asked;
      const what = inWords(failure);
      const why = isAsked
        ? own`, because the server requires a client certificate`
        : failure?.kind === 'rejected'
          ? own`, because the server rejected the additional connection with "${what}"`
          : own``;
      findings.push(unchecked(kind, what, why, isAsked ? 'client-certificate' : undefined));
    } else if (isTls13Only) {
      findings.push(
        unchecked(
          kind,
          'TLSv1.3 only',
          own`, because the server supports only TLS 1.3, and such a server might not send a certificate whose issuer has a different key type`,
          'tls-1.3-only',
        ),
      );
    } else {
      absent.push(kind);
    }
  }
  // If the server now refuses any handshake, its refusals say nothing about a certificate.
  if (absent.length > 0 && (await handshake('TLSv1.2'))?.ok !== true) {
    const why = own`, because a handshake that allows every key type also failed`;
    findings.push(...absent.map((kind) => unchecked(kind, 'a repeated handshake failed', why)));
  }
  return { findings, certificates };
}

/** Undefined without a connection. */
type Outcome = Awaited<ReturnType<typeof sideHandshake>>;

type Failure = (Outcome & { readonly ok: false })['failure'];

/** RFC 8446 sections 4.2.3 and 6.2, RFC 5246 section 7.2.2: no acceptable set of security parameters. */
const HANDSHAKE_FAILURE = 40;
/** RFC 8446 section 6.2: the server supports none of the offered versions. */
const PROTOCOL_VERSION = 70;

/** OpenSSL's error codes for a server that continues with something that was not offered. */
const NOT_OFFERED = /WRONG_(SIGNATURE_TYPE|CIPHER_RETURNED|CERTIFICATE_TYPE)/;

function failureOf(outcome: Outcome): Failure | undefined {
  return outcome?.ok === false ? outcome.failure : undefined;
}

function inWords(failure: Failure | undefined): string {
  if (failure?.kind === 'alert') return `alert ${failure.number}`;
  return failure?.kind === 'rejected' ? formatReply(failure.reply) : (failure?.kind ?? 'no handshake was possible');
}

/**
 * Whether a failure means that the server has no certificate of the type: it sends the alert for that, or it uses the
 * certificate that it has anyway (RFC 8446 section 4.4.2.2). Other failures may have other causes.
 */
function isAbsent(outcome: Outcome): boolean {
  const failure = failureOf(outcome);
  if (failure?.kind === 'alert') return failure.number === HANDSHAKE_FAILURE && !failure.asked;
  return failure?.kind === 'refused-here' && NOT_OFFERED.test(failure.code);
}

function kindOf({ sent: [leaf] }: TlsChannel): KeyKind | undefined {
  return leaf && keyKindOf(publicKeyFacts(leaf).name);
}

function unchecked(
  kind: KeyKind,
  outcome: string,
  why: OwnText,
  cause?: CauseOf<'certificate-unchecked'>,
): KnownFinding {
  const message = own`The gate could not determine whether the server has an ${fixed(kind)} certificate${why}.`;
  return finding('certificate-unchecked', message, { evidence: { keyType: kind, outcome }, ...(cause && { cause }) });
}
