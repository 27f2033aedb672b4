import type { Cause } from '../../findings/catalogue.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Endpoint } from '../../plan/endpoint.js';
import { alertName } from '../../tls/alerts.js';

/** The alert of RFC 8446 section 6.2 that has no other meaning. */
export const CERTIFICATE_REQUIRED = 116;

interface Alert {
  /** What the alert says about the client certificate. */
  readonly meaning: string;
  readonly cause: Cause<'client-certificate-required'>;
}

/** Alerts about a client certificate (RFC 8446 section 6.2). After the handshake they cannot be about another one. */
const ALERTS: Readonly<Record<number, Alert>> = {
  42: { meaning: 'the certificate is damaged, or a signature in its chain is not valid', cause: 'damaged' },
  43: { meaning: 'the server does not accept this type of certificate', cause: 'unsupported' },
  44: { meaning: 'the certificate has been revoked by its issuer', cause: 'revoked' },
  45: { meaning: 'the certificate has expired, or is not valid yet', cause: 'expired' },
  46: { meaning: 'the certificate is not acceptable for another reason', cause: 'unacceptable' },
  48: { meaning: 'the certificate was not issued by a CA that the server trusts', cause: 'unknown-issuer' },
  49: { meaning: 'the certificate is valid, but its owner is denied access', cause: 'access-denied' },
  [CERTIFICATE_REQUIRED]: {
    meaning: 'the certificate could not be sent, because the server accepts no signature that its key can make',
    cause: 'unusable-key',
  },
};

/**
 * With TLS 1.3 the handshake is complete for the client before the server has verified the client certificate.
 * @param alert the number of the alert that ended the connection, if one did
 * @returns the finding, if the alert is about the client certificate
 */
export function lateClientCertificateAlert(alert: number | undefined, endpoint: Endpoint): KnownFinding | undefined {
  return alert === undefined || !ALERTS[alert] ? undefined : clientCertificateRefused(endpoint, alert);
}

/**
 * The finding for an alert of a server that requested a client certificate.
 * @param number that of the alert
 */
export function clientCertificateRefused({ tls }: Endpoint, number: number): KnownFinding {
  const name = alertName(number);
  const alert = `alert ${number} (${name})`;
  const evidence = { alert: String(number), name };
  if (!tls.client) {
    return finding('client-certificate-required', `The server requires a client certificate: ${alert}.`, { evidence });
  }
  const known = ALERTS[number];
  const message = known
    ? `The server rejects the client certificate with ${alert}: ${known.meaning}.`
    : `The server requested a client certificate, and ended the handshake although the gate has one: ${alert}, which does not say why.`;
  return finding('client-certificate-required', message, { evidence, cause: known?.cause ?? 'unknown-issuer' });
}
