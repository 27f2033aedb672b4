import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { PeerText, brief, visible } from '../../text/peer.js';
import { shortenList } from '../../text/shorten.js';
import type { TlsChannel } from '../../tls/handshake.js';
import { otherCertificates } from './dual-certificates.js';
import { judgePeer } from './judge.js';
import type { PeerJudgement, Presented } from './judge.js';
import { protocolOf } from '../capability/other-protocol.js';
import type { StepOutcome, Visit } from '../context.js';
import { isWaived } from '../../verdict/waivers.js';
import { handshakeFailed } from './handshake-failure.js';
import { beginSession, openConnection } from '../opening.js';
import { startTls } from '../upgrade/upgrade.js';

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
  return outcome.ok ? await judgeChannel(visit, outcome.channel) : await handshakeFailed(visit, outcome.failure);
}

async function judgeChannel(visit: Visit, channel: TlsChannel): Promise<StepOutcome> {
  const { endpoint } = visit;
  beginSession(visit, channel.stream);
  if (channel.sent.length === 0) {
    return failed(finding('tls-handshake-failed', 'The server presents no certificate.'));
  }
  const { findings, authenticated, certificate } = judge(visit, channel);
  visit.peerAuthenticated = authenticated;
  visit.observed.push(...findings);
  const others = endpoint.tls.bothKeys
    ? await otherCertificates(visit, channel, (other) => judge(visit, other))
    : { findings: [], certificates: [] };
  if (certificate) {
    visit.tls = {
      version: channel.version,
      cipher: channel.cipher,
      ...(channel.group !== undefined && { group: channel.group }),
      ...(channel.postQuantum !== undefined && { postQuantum: channel.postQuantum }),
      certificate,
      chain: shortenList(channel.sent.map(({ subject }) => visible((subject as string | undefined) ?? ''))),
      ...(others.certificates.length > 0 && { otherCertificates: others.certificates }),
    };
  }
  return { findings: others.findings };
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

/** RFC 8314 section 3.3: TLS is due from the first byte, whatever the protocol. */
function greetsInTheClear(visit: Visit, octets: Buffer): StepOutcome {
  const said = new PeerText(octets).exact.trimEnd();
  visit.transcript.add('server', said);
  const { port } = visit.endpoint;
  const evidence = { octets: brief(said) };
  const [firstLine = ''] = said.split(/\r?\n/, 1);
  const begins = `Port ${port} begins in the clear, with "${brief(firstLine)}"`;
  const protocol = protocolOf(said);
  if (protocol !== undefined) {
    const found = finding('plaintext-on-implicit-port', `${begins}: what answers is ${protocol}.`, {
      evidence: { ...evidence, protocol },
      remedy: `Correct the port or the host: what answers there is ${protocol}, with any transport. Submission with TLS from the first byte is usual on 465, and with STARTTLS on 587.`,
    });
    return failed(found);
  }
  if (!/^[45]\d\d([ -]|\r|$)/.test(said)) {
    return failed(finding('plaintext-on-implicit-port', `${begins}.`, { evidence }));
  }
  const found = finding('plaintext-on-implicit-port', `${begins}: it turns this client away before any TLS.`, {
    evidence,
    remedy:
      "The server's text says why it turns this client away: see to that first. That it says so in the clear means that the port does not begin with TLS, or that something before the server speaks in its place; if the service is meant for STARTTLS, set `transport: starttls`.",
  });
  return { ...failed(found), transient: said.startsWith('4') };
}

function failed(found: KnownFinding): StepOutcome {
  return { findings: [found], impassable: true };
}
