import type { Software } from '../topic.js';
import { proxmox } from './proxmox.js';

/*
 * Mail gateways that an organization runs itself. Their administrators see no configuration files. The greetings are those in
 * the fingerprints of Nmap, Recog and OpenVAS. Without settings, it is only known that those of other products do not apply.
 */
export const APPLIANCES = {
  'Proxmox Mail Gateway': proxmox,
  // www.cisco.com/c/en/us/support/docs/security/email-security-appliance/200038 and 118954. It greets only with its name.
  'Cisco Secure Email Gateway': {
    words:
      /^#[245]\.\d\.\d |\bYour access to this mail system has been rejected due to the sending MTA's poor reputation\b/,
    settings: {
      'greeting-rejected':
        'the sender group of the IP address (Mail Policies > HAT Overview) has a mail flow policy that rejects it. Add the IP address of the gate to a group that accepts mail.',
      'starttls-not-advertised':
        'set TLS to Preferred in the mail flow policy of the listener (Mail Policies > Mail Flow Policies), select a certificate in Network > Listeners, and commit the changes. By default, TLS is off.',
      'connection-limit':
        'raise the limit of concurrent connections from a single IP address in the mail flow policy (Mail Policies > Mail Flow Policies), and commit the changes.',
      'served-domains':
        'add the domain to the Recipient Access Table (Mail Policies > Recipient Access Table), and commit the changes.',
      'known-recipients':
        'the Recipient Access Table (Mail Policies) and the LDAP query of the listener for acceptance decide which recipients it accepts.',
      'message-size':
        'raise the maximum message size in the mail flow policy (Mail Policies > Mail Flow Policies), and commit the changes.',
    },
  },
  // docs.fortinet.com/document/fortimail/6.4.3/administration-guide/864901. Its greeting does not name it.
  FortiMail: {
    greets: /^\S+ ESMTP Smtpd; /,
    isLikely: true,
    settings: {
      'starttls-not-advertised':
        'enable "SMTP over SSL/TLS" in System > Mail Setting > Mail Server Settings: otherwise, clients cannot use TLS.',
      certificate: 'import it in System > Certificate > Local Certificate, and set it as the default.',
      'served-domains': 'add the domain as a protected domain (Domain & User > Domain).',
    },
  },
  // campus.barracuda.com/product/emailsecuritygateway. Its greeting does not name it.
  'Barracuda Email Security Gateway': {
    greets: /^\S+ ESMTP \([\da-f]{32}\)$/i,
    isLikely: true,
    settings: {
      'starttls-not-advertised': 'set "Enable SMTP over TLS/SSL" to Yes on the page ADVANCED > Email Protocol.',
      'gateway-policy': 'the page BASIC > Message Log shows the action for each message, and the reason.',
    },
  },
  // techdocs.broadcom.com, Messaging Gateway 10.7.4, Administration > Hosts > SMTP
  'Symantec Messaging Gateway': {
    greets: /^\S+ ESMTP Symantec Messaging Gateway\b/,
    settings: {
      'starttls-not-advertised':
        'select "Accept TLS encryption" and a certificate in the inbound mail settings of the scanner (Administration > Hosts > Configuration, tab SMTP).',
      certificate:
        'import it as an MTA TLS certificate, and select it in the mail settings of the scanner (Administration > Hosts > Configuration, tab SMTP).',
      'message-log': 'the Message Audit Log shows what happened to each message.',
    },
  },
  // docs.trendmicro.com, InterScan Messaging Security, SMTP routing
  'Trend Micro IMSVA': {
    greets: /^(?:\S+ )?ESMTP IMSVA\b/,
    settings: {
      'starttls-not-advertised': 'select "Enable Incoming Transport Layer Security" in the settings for SMTP routing.',
    },
  },
  'Sophos Email Appliance': { greets: /^\S+ ESMTP (?:\S+ )?Sophos Email Appliance\b/, settings: {} },
  'SonicWall Email Security': { greets: /^\S+ ESMTP SonicWall \([\d.]+\)/i, settings: {} },
} satisfies Readonly<Record<string, Software>>;
