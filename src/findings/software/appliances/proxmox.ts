import type { Software } from '../topic.js';

/**
 * Proxmox Mail Gateway, whose greeting is the default of "SMTPD Banner". It is built on Postfix, but writes the configuration of
 * Postfix itself. Documentation: pmg.proxmox.com/pmg-docs/pmg-admin-guide.html
 */
export const proxmox: Software = {
  greets: /^\S+ ESMTP Proxmox\b/,
  settings: {
    'greeting-rejected':
      'add the IP address of the gate to the list of exceptions from SMTP checks in Configuration > Mail Proxy, or check "DNSBL Sites" in its Options.',
    'starttls-not-advertised':
      'in the web interface, select Configuration > Mail Proxy > TLS, and enable TLS, which is off by default. Changes in `main.cf` do not last, because it is generated from `/etc/pmg/templates`.',
    'starttls-refused':
      'look in the log for the reason why it cannot load `/etc/pmg/pmg-tls.pem`, which contains the private key and the certificate, or upload another certificate in Configuration > Certificates.',
    certificate:
      'upload the certificate with its intermediates and its private key in Configuration > Certificates, for SMTP (`/etc/pmg/pmg-tls.pem`), or order one from an ACME CA there.',
    'auth-not-advertised':
      'by default, it is a relay without SMTP AUTH. Test the mail server behind it as the endpoint for submission, or remove `auth`.',
    'connection-limit':
      'raise "Client Connection Count Limit" (default 50) or "Client Connection Rate Limit" in Configuration > Mail Proxy > Options.',
    'served-domains':
      'add the domain in Configuration > Mail Proxy > Relay Domains, and its mail server in Transports if it is not the default relay. Mail that leaves the organization uses the internal port (26 by default), from the hosts in Networks.',
    'known-recipients':
      'with "Verify Receivers" in Configuration > Mail Proxy > Options, it asks the mail server behind it, which must know the recipient.',
    'message-size': 'raise "Message Size" in Configuration > Mail Proxy > Options.',
    'message-log': 'the Tracking Center shows what happened to each message.',
    smtputf8: 'enable SMTPUTF8 in Configuration > Mail Proxy > Options.',
  },
};
