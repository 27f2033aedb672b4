import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Endpoint } from '../../plan/endpoint.js';
import { alertName } from '../../tls/alerts.js';

/** The alert of RFC 8446 section 6.2 that no server sends for another reason. */
export const CERTIFICATE_REQUIRED = 116;

interface Alert {
  /** What a server means by it, of a certificate that it was shown. */
  readonly meaning: string;
  readonly remedy: string;
}

const OTHER_ISSUER =
  'Give `tls.client-cert` a certificate of an authority that the server trusts, with the intermediates behind it; or let the server trust this one (Postfix: `smtpd_tls_CAfile`; Exim: `tls_verify_certificates`; Dovecot: `ssl_ca`).';

/**
 * What a server says of a client's certificate (RFC 8446 section 6.2); after the handshake there is no other that it
 * could speak of.
 */
const ALERTS: Readonly<Record<number, Alert>> = {
  42: {
    meaning: 'the certificate is damaged, or a signature in its chain does not hold',
    remedy: 'Check with `openssl verify` that the file of `tls.client-cert` holds the whole chain, leaf first.',
  },
  43: {
    meaning: 'the certificate is of a kind that the server does not take',
    remedy:
      'Give the gate a certificate for TLS clients: its extended key usage, where it has one, must include clientAuth, and its key be of a kind that the server knows.',
  },
  44: {
    meaning: 'its issuer has revoked the certificate',
    remedy: 'Have a new certificate issued, and give it to the gate with `tls.client-cert` and `tls.client-key`.',
  },
  45: {
    meaning: 'the certificate has expired, or is not valid yet',
    remedy: 'Renew the certificate of `tls.client-cert`; if its dates are right, look at the clock of the server.',
  },
  46: {
    meaning: 'something else about the certificate is not acceptable',
    remedy: "The server's log says what it has against the certificate of `tls.client-cert`.",
  },
  48: {
    meaning: 'the chain of the certificate leads to no authority that the server trusts',
    remedy: OTHER_ISSUER,
  },
  49: {
    meaning: 'the certificate holds, and who it stands for may not come in',
    remedy: 'Add the certificate, its name or its fingerprint to those that the server lets in.',
  },
  [CERTIFICATE_REQUIRED]: {
    meaning: 'the certificate could not be shown, since the server takes no signature that its key can make',
    remedy: 'Give the gate a certificate with a key of a usual kind (RSA of 2048 bits, or EC P-256).',
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
  return finding('client-certificate-required', message, { evidence, remedy: known?.remedy ?? OTHER_ISSUER });
}
