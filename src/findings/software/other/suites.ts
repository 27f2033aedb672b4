import type { Software } from '../topic.js';

/*
 * Mail servers with mailboxes, most of which are configured in an administration interface. Each comment names the documentation
 * of the settings. Without settings, it is only known that those of other products do not apply.
 */
export const SUITES = {
  // manuals.gfi.com/en/kerio/connect
  'Kerio Connect': {
    greets: /^\S+ Kerio (?:Connect|MailServer) \d/,
    settings: {
      certificate:
        'import it in Configuration > SSL Certificates. If an old one for the same name has expired, delete it, or restart the server.',
      'relay-for-accounts':
        'select "Users authenticated through SMTP for outgoing mail" in Configuration > SMTP Server > Relay Control.',
    },
  },
  // www.axigen.com/documentation/securing-smtp-services-p47120604
  Axigen: {
    greets: /^(?:\S+ )?Axigen ESMTP ready$/i,
    offers: /^\S+ Axigen ESMTP hello\b/i,
    settings: {
      'starttls-not-advertised':
        'select "Allow StartTLS" in Security & Filtering > Acceptance & Routing of WebAdmin, and set the certificate in the SSL settings of the listener for SMTP Receiving.',
      certificate: 'set it in the SSL settings of the listener for SMTP Receiving in WebAdmin.',
    },
  },
  // help.hcl-software.com/domino, "Supporting inbound SMTP extensions", "Changing the inbound SMTP port settings"
  Domino: {
    greets: /^(?:\S+)? ?ESMTP Service \((?:HCL|IBM|Lotus) Domino\b/,
    settings: {
      'starttls-not-advertised':
        'enable the negotiated TLS (or SSL) extension in Router/SMTP > Advanced > Commands and Extensions of the Configuration Settings document, and restart the SMTP task. The server needs TLS credentials or a key ring file.',
      certificate:
        'import it as TLS credentials into the Certificate Store (`certstore.nsf`), for the host name of the server. Before version 12, it belongs into the key ring file (`.kyr`) that the Server or Internet Site document names.',
      'auth-not-advertised':
        'set "Name & password" to Yes for the TLS port of SMTP Inbound, in Ports > Internet Ports > Mail of the Server document. With Internet Site documents, it is in the SMTP Inbound Site document.',
      'known-recipients':
        'the Domino Directory must contain the address, in a Person, Group or Mail-In Database document.',
      'relay-for-accounts':
        'allow authenticated users to relay in Router/SMTP > Restrictions and Controls > SMTP Inbound Controls of the Configuration Settings document ("Exceptions for authenticated users").',
      'message-size':
        'raise "Maximum message size" in Router/SMTP > Restrictions and Controls > Restrictions of the Configuration Settings document.',
    },
  },
  IceWarp: { greets: /^\S+ E?SMTP (?:IceWarp|Merak) \d/i, settings: {} },
  'CommuniGate Pro': { greets: /^\S+ ESMTP CommuniGate Pro\b/, settings: {} },
  GroupWise: { greets: /^\S+ GroupWise Internet Agent \d/, settings: {} },
  SurgeMail: { greets: /^(?:\S+)? ?SurgeSMTP \(Version /, settings: {} },
  'Oracle Messaging Server': {
    greets: /^\S+ -- Server ESMTP \((?:Oracle|Sun|iPlanet)\b/,
    settings: {},
  },
  // docs.mailcow.email. It is Postfix, but its settings are elsewhere.
  mailcow: {
    greets: /^\S+ ESMTP Postcow\b/,
    settings: {
      certificate:
        'list the name in `ADDITIONAL_SAN` in `mailcow.conf`, and restart the acme container. With `SKIP_LETS_ENCRYPT=y`, replace `cert.pem` and `key.pem` in `data/assets/ssl`, and restart the containers for mail.',
      'message-size': 'set `message_size_limit` in `data/conf/postfix/extra.cf`, and restart its container.',
    },
  },
} satisfies Readonly<Record<string, Software>>;
