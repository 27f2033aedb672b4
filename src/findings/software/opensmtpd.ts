import type { Software } from './topic.js';

export const openSmtpd: Software = {
  greets: /^\S+ ESMTP OpenSMTPD\b/,
  settings: {
    'starttls-not-advertised': 'add `tls pki NAME` (or `tls-require`) to the `listen on` rule.',
    'starttls-refused':
      'test the configuration with `smtpd -n`: the files of `pki NAME cert` and `pki NAME key` must exist and match.',
    'plaintext-on-implicit-port': 'use `smtps` in the `listen on` rule.',
    'plaintext-auth-advertised': 'use `tls-require auth` in the `listen on` rule.',
    'plaintext-mail-accepted': 'use `tls-require` in the `listen on` rule.',
    'tls-version-too-old': (minVersion) =>
      `add \`${minVersion.toLowerCase()}\` to \`protocols\` in the \`listen on\` rule, or remove \`protocols\`: the default is TLS 1.2 and 1.3.`,
    'tls-old-versions-accepted': 'remove `protocols` from the `listen on` rule: the default is TLS 1.2 and 1.3.',
    'tls-handshake-failed': 'check `smtp ciphers`, `pki NAME cert` and `pki NAME key`.',
    'dh-parameters':
      'use `pki NAME dhe auto`, or remove that line: `dhe legacy` has 1024 bits. Check that `smtp ciphers` does not exclude ECDHE.',
    'client-certificate-required':
      'set `ca` to the CA of the clients, or use `tls-require` without `verify` in the `listen on` rule.',
    certificate:
      'set `pki NAME cert` to a file with the full chain, leaf first, and `pki NAME key` to its private key. Then restart smtpd.',
    'auth-not-advertised': 'add `auth` to the `listen on` rule.',
    'auth-rejected':
      'with `auth <TABLE>`, the table must contain the passwords as `smtpctl encrypt` prints them. Without a table, the credentials are those of a system user.',
    'unauthenticated-mail': 'use `auth` instead of `auth-optional` in the `listen on` rule.',
    'auth-on-mx': 'remove `auth-optional` from the `listen on` rule for port 25.',
    'served-domains':
      'add `match from any for domain "DOMAIN" action NAME` to `smtpd.conf`: `for local` covers only the names of the server itself. If such a rule exists, the user is unknown: create it, or add the address to the table after `virtual` in the action. The reply "Invalid recipient" is the same for both.',
    'known-recipients':
      'the user must exist, or the table after `virtual` in the action must contain the address. And `match from any for domain "DOMAIN" action NAME` in `smtpd.conf` must include the domain.',
    'relay-for-accounts':
      'add `match from any auth for any action "outbound"` to `smtpd.conf`, with `action "outbound" relay`. OpenSMTPD replies "Invalid recipient" if no `match` rule applies. Test the file with `smtpd -n`.',
    'send-as': 'add the sender to the table after `senders` in the `listen on` rule.',
    'message-size': 'set `smtp max-message-size`.',
  },
};
