import { createHash } from 'node:crypto';
import { certificateFacts } from './x509/certificate.js';
import type { TlsChannel } from './handshake.js';

/** Octets that only the two ends of one TLS channel have in common (RFC 5056). */
export interface ChannelBinding {
  readonly type: 'tls-exporter' | 'tls-server-end-point';
  readonly data: Buffer;
}

/** RFC 9266 section 2. */
const EXPORTER = { label: 'EXPORTER-Channel-Binding', octets: 32 } as const;

/**
 * What an authentication can be bound to: `tls-exporter` (RFC 9266) with TLS 1.3, `tls-server-end-point` (RFC 5929
 * section 4) before.
 * @returns undefined where that is not defined, because the certificate's signature has no hash of its own (Ed25519)
 */
export function channelBinding({
  stream,
  version,
  sent: [leaf],
}: Pick<TlsChannel, 'stream' | 'version' | 'sent'>): ChannelBinding | undefined {
  if (version === 'TLSv1.3') {
    return {
      type: 'tls-exporter',
      data: stream.exportKeyingMaterial(EXPORTER.octets, EXPORTER.label, Buffer.alloc(0)),
    };
  }
  if (!leaf) return undefined;
  const { name, weak } = certificateFacts(leaf).signature;
  // MD5 and SHA-1 are replaced by SHA-256.
  const hash = weak ? 'sha256' : /\bSHA-(256|384|512)$/.exec(name)?.[0].replace('SHA-', 'sha');
  if (hash === undefined) return undefined;
  return { type: 'tls-server-end-point', data: createHash(hash).update(leaf.raw).digest() };
}
