import { inWords, type Software } from './topic.js';

/** OpenSSL's option that disables a version, such as `SSL_OP_NO_TLSv1_3` for `TLSv1.3`. */
const exclusion = (version: string): string => `SSL_OP_NO_${version.replace('.', '_')}`;

export const sendmail: Software = {
  greets: /^\S+ ESMTP Sendmail\b/,
  settings: {
    'greeting-rejected':
      "look for the gate's IP address in the access map (`Connect:`) and in the lists of the feature `dnsbl`.",
    'starttls-not-advertised':
      'define `confSERVER_CERT` and `confSERVER_KEY`, and remove `S` from the modifiers of the daemon (`M=`).',
    'starttls-refused':
      'raise `LogLevel` to 14 and look for "STARTTLS=server, error". Sendmail rejects private keys that the group can read.',
    'plaintext-on-implicit-port':
      'add the modifier `s` to the daemon (`Port=smtps, Name=TLSMTA, M=s` in `DAEMON_OPTIONS`).',
    'plaintext-auth-advertised': 'add `p` to `confAUTH_OPTIONS` (such as `A p y`).',
    'plaintext-mail-accepted': 'require encryption from clients in the access map (`TLS_Clt: ENCR:112`).',
    'tls-version-too-old': (minVersion) =>
      `remove \`+${exclusion(minVersion)}\` from \`ServerSSLOptions\`. Its OpenSSL must support ${inWords(minVersion)}.`,
    'tls-old-versions-accepted': 'add `+SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1` to `ServerSSLOptions`.',
    'tls-handshake-failed':
      'check `CipherList`, `ServerSSLOptions` and `DHParameters`. With `LogLevel` 14, the log contains "STARTTLS=server, error".',
    'dh-parameters':
      'set `DHParameters` (`confDH_PARAMETERS`) to a file with parameters of 2048 bits or more, and check that `CipherList` does not exclude ECDHE.',
    'client-certificate-required':
      'set `confTLS_SRV_OPTIONS` to `V`, so that the server requests no client certificate, or `confCACERT` to the CA of the clients.',
    certificate:
      'set `confSERVER_CERT` to the certificate and `confSERVER_KEY` to its private key, and put the intermediates into the file of `confCACERT`: Sendmail sends the chain from there. Then restart it.',
    'auth-not-advertised':
      'define `confAUTH_MECHANISMS`, and check with `sendmail -d0.1 -bv root` that it is built with SASLv2. `A` among the modifiers of the daemon (`M=`) disables AUTH.',
    'auth-mechanisms': 'define `confAUTH_MECHANISMS`, and set `mech_list` of Cyrus SASL in `Sendmail.conf`.',
    'auth-rejected':
      'Cyrus SASL checks the credentials: its method is `pwcheck_method` in `Sendmail.conf`. `testsaslauthd` checks them on the server.',
    'auth-backend':
      'saslauthd must run, and Sendmail must be able to open its socket (`pwcheck_method` in `Sendmail.conf`).',
    'unauthenticated-mail':
      'add the modifier `a` to the daemon for submission (`Port=587, Name=MSA, M=Ea` in `DAEMON_OPTIONS`).',
    'auth-on-mx': 'add the modifier `A` to the daemon for port 25, which disables AUTH there.',
    'relay-for-accounts': '`TRUST_AUTH_MECH` must list the mechanism: it names those after which a client may relay.',
    'known-recipients':
      '`sendmail -bv ADDRESS` on the server shows how it delivers to the address. Class `w` (`/etc/mail/local-host-names`) lists the local domains; users, `aliases` and `virtusertable` have the recipients.',
    'disk-full':
      'the file system of `QueueDirectory` (usually `/var/spool/mqueue`) needs `MinFreeBlocks` of free space.',
    'message-size': 'define `confMAX_MESSAGE_SIZE`, in bytes.',
    'message-log':
      'the line with the queue ID has `stat=Sent`, `stat=Deferred` or another reason, and `relay=` names where the message went. `mailq` lists the messages that are still queued.',
    'content-scanner':
      'check the filters in `INPUT_MAIL_FILTER`: the log names the milter that does not respond. Its flag `F=T` makes Sendmail reject temporarily.',
  },
};
