import type { Software } from './topic.js';

export const openSmtpd: Software = {
  greets: /^\S+ ESMTP OpenSMTPD\b/,
  settings: {
    'starttls-not-advertised': 'Add `tls pki NAME` (or `tls-require`) to the `listen on` rule.',
    'starttls-refused':
      'Test the configuration with `smtpd -n`: the files of `pki NAME cert` and `pki NAME key` must exist and match.',
    'plaintext-on-implicit-port': 'Use `smtps` in the `listen on` rule.',
    'plaintext-auth-advertised': 'Use `tls-require auth` in the `listen on` rule.',
    'plaintext-mail-accepted': 'Use `tls-require` in the `listen on` rule.',
    'tls-version-too-old': (minVersion) =>
      `Add \`${minVersion.toLowerCase()}\` to \`protocols\` in the \`listen on\` rule, or remove \`protocols\`: the default is TLS 1.2 and 1.3.`,
    'tls-handshake-failed': 'Check `smtp ciphers`, `pki NAME cert` and `pki NAME key`.',
    'client-certificate-required':
      'Set `ca` to the CA of the clients, or use `tls-require` without `verify` in the `listen on` rule.',
    certificate:
      'Set `pki NAME cert` to a file with the full chain, leaf first, and `pki NAME key` to its private key. Then restart smtpd.',
    'auth-not-advertised': 'Add `auth` to the `listen on` rule.',
    'auth-rejected':
      'With `auth <TABLE>`, the table has the passwords as `smtpctl encrypt` prints them. Without a table, the credentials are those of a system user.',
    'unauthenticated-mail': 'Use `auth` instead of `auth-optional` in the `listen on` rule.',
    'auth-on-mx': 'Remove `auth-optional` from the `listen on` rule for port 25.',
  },
};
