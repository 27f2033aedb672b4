import type { Software } from '../topic.js';

/** Documentation: hmailserver.com/documentation/latest. By default, it greets only with its name. Its words are in its source. */
export const hMailServer: Software = {
  greets: /^(?:\S+ ESMTP hMailServer\b|hMailServer ESMTP\b)/i,
  words:
    /^(?:Authentication failed\. Restarting authentication process\.|SMTP authentication is required\.$|Delivery is not allowed to this address\.$|A SSL\/TLS-connection is required for authentication\.)/,
  settings: {
    'starttls-not-advertised':
      'add the certificate in Settings, Advanced, SSL certificates. In Settings, Advanced, TCP/IP ports, select it for this port, with the connection security "STARTTLS (Optional)" or "STARTTLS (Required)", and restart the server.',
    'plaintext-on-implicit-port':
      'select the connection security "SSL/TLS" for this port in Settings, Advanced, TCP/IP ports.',
    'plaintext-auth-advertised':
      'select "Require SSL/TLS for authentication" in the IP ranges (Settings, Advanced, IP ranges).',
    certificate:
      'select the files of the certificate, with its intermediates, and of the private key in Settings, Advanced, SSL certificates, and restart the server.',
    'auth-rejected':
      'the username is the full address, unless a default domain is set. The log shows the reason. After several failures, auto-ban blocks the IP address of the client.',
    'served-domains':
      'add the domain and the account in Domains, or a route (Settings, Protocols, SMTP, Routes) if another server has its mailboxes.',
    'known-recipients':
      'the domain must be enabled and contain the address as an account, an alias or a distribution list.',
    'relay-for-accounts':
      'the IP range of the client must allow deliveries from local to external addresses (Settings, Advanced, IP ranges).',
    'server-busy':
      'raise "Maximum number of simultaneous connections" in Settings, Protocols, SMTP; zero means no limit.',
    'message-size':
      'raise the maximum message size in Settings, Protocols, SMTP. A domain and an account can have limits, too.',
  },
};
