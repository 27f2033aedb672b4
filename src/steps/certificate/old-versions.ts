import { finding, type KnownFinding } from '../../findings/finding.js';
import { own } from '../../text/own.js';
import type { Context } from '../context.js';
import { sideHandshake } from '../diagnostic-handshake.js';

/**
 * Whether the server also accepts TLS 1.0 or 1.1, which RFC 8996 forbids: a handshake shows only the newest version that
 * both sides support. On one connection, on which only these two are offered.
 * @returns nothing if the server rejects them, or if it is not known
 */
export async function acceptedOldVersions(context: Context, address: string | undefined): Promise<KnownFinding[]> {
  const result = await sideHandshake(context, address, context.run.trust.oldVersions());
  if (!result?.ok) return [];
  const { version, cipher } = result.channel;
  // OpenSSL calls the older one TLSv1.
  const name = version === 'TLSv1.1' ? 'TLS 1.1' : 'TLS 1.0';
  return [
    finding('tls-old-versions-accepted', own`If the client offers nothing newer, the server accepts ${name}.`, {
      evidence: { negotiated: own`${version} with ${cipher}` },
      ...(context.endpoint.role === 'mx' && { cause: 'on-mx' }),
    }),
  ];
}
