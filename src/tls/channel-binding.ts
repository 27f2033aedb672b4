import { createHash } from 'node:crypto';
import { certificateFacts } from './x509/certificate.js';
import type { TlsChannel } from './handshake.js';

/** Data that only the two ends of one TLS channel share (RFC 5056). */
export interface ChannelBinding {
  readonly type: 'tls-exporter' | 'tls-server-end-point';
  readonly data: Buffer;
}

/**
 * `tls-exporter` (RFC 9266 section 2) with TLS 1.3, `tls-server-end-point` (RFC 5929 section 4) with older versions.
 * @returns undefined if it is not defined, because the certificate's signature has no separate hash (Ed25519)
 */
export function channelBinding({
  stream,
  version,
  sent: [leaf],
}: Pick<TlsChannel, 'stream' | 'version' | 'sent'>): ChannelBinding | undefined {
  if (version === 'TLSv1.3') {
    const data = stream.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    return { type: 'tls-exporter', data };
  }
  if (!leaf) return undefined;
  const { name, weak } = certificateFacts(leaf).signature;
  // MD5 and SHA-1 are replaced by SHA-256.
  const hash = weak ? 'sha256' : /\bSHA-(256|384|512)$/.exec(name)?.[0].replace('SHA-', 'sha');
  if (hash === undefined) return undefined;
  return { type: 'tls-server-end-point', data: createHash(hash).update(leaf.raw).digest() };
}
