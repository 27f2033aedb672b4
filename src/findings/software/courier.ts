import type { Software } from './topic.js';

/** Its greeting does not name it. */
export const courier: Software = {
  offers: /^XVERP=Courier$/,
  settings: {
    'starttls-not-advertised':
      'In `esmtpd` and `esmtpd-msa`, `COURIERTLS` and `TLS_CERTFILE` must name files that exist and that its user (`MAILUSER`) can read.',
    'starttls-refused': 'Its user (`MAILUSER`) must be able to read `TLS_CERTFILE`.',
    'plaintext-on-implicit-port': 'Set `ESMTPDSSLSTART=YES` and `SSLPORT` in `esmtpd-ssl`.',
    'plaintext-auth-advertised':
      'In `esmtpd` and `esmtpd-msa`, set `ESMTPAUTH=""`, and the mechanisms in `ESMTPAUTH_TLS` (`"PLAIN LOGIN"`).',
    'plaintext-mail-accepted': 'Set `ESMTP_TLS_REQUIRED=1` in `esmtpd-msa`.',
    'tls-version-too-old': (minVersion) =>
      `Allow ${minVersion} in \`TLS_PROTOCOL\`, or with GnuTLS in \`TLS_PRIORITY\`. Its TLS library must support that version.`,
    'tls-handshake-failed':
      'Its user (`MAILUSER`) must be able to read `TLS_CERTFILE`, which has the certificate and, without `TLS_PRIVATE_KEYFILE`, the private key. Then check `TLS_PROTOCOL` and `TLS_CIPHER_LIST`. The log has "STARTTLS failed".',
    'client-certificate-required': 'Set `TLS_VERIFYPEER=NONE`, or `TLS_TRUSTCERTS` to the CA of the clients.',
    certificate:
      'Replace the file of `TLS_CERTFILE` (by default `esmtpd.pem`): the certificate, followed by the intermediates and, without `TLS_PRIVATE_KEYFILE`, the private key. Its user (`MAILUSER`) must be able to read it.',
    'auth-not-advertised':
      'Set the mechanisms in `ESMTPAUTH_TLS` (`"PLAIN LOGIN"`) of `esmtpd` or `esmtpd-msa`, and restart that service.',
    'auth-mechanisms': 'Set the mechanisms in `ESMTPAUTH_TLS` (`"PLAIN LOGIN"`).',
    'auth-rejected':
      '`authtest USER PASSWORD` checks the credentials on the server. With `DEBUG_LOGIN=1` in `authdaemonrc` the log has the reason.',
    'auth-backend':
      'authdaemond must run, and its modules (`authmodulelist` in `authdaemonrc`) must reach their database.',
    'unauthenticated-mail': 'Set `AUTH_REQUIRED=1` in `esmtpd-msa`.',
    'auth-on-mx': 'Set `ESMTPAUTH=""` and `ESMTPAUTH_TLS=""` in `esmtpd`, and the mechanisms in `esmtpd-msa`.',
  },
};
