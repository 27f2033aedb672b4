import type { KnownFinding } from '../../findings/finding.js';
import { own } from '../../text/own.js';
import type { TlsChannel } from '../../tls/handshake.js';
import type { Context } from '../context.js';
import { sideHandshake } from '../diagnostic-handshake.js';
import type { PeerJudgment } from './judge.js';

const ABOUT_CERTIFICATE: readonly string[] = ['certificate-expired', 'certificate-hostname-mismatch'];

/**
 * Servers with a certificate for each name (SNI) may have renewed only the default one. If the certificate has expired or
 * has the wrong name, a handshake without SNI shows whether that is so.
 * @param judge judges a channel as step 3 judges the first
 * @returns the findings, with that cause if the other certificate is valid for the name
 */
export async function comparedWithoutSni(
  context: Context,
  address: string | undefined,
  first: PeerJudgment,
  judge: (channel: TlsChannel) => PeerJudgment,
): Promise<readonly KnownFinding[]> {
  const { findings, certificate } = first;
  if (!findings.some(({ code }) => ABOUT_CERTIFICATE.includes(code))) return findings;
  const channel = await channelWithoutSni(context, address);
  if (!channel || channel.sent.length === 0) return findings;
  const other = judge(channel);
  if (!other.certificate || other.certificate.sha256 === certificate?.sha256) return findings;
  if (!other.isVerified || other.findings.some(({ code }) => ABOUT_CERTIFICATE.includes(code))) return findings;
  const until = other.certificate.validTo.slice(0, 10);
  return findings.map((found) => {
    if (!ABOUT_CERTIFICATE.includes(found.code) || found.cause === 'forged-name') return found;
    const remark = own`Without a server name (SNI), the server sends another certificate, which is valid for ${context.endpoint.servername} until ${until}.`;
    return {
      ...found,
      cause: 'only-with-sni',
      message: own`${found.message} ${remark}`,
      evidence: { ...found.evidence, withoutSni: other.certificate?.sha256 ?? '' },
    };
  });
}

/**
 * The channel of a handshake without SNI. If the handshake with SNI fails and this one does not, the server cannot use the
 * certificate for that name.
 * @returns undefined if it fails, too
 */
export async function channelWithoutSni(
  context: Context,
  address: string | undefined,
): Promise<TlsChannel | undefined> {
  const unnamed = { ...context, endpoint: { ...context.endpoint, servername: '' } };
  const { ca, minVersion } = context.endpoint.tls;
  // Without the client certificate, which is a credential.
  const outcome = await sideHandshake(unnamed, address, context.run.trust.context({ ca, minVersion }));
  return outcome?.ok ? outcome.channel : undefined;
}
