import { X509Certificate } from 'node:crypto';
import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Context } from '../context.js';
import { alertName } from '../../tls/alerts.js';
import { fixed, own, type OwnText } from '../../text/own.js';
import { nameOf } from './chain-evidence.js';
import { day, timeBetween } from './dates.js';

/** The alert of RFC 8446 section 6.2 that is only about a client certificate. */
export const CERTIFICATE_REQUIRED = 116;

/** The end of a sentence, and the cause. */
type Meaning<Code extends 'tls-handshake-failed' | 'client-certificate-required'> = readonly [string, CauseOf<Code>];

/** In transit, something changed the handshake. */
const CHANGED = 'changed-in-transit';
const INCOMPATIBLE = 'incompatible-library';

/**
 * By number (RFC 8446 section 6.2, RFC 5246 section 7.2.2, RFC 7507, RFC 7301 and RFC 6066). Alerts about the version,
 * the cipher suites, the server name and a requested certificate need more than the alert to judge, and are not here.
 */
const OF_THE_HANDSHAKE: Readonly<Record<number, Meaning<'tls-handshake-failed'>>> = {
  10: ['it did not expect the message that it received at this point of the handshake', CHANGED],
  20: ['the data that it received was damaged, or encrypted with a different key', CHANGED],
  21: ['it could not decrypt the data that it received', CHANGED],
  22: ['it received a record that is too long', CHANGED],
  47: ['it rejected a value in the handshake', INCOMPATIBLE],
  49: ['it recognized the client, but denied access', 'access-denied'],
  50: ['it could not parse the data that it received', INCOMPATIBLE],
  51: ['a signature or a key in the handshake was not valid', CHANGED],
  80: ['it gives no reason', 'server-error'],
  86: ['it reports that the client fell back to an older TLS version than both sides support (RFC 7507)', 'downgrade'],
  90: ['it canceled the handshake for a reason other than a protocol error', 'server-closed'],
  109: ['an extension that it requires is missing from the handshake', 'missing-extension'],
  110: ['the handshake contains an extension that it does not accept there', INCOMPATIBLE],
  113: ['it rejected the OCSP response for a certificate', 'ocsp-response'],
  114: ['the hash of a certificate did not match', CHANGED],
  115: ['it requires a pre-shared key (PSK)', 'pre-shared-key'],
  120: ['it requires an application protocol (ALPN), but none is defined for SMTP', 'application-protocol'],
};

/** Alerts about a client certificate (RFC 8446 section 6.2); after the handshake they cannot be about any other. */
const OF_A_CLIENT: Readonly<Record<number, Meaning<'client-certificate-required'>>> = {
  42: ['the certificate is damaged, or a signature in its chain is not valid', 'damaged'],
  43: ['the server does not accept this type of certificate', 'unsupported'],
  44: ['the certificate has been revoked by its issuer', 'revoked'],
  45: ['the certificate has expired, or is not valid yet', 'expired'],
  46: ['the certificate is not acceptable for an unspecified reason', 'unacceptable'],
  48: ['the certificate was not issued by a CA that the server trusts', 'unknown-issuer'],
  49: ['the certificate is valid, but its owner is denied access', 'access-denied'],
  [CERTIFICATE_REQUIRED]: [
    'the certificate could not be sent, because the server accepts no signature algorithm that its key supports',
    'unusable-key',
  ],
};

/** What an alert during the handshake means, if the alert alone shows it. */
export function meaningOfAlert(number: number): Meaning<'tls-handshake-failed'> | undefined {
  return [41, 42, 43, 44, 45, 46, 48].includes(number)
    ? ['it reports a client certificate error, but did not request a certificate', 'certificate-alert']
    : OF_THE_HANDSHAKE[number];
}

/**
 * With TLS 1.3 the handshake is complete for the client before the server has verified the client certificate.
 * @param alert the number of the alert that ended the connection, if one did
 * @returns the finding, if the alert is about the client certificate
 */
export function lateClientCertificateAlert(alert: number | undefined, context: Context): KnownFinding | undefined {
  return alert === undefined || !OF_A_CLIENT[alert] ? undefined : clientCertificateRefused(context, alert);
}

/** The finding for an alert of a server that requested a client certificate. */
export function clientCertificateRefused({ endpoint: { tls, auth }, run }: Context, number: number): KnownFinding {
  const name = alertName(number);
  const alert = own`alert ${number} (${fixed(name)})`;
  const evidence = { alert: String(number), name };
  if (!tls.client) {
    return finding('client-certificate-required', own`The server requires a client certificate: ${alert}.`, {
      evidence,
      ...(auth && auth.kind !== 'certificate' && { cause: 'with-password' as const }),
    });
  }
  const [meaning, cause] = OF_A_CLIENT[number] ?? [];
  const shown = certificatesIn(tls.client.certificate);
  if (cause === 'expired') {
    const { validFromDate: from, validToDate: to } = new X509Certificate(tls.client.certificate);
    const now = run.now();
    const [state, dated] = datesOf(from, to, now);
    const message = own`The server rejected the client certificate with ${alert}. The configured one ${state}.`;
    const dates = { validFrom: from.toISOString(), validTo: to.toISOString(), now: now.toISOString() };
    return finding('client-certificate-required', message, {
      evidence: { ...evidence, ...shown, ...dates },
      cause: dated,
    });
  }
  const message = meaning
    ? own`The server rejected the client certificate with ${alert}: ${fixed(meaning)}.`
    : own`The server requested a client certificate, but ended the handshake although one is configured: ${alert}, which does not give a reason.`;
  return finding('client-certificate-required', message, {
    evidence: { ...evidence, ...shown },
    cause: cause ?? 'no-reason',
  });
}

/** What the gate sends as the client certificate. The last certificate is the one whose issuer the server must know. */
function certificatesIn(pem: string) {
  const parsed = (pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );
  return {
    clientSubject: nameOf(parsed[0]?.subject),
    clientIssuer: nameOf(parsed[0]?.issuer),
    lastIssuer: nameOf(parsed.at(-1)?.issuer),
    clientCertificates: String(parsed.length),
  };
}

/** Whether a client certificate is valid now, as the end of a sentence, and the cause of its rejection. */
function datesOf(from: Date, to: Date, now: Date): readonly [OwnText, CauseOf<'client-certificate-required'>] {
  if (to < now) return [own`expired on ${day(to)}, ${timeBetween(to, now)} ago`, 'expired'];
  if (from > now) return [own`is not valid until ${from.toISOString()}`, 'not-yet-valid'];
  return [own`is valid from ${from.toISOString()} to ${to.toISOString()}`, 'dates-rejected'];
}
