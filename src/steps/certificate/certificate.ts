import { finding } from '../../findings/finding.js';
import type { TlsChannel } from '../../tls/handshake.js';
import { beginSession, beginTls, openConnection } from '../connection.js';
import type { Context } from '../context.js';
import { stopped, type Facts, type Secured, type StepResult, type Upgraded } from '../hand-over.js';
import type { PeerJudgment } from './judge.js';
import { withNameInGreeting } from './name-in-greeting.js';
import { judgePlaintext } from './plaintext.js';
import type { Presented } from './presented.js';
import { comparedWithoutSni } from './without-sni.js';
import { own } from '../../text/own.js';

/** Step 3: the handshake completes within policy, and the certificate is valid (RFC 8446, RFC 5280, RFC 9525). */
export async function certificate(context: Context, upgraded: Upgraded): Promise<StepResult<Secured>> {
  const afterStartTls = upgraded.transport === 'starttls' ? upgraded : undefined;
  const connection = afterStartTls?.connection ?? (await openConnection(context));
  const { address } = connection;
  const outcome = await (afterStartTls?.handshake ?? beginTls(context, connection)).outcome;
  if (!outcome.ok) {
    const { failure, helloBytes } = outcome;
    if (failure.kind === 'cleartext') return { ...judgePlaintext(context, failure.bytes), facts: { address } };
    const { judgeHandshakeFailure } = await import('./handshake-failure.js');
    return { ...(await judgeHandshakeFailure(context, address, { failure, helloBytes })), facts: { address } };
  }

  const { channel } = outcome;
  const session = beginSession(context, channel.stream);
  if (channel.sent.length === 0) {
    return stopped(finding('tls-handshake-failed', own`The server presented no certificate.`), { facts: { address } });
  }
  const judged = judge(context, channel);
  const compared = await comparedWithoutSni(context, address, judged, (other) => judge(context, other));
  const findings = withNameInGreeting(compared, judged, afterStartTls?.plaintext.greeting);
  const others = await otherCertificatesOf(context, address, channel);
  return {
    ok: true,
    findings: [...findings, ...others.findings, ...(await oldVersionsOf(context, address))],
    facts: {
      address,
      endsInDefaultStore: judged.endsInDefaultStore,
      ...tlsFacts(channel, judged, others.certificates),
    },
    next: { connection, channel, session, isVerified: judged.isVerified, plaintext: afterStartTls?.plaintext },
  };
}

async function otherCertificatesOf(context: Context, address: string | undefined, channel: TlsChannel) {
  if (!context.endpoint.tls.dualCertificates) return { findings: [], certificates: [] };
  const { otherCertificates } = await import('./dual-certificates.js');
  return otherCertificates(context, address, channel, (other) => judge(context, other));
}

async function oldVersionsOf(context: Context, address: string | undefined) {
  if (!context.endpoint.tls.oldVersions) return [];
  const { acceptedOldVersions } = await import('./old-versions.js');
  return acceptedOldVersions(context, address);
}

function tlsFacts(
  { version, cipher, group, postQuantum }: TlsChannel,
  { certificate, subjects }: PeerJudgment,
  otherCertificates: NonNullable<PeerJudgment['certificate']>[],
): Facts {
  if (!certificate) return {};
  return {
    tls: {
      version,
      cipher,
      ...(group !== undefined && { group }),
      ...(postQuantum !== undefined && { postQuantum }),
      certificate,
      chain: [...subjects],
      ...(otherCertificates.length > 0 && { otherCertificates }),
    },
  };
}

function judge({ endpoint, run }: Context, presented: Presented): PeerJudgment {
  const { tls: policy, servername: name, host, waive } = endpoint;
  const options = { policy, name, ...(host !== name && { host }), now: run.now(), trust: run.trust };
  return run.judgments.of(presented, options, waive);
}
