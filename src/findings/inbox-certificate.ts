import { isIP } from 'node:net';
import { CERTIFICATE } from './catalog/certificate.js';
import { alternativeName, howToInclude } from './catalog/certificate-name.js';
import type { CatalogEntry, Cause, Values } from './catalog/entry.js';

/** What a certificate finding is called as the cause of a finding about an inbox. */
export function inboxCause(code: string, cause: string | undefined): string {
  return cause === undefined ? code : `${code}:${cause}`;
}

const OF_INBOX = ' This is about the inbox server.';

/** The host in the URL is the expected name. */
function correctName({ expected = '', names = '' }: Values): string {
  if (isIP(expected) !== 0) {
    return `Use the name of the server as the host in \`delivery.inbox\`: its certificate is for ${names}. If that name does not resolve to this server, add it to the DNS or to the hosts file of the machine that runs the gate.`;
  }
  return `If the server has a name that is in its certificate (${names}), use that as the host in \`delivery.inbox\`. Otherwise, get a certificate that includes ${expected}.`;
}

/** Where the usual fix is a pin or `servername`, or the usual example is an SMTP server. */
const OWN: Readonly<Record<string, Partial<Pick<Cause, 'title' | 'remedy' | 'examples'>>>> = {
  'certificate-expired': { examples: 'Dovecot: `systemctl reload dovecot`.' },
  'certificate-self-signed': {
    remedy:
      'Use a certificate from a public CA. For a private server, issue one from a private CA and add the root of that CA to `ca`, which applies to the inbox, too. Or, unless the certificate is a CA certificate, add the certificate itself to `ca`.',
  },
  'certificate-wrong-purpose:self-signed-ca': {
    remedy: ({ expected = '' }) =>
      `Create the certificate again with the same key, but not as a CA: \`openssl req -x509 -new -key server.key -days 365 -subj "/CN=${expected}" -addext basicConstraints=critical,CA:FALSE -addext "subjectAltName=${alternativeName(expected)}" -out server.crt\`, install it, and use it in \`ca\`.`,
  },
  'certificate-hostname-mismatch': { remedy: correctName },
  'certificate-hostname-mismatch:local-address': {
    title: 'Certificate does not match the host name',
    remedy: correctName,
  },
  'certificate-hostname-mismatch:address': {
    title: 'Certificate does not match the host name',
    remedy: correctName,
  },
  'certificate-hostname-mismatch:other-domain': { remedy: correctName },
  'certificate-hostname-mismatch:wildcard': { remedy: correctName },
  'certificate-hostname-mismatch:address-as-name': { remedy: correctName },
  'certificate-hostname-mismatch:no-names': {
    remedy: (evidence) =>
      `Get a certificate with the subject alternative name ${evidence.expected ?? ''}. A public CA adds it to every certificate. ${howToInclude(evidence)} A different name in \`delivery.inbox\` does not help.`,
  },
};

/**
 * The cause of a certificate finding, for the certificate of an inbox: pins and `servername` are of the SMTP server, and so
 * is the software whose settings are known.
 * @param name from {@link inboxCause}
 */
export function certificateCauseOfInbox(name: string): Cause | undefined {
  const [code = '', of = ''] = name.split(':');
  const entry = (CERTIFICATE as Readonly<Record<string, CatalogEntry>>)[code];
  if (!entry) return undefined;
  const {
    title = entry.title,
    party,
    certainty,
    remedy,
    examples: ofServer,
    reproduce,
    reference,
  } = entry.causes?.[of] ?? entry.usual;
  const own = OWN[name];
  const text = own?.remedy ?? remedy;
  const examples = own?.examples ?? ofServer;
  const standard = reference ?? entry.reference;
  return {
    title: `Inbox: ${own?.title ?? title}`,
    party: party === 'server' ? 'inbox' : party,
    certainty,
    remedy: (evidence) => {
      const { needs } = evidence;
      if (needs !== undefined) return `Replace the certificate of the inbox with one that ${needs}.`;
      const fix = typeof text === 'string' ? text : text(evidence);
      return party === 'server' ? `${fix.replace(/\bon the server\b/g, 'on the inbox server')}${OF_INBOX}` : fix;
    },
    ...(examples !== undefined && { examples }),
    ...(reproduce?.command === 'openssl' && { reproduce: { ...reproduce, command: 'inbox-tls' } }),
    ...(standard !== undefined && { reference: standard }),
  };
}
