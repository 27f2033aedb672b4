import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import { certificateFacts } from '../tls/certificate.js';
import type { HandshakeFailure, TlsChannel } from '../tls/handshake.js';
import { KEY_KINDS } from '../tls/trust.js';
import type { KeyKind } from '../tls/trust.js';
import { handshakeAside } from './aside.js';
import { look, startTlsAccepted } from './second-look.js';
import type { Visit } from './visit.js';

/** Judges what a server presents, as step 3 judges the certificate that it met first. */
export type Judge = (channel: TlsChannel) => readonly KnownFinding[];

/**
 * Looks for the certificates that a server has for clients of other abilities, and judges them too: of an RSA and an
 * ECDSA certificate a handshake shows one, and the one that nobody meets is the one that is forgotten. One further
 * connection for each kind, up to the handshake.
 * @param first what the main handshake brought
 * @returns the findings, each saying which certificate it is about; none where there is no other certificate
 */
export async function otherCertificates(visit: Visit, first: TlsChannel, judge: Judge): Promise<KnownFinding[]> {
  const findings: KnownFinding[] = [];
  for (const kind of KEY_KINDS.filter((one) => one !== kindOf(first))) {
    const outcome = await handshakeFor(kind, visit);
    if (!outcome || 'kind' in outcome) {
      if (!isAbsent(outcome)) findings.push(unchecked(kind, outcome));
    } else {
      outcome.stream.destroy();
      if (kindOf(outcome) === kind) findings.push(...judge(outcome).map((found) => about(kind, found)));
    }
  }
  return findings;
}

/** No client certificate goes along: its own signature would have to be of the same kind. */
function handshakeFor(kind: KeyKind, visit: Visit): Promise<TlsChannel | HandshakeFailure | undefined> {
  const { transport, tls } = visit.endpoint;
  return look(visit, async (second) => {
    if (transport === 'starttls' && !(await startTlsAccepted(second))) return undefined;
    const { ca, minVersion } = tls;
    return handshakeAside(second, second.world.trust.context({ ca, minVersion, keyKind: kind })).outcome;
  });
}

/** OpenSSL's words for a server that goes on with what was not offered. */
const NOT_OFFERED = /WRONG_(SIGNATURE_TYPE|CIPHER_RETURNED|CERTIFICATE_TYPE)/;

/**
 * Whether a failure says that the server has no certificate of the kind: it sends an alert, hangs up as Windows does,
 * or shows the one that it has all the same.
 */
function isAbsent(failure: HandshakeFailure | undefined): boolean {
  if (failure?.kind === 'alert') return !failure.asked;
  return failure?.kind === 'lost' || (failure?.kind === 'refused-here' && NOT_OFFERED.test(failure.code));
}

function kindOf({ sent: [leaf] }: TlsChannel): KeyKind | undefined {
  if (!leaf) return undefined;
  const { name } = certificateFacts(leaf).key;
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

function unchecked(kind: KeyKind, failure: HandshakeFailure | undefined): KnownFinding {
  const asked = failure?.kind === 'alert' ? ', because it demands a client certificate' : '';
  return finding(
    'certificate-unchecked',
    `Whether the server has a certificate for ${kind} could not be found out${asked}.`,
    {
      evidence: { keyType: kind, outcome: failure?.kind ?? 'no connection' },
    },
  );
}
