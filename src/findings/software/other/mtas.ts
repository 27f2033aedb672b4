import type { Software } from '../topic.js';

/*
 * Mail servers that are configured in files. Each comment names the documentation of the settings. Without settings, it is only
 * known that those of other products do not apply.
 */
export const MTAS = {
  // docs.postalserver.io/features/smtp-tls
  Postal: {
    greets: /^(?:2\.0\.0 )?\S+ ESMTP Postal\//,
    settings: {
      'starttls-not-advertised':
        'set `tls_enabled: true` below `smtp_server` in `postal.yml`, put the certificate into `smtp.cert` and its key into `smtp.key` next to it, and run `postal restart`.',
      certificate:
        'replace `smtp.cert` (the full chain, leaf first) and `smtp.key` next to `postal.yml`, or the files of `tls_certificate_path` and `tls_private_key_path`, and run `postal restart`.',
      'auth-rejected':
        'the password must be the key of a credential of the type SMTP, which the web interface shows for each mail server.',
      'served-domains':
        'add the domain to the mail server in the web interface, verify it, and create a route for the recipient.',
    },
  },
  // docs.kumomta.com/reference/kumo/start_esmtp_listener
  KumoMTA: {
    greets: /^\S+ Welcome to KumoMTA\b/,
    settings: {
      certificate:
        'set `tls_certificate` and `tls_private_key` of the listener (`kumo.start_esmtp_listener`). Without them, it generates a self-signed certificate.',
      'auth-rejected': 'the event handler `smtp_server_auth_plain` in its policy decides about the credentials.',
      'served-domains': 'set `relay_to` for the domain in the event handler `get_listener_domain`.',
      'server-busy': 'raise `max_connections` of the listener (`kumo.start_esmtp_listener`).',
      'message-size': 'raise `max_message_size` of the listener (`kumo.start_esmtp_listener`).',
    },
  },
  PowerMTA: { greets: /^\S+ \(PowerMTA\(TM\) v/, settings: {} },
  Momentum: { greets: /^(?:2\.0\.0 )?\S+ ESMTP ecelerity \d/, settings: {} },
  Halon: { greets: /^\S+ ESMTP Halon\b/, settings: {} },
  // www.xmox.nl/config
  mox: {
    greets: /^\S+ ESMTP mox\b/,
    settings: {
      'starttls-not-advertised':
        'configure `TLS` of the listener in `mox.conf`, and remove `NoSTARTTLS` from its `SMTP`. Then restart mox.',
      certificate:
        'in `mox.conf`, set `ACME` in `TLS` of the listener, or the files below `KeyCerts`. Then restart mox.',
      'message-size': 'raise `SMTPMaxMessageSize` of the listener in `mox.conf`, and restart mox.',
    },
  },
  // james.apache.org, "SMTP" and "SSL"
  'Apache James': {
    greets: /^\S+ E?SMTP Server \(JAMES\b|^(?:\S+ )?Apache JAMES awesome SMTP Server\b/,
    settings: {
      'starttls-not-advertised':
        'set `<tls socketTLS="false" startTLS="true">` for this port in `smtpserver.xml`, with a `keystore`, or with `privateKey` and `certificates`, and restart James.',
      'plaintext-on-implicit-port':
        'set `<tls socketTLS="true" startTLS="false">` for this port in `smtpserver.xml`, and restart James.',
      certificate:
        'replace the certificate in the `keystore`, or the files of `privateKey` and `certificates`, which `<tls>` in `smtpserver.xml` names, and restart James.',
    },
  },
  // maddy.email/reference/endpoints/smtp. Its greeting does not name it, but it adds an ID to each rejection.
  maddy: {
    words: / \(msg ID = [\da-f]{8}\)$/,
    settings: {
      'served-domains': 'add the domain to `$(local_domains)` in `maddy.conf`.',
      'known-recipients':
        'create the mailbox (`maddy imap-acct create ADDRESS`), or an alias in the table of `replace_rcpt` in `maddy.conf`.',
    },
  },
  XMail: { greets: /^(?:\S+ )?(?:<\S+> )?\[XMail \d[^\]]* ESMTP Server\]/, settings: {} },
  // cr.yp.to/qmail, qmail-smtpd. Patched versions use the same words.
  qmail: {
    words: /^(?:sorry|qq|qmail-smtpd:|oops)\b.* \(#[45]\.\d\.\d\)$/,
    settings: {
      'served-domains':
        'add the domain to `control/rcpthosts`, and also to `control/locals` or `control/virtualdomains` if its mailboxes are on this server.',
      'message-size': 'raise the limit in `control/databytes`, in bytes.',
    },
  },
} satisfies Readonly<Record<string, Software>>;
