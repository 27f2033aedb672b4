import type { Software } from './topic.js';

/** Its greeting does not name it. */
export const courier: Software = {
  offers: /^XVERP=Courier$/,
  settings: {
    'starttls-not-advertised':
      'in `esmtpd` and `esmtpd-msa`, `COURIERTLS` and `TLS_CERTFILE` must name files that exist and that its user (`MAILUSER`) can read.',
    'starttls-refused': 'its user (`MAILUSER`) must be able to read `TLS_CERTFILE`.',
    'plaintext-on-implicit-port': 'set `ESMTPDSSLSTART=YES` and `SSLPORT` in `esmtpd-ssl`.',
    'plaintext-auth-advertised':
      'in `esmtpd` and `esmtpd-msa`, set `ESMTPAUTH=""`, and the mechanisms in `ESMTPAUTH_TLS` (`"PLAIN LOGIN"`).',
    'plaintext-mail-accepted': 'set `ESMTP_TLS_REQUIRED=1` in `esmtpd-msa`.',
    'tls-version-too-old': (minVersion) =>
      `allow ${minVersion} in \`TLS_PROTOCOL\`, or with GnuTLS in \`TLS_PRIORITY\`. Its TLS library must support that version.`,
    'tls-old-versions-accepted': 'remove TLS 1.0 and 1.1 from `TLS_PROTOCOL`, or with GnuTLS from `TLS_PRIORITY`.',
    'tls-handshake-failed':
      'its user (`MAILUSER`) must be able to read `TLS_CERTFILE`, which contains the certificate and, without `TLS_PRIVATE_KEYFILE`, the private key. Then check `TLS_PROTOCOL` and `TLS_CIPHER_LIST`. The log contains "STARTTLS failed".',
    'dh-parameters':
      'run `mkdhparams` with `BITS=2048`, which writes the file of `TLS_DHPARAMS`, and check that `TLS_CIPHER_LIST` does not exclude ECDHE.',
    'client-certificate-required': 'set `TLS_VERIFYPEER=NONE`, or `TLS_TRUSTCERTS` to the CA of the clients.',
    certificate:
      'replace the file of `TLS_CERTFILE` (by default `esmtpd.pem`): the certificate, followed by the intermediates and, without `TLS_PRIVATE_KEYFILE`, the private key. Its user (`MAILUSER`) must be able to read it.',
    'auth-not-advertised':
      'set the mechanisms in `ESMTPAUTH_TLS` (`"PLAIN LOGIN"`) of `esmtpd` or `esmtpd-msa`, and restart that service.',
    'auth-mechanisms': 'set the mechanisms in `ESMTPAUTH_TLS` (`"PLAIN LOGIN"`).',
    'auth-rejected':
      '`authtest USER PASSWORD` checks the credentials on the server. With `DEBUG_LOGIN=1` in `authdaemonrc`, the log shows the reason.',
    'auth-backend':
      'authdaemond must run, and its modules (`authmodulelist` in `authdaemonrc`) must reach their database.',
    'unauthenticated-mail': 'set `AUTH_REQUIRED=1` in `esmtpd-msa`.',
    'auth-on-mx': 'set `ESMTPAUTH=""` and `ESMTPAUTH_TLS=""` in `esmtpd`, and the mechanisms in `esmtpd-msa`.',
    'message-size': 'write the limit in bytes into the file `sizelimit` in its configuration directory.',
  },
};
