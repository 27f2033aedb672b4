import type { Software } from '../topic.js';
import { exchange } from './exchange.js';
import { hMailServer } from './hmailserver.js';

/** Mail servers for Windows, by name. */
export const WINDOWS = {
  Exchange: exchange,
  hMailServer,
  // learn.microsoft.com, IIS 6.0 SMTP service. Exchange greets in similar words, but without a version.
  'SMTP service of Windows': {
    greets: /^(?:\S+ )?Microsoft ESMTP MAIL Service, Version: /,
    settings: {
      'starttls-not-advertised':
        'import a certificate for its fully qualified domain name (Delivery > Advanced) into the store Personal of the computer, and restart the service. The tab Access of the virtual server in the IIS 6.0 Manager shows whether it found one.',
      certificate:
        'import it into the store Personal of the computer. Its names must include the fully qualified domain name of the virtual server (Delivery > Advanced in the IIS 6.0 Manager). Then restart the service.',
      'auth-not-advertised':
        'select "Basic authentication" in the IIS 6.0 Manager (Access > Authentication of the virtual server).',
      'relay-for-accounts':
        'select "Allow all computers which successfully authenticate to relay" in the IIS 6.0 Manager (Access > Relay of the virtual server).',
      'message-size': 'raise the limit on the tab Messages of the virtual server in the IIS 6.0 Manager.',
    },
  },
  // help.mdaemon.com, SSL & TLS
  MDaemon: {
    greets: /^\S+ ESMTP MDaemon\b/,
    settings: {
      'starttls-not-advertised':
        'select "Enable SSL, STARTTLS, and STLS" and a certificate in Security > Security Settings > SSL & TLS > MDaemon, and restart the servers there.',
      'plaintext-on-implicit-port':
        'enable the dedicated SSL ports in Security > Security Settings > SSL & TLS > MDaemon.',
      certificate:
        'select it in Security > Security Settings > SSL & TLS > MDaemon, from the store of Windows, and restart the servers there.',
    },
  },
  // mailenable.com/documentation/10.0/Enterprise/SMTP_props_-_Inbound.html
  MailEnable: {
    greets: /^(?:\S+ )?ESMTP MailEnable Service, Version: /,
    offers: /^\S+ \[[^\]]+\], this server offers \d+ extensions?$/,
    settings: {
      'starttls-not-advertised':
        'select a certificate on the tab SSL in the properties of localhost (Servers), and restart the SMTP service.',
      'plaintext-on-implicit-port':
        'select "Requires SSL" for this port on the tab Inbound in the properties of the SMTP connector.',
      'plaintext-auth-advertised':
        'select "Only allow secure authentication" for this port on the tab Inbound in the properties of the SMTP connector.',
      certificate:
        'select it on the tab SSL in the properties of localhost (Servers): all services use the same one. Then restart them.',
      'auth-not-advertised':
        'change "Never allow authentication" for this port on the tab Inbound in the properties of the SMTP connector.',
      'server-busy':
        'raise "Maximum number of concurrent connections" on the tab Inbound in the properties of the SMTP connector.',
      'auth-on-mx':
        'select "Never allow authentication" for this port on the tab Inbound in the properties of the SMTP connector.',
    },
  },
  IMail: { greets: /^\S+ \(IMail [^)]+\) NT-ESMTP Server\b|^X1 NT-ESMTP Server \S+ \(IMail /, settings: {} },
} satisfies Readonly<Record<string, Software>>;
