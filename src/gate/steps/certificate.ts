import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { PeerText, brief, visible } from '../../text/peer.js';
import type { HandshakeFailure, TlsChannel } from '../../tls/handshake.js';
import { otherCertificates } from '../both-keys.js';
import { judgePeer } from '../peer.js';
import type { PeerJudgement, Presented } from '../peer.js';
import { opensslCommand } from '../reproduce.js';
import { whatItSpeaks } from '../second-look.js';
import type { StepOutcome, Visit } from '../visit.js';
import { isWaived } from '../waivers.js';
import { beginSession, openConnection } from './opening.js';
import { startTls } from './upgrade.js';

/** Step 3: the handshake completes within policy, and the certificate holds (RFC 8446, RFC 5280, RFC 9525). */
export async function certificate(visit: Visit): Promise<StepOutcome> {
  const { endpoint } = visit;
  if (endpoint.transport === 'implicit') {
    await openConnection(visit);
    startTls(visit);
  }
  if (!visit.handshake) throw new TypeError('step 3 without a handshake');

  const opening = await visit.handshake.opening;
  if (opening.kind === 'cleartext') return greetsInTheClear(visit, opening.octets);
  const outcome = await visit.handshake.outcome;
  if ('kind' in outcome) return await handshakeFailed(visit, outcome);
  return await judgeChannel(visit, outcome);
}

async function judgeChannel(visit: Visit, channel: TlsChannel): Promise<StepOutcome> {
  const { endpoint } = visit;
  beginSession(visit, channel.stream);
  if (channel.sent.length === 0) {
    return failed(visit, finding('tls-handshake-failed', 'The server presents no certificate.'));
  }
  const { findings, authenticated, certificate } = judge(visit, channel);
  visit.peerAuthenticated = authenticated;
  visit.tls = {
    version: channel.version,
    cipher: channel.cipher,
    ...(channel.group !== undefined && { group: channel.group }),
    ...(channel.postQuantum !== undefined && { postQuantum: channel.postQuantum }),
    certificate,
    chain: channel.sent.map(({ subject }) => visible((subject as string | undefined) ?? '')),
  };
  const others = endpoint.tls.bothKeys
    ? await otherCertificates(visit, channel, (other) => judge(visit, other).findings)
    : [];
  return { findings: [...findings, ...others].map((found) => ({ ...found, reproduce: opensslCommand(endpoint) })) };
}

function judge({ endpoint, world }: Visit, presented: Presented): PeerJudgement {
  const now = world.now();
  return judgePeer(presented, {
    policy: endpoint.tls,
    name: endpoint.servername,
    now,
    trust: world.trust,
    waived: (code) => isWaived(code, endpoint.waive, now),
  });
}

function greetsInTheClear(visit: Visit, octets: Buffer): StepOutcome {
  const text = new PeerText(octets);
  visit.transcript.add('server', text.exact.trimEnd());
  return failed(
    visit,
    finding(
      'plaintext-on-implicit-port',
      `Port ${visit.endpoint.port} begins in the clear, with "${brief(text.exact.trimEnd())}".`,
      { evidence: { octets: brief(text.exact.trimEnd()) } },
    ),
  );
}

/** Alerts with a meaning of their own (RFC 8446 section 6.2). */
const PROTOCOL_VERSION = 70;
/** OpenSSL's words for a version that this side does not take. */
const WRONG_VERSION = /UNSUPPORTED_PROTOCOL|WRONG_SSL_VERSION/;
const CERTIFICATE_REQUIRED = 116;
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

async function handshakeFailed(visit: Visit, failure: HandshakeFailure): Promise<StepOutcome> {
  switch (failure.kind) {
    case 'timed-out':
      return failed(visit, finding('handshake-timeout', 'The server did not finish the TLS handshake in time.'));
    case 'lost':
      return {
        ...failed(
          visit,
          finding('connection-lost', `The connection ended during the TLS handshake (${failure.detail}).`, {
            evidence: { detail: failure.detail },
          }),
        ),
        transient: true,
      };
    case 'alert': {
      const { number, name, asked } = failure;
      const said = `alert ${number} (${name})`;
      if (asked || number === CERTIFICATE_REQUIRED) return failed(visit, clientCertificateRequired(said));
      const evidence = { alert: String(number), name };
      return failed(
        visit,
        await noAgreement(visit, `The server ended the handshake with ${said}`, evidence, number === PROTOCOL_VERSION),
      );
    }
    case 'refused-here': {
      const { code } = failure;
      const evidence = { reason: brief(failure.reason), code };
      return failed(
        visit,
        await noAgreement(visit, `TLS failed on our side: ${evidence.reason}`, evidence, WRONG_VERSION.test(code)),
      );
    }
    case 'cleartext':
      throw new TypeError('cleartext is the question of the opening');
  }
}

/** Why there was no agreement, by what the server does when it is offered everything. */
async function noAgreement(
  visit: Visit,
  said: string,
  evidence: Readonly<Record<string, string>>,
  versionRefused: boolean,
): Promise<KnownFinding> {
  const { minVersion } = visit.endpoint.tls;
  const spoken = await whatItSpeaks(visit);
  const isTooOld = spoken && spoken.version < minVersion;
  if (isTooOld || versionRefused) {
    const best = isTooOld ? spoken.version : 'no version of TLS that can be offered here';
    return finding('tls-version-too-old', `The server speaks ${best}; wanted is ${minVersion} or later. ${said}.`, {
      evidence: { ...evidence, wanted: minVersion, ...(isTooOld && { spoken: spoken.version }) },
    });
  }
  const chosen = spoken && `${spoken.version} with ${spoken.cipher}`;
  const only = chosen === undefined ? '' : ` Offered everything, it chooses ${chosen}.`;
  return finding('tls-handshake-failed', `${said}.${only}`, {
    evidence: { ...evidence, ...(chosen !== undefined && { spoken: chosen }) },
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

function failed({ endpoint }: Visit, found: KnownFinding): StepOutcome {
  return { findings: [{ ...found, reproduce: opensslCommand(endpoint) }], impassable: true };
}
