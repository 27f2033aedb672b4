import type { Cause } from '../../findings/catalogue.js';
import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Endpoint } from '../../plan/endpoint.js';
import { alertName } from '../../tls/alerts.js';

/** The alert of RFC 8446 section 6.2 that no server sends for another reason. */
export const CERTIFICATE_REQUIRED = 116;

interface Alert {
  /** What a server means by it, of a certificate that it was shown. */
  readonly meaning: string;
  readonly cause: Cause<'client-certificate-required'>;
}

/**
 * What a server says of a client's certificate (RFC 8446 section 6.2); after the handshake there is no other that it
 * could speak of.
 */
const ALERTS: Readonly<Record<number, Alert>> = {
  42: {
    meaning: 'the certificate is damaged, or a signature in its chain does not hold',
    cause: 'damaged',
  },
  43: {
    meaning: 'the certificate is of a kind that the server does not take',
    cause: 'unsupported',
  },
  44: {
    meaning: 'its issuer has revoked the certificate',
    cause: 'revoked',
  },
  45: {
    meaning: 'the certificate has expired, or is not valid yet',
    cause: 'expired',
  },
  46: {
    meaning: 'something else about the certificate is not acceptable',
    cause: 'unacceptable',
  },
  48: {
    meaning: 'the chain of the certificate leads to no authority that the server trusts',
    cause: 'unknown-issuer',
  },
  49: {
    meaning: 'the certificate holds, and who it stands for may not come in',
    cause: 'access-denied',
  },
  [CERTIFICATE_REQUIRED]: {
    meaning: 'the certificate could not be shown, since the server takes no signature that its key can make',
    cause: 'unusable-key',
  },
};

/**
 * With TLS 1.3 the handshake is over for the client before the server has seen its certificate.
 * @param alert its number, where an alert ended the connection
 * @returns the finding, if the alert speaks of the client's certificate
 */
export function lateClientCertificateAlert(alert: number | undefined, endpoint: Endpoint): KnownFinding | undefined {
  return alert === undefined || !ALERTS[alert] ? undefined : clientCertificateRefused(endpoint, alert);
}

/**
 * The finding for an alert of a server that has asked for a certificate.
 * @param number of the alert
 */
export function clientCertificateRefused({ tls }: Endpoint, number: number): KnownFinding {
  const name = alertName(number);
  const alert = `alert ${number} (${name})`;
  const evidence = { alert: String(number), name };
  if (!tls.client) {
    return finding('client-certificate-required', `The server wants a certificate of the client: ${alert}.`, {
      evidence,
    });
  }
  const known = ALERTS[number];
  const message = known
    ? `The server does not take the client certificate: ${alert}, so ${known.meaning}.`
    : `The server asked for a client certificate, and ended the handshake though the gate has one: ${alert}, which does not say why.`;
  return finding('client-certificate-required', message, { evidence, cause: known?.cause ?? 'unknown-issuer' });
}
