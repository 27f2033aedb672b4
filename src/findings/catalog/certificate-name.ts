import { isIP } from 'node:net';
import { listOf } from '../../text/lists.js';
import { entriesOf, type CatalogEntry, type Cause, type Values } from './entry.js';
import { fields } from './evidence.js';

const { error } = entriesOf(['certificate'], fields('keyType'));

/** A subject alternative name as `openssl` expects it. */
export function alternativeName(name = ''): string {
  return isIP(name) === 0 ? `DNS:${name}` : `IP:${name}`;
}

const includesName = ({ expected = '' }: Values): string => `includes ${expected}`;

/** For a certificate that no public CA issues. */
export function howToInclude({ expected }: Values, name = alternativeName(expected)): string {
  return `If you issue the certificate yourself, add the name with \`-addext "subjectAltName=${name}"\` (\`openssl req\`); a CA with \`openssl x509 -req\` also needs \`-copy_extensions copyall\`, or the name in its \`-extfile\`.`;
}

const MISMATCH = 'hostname mismatch';

/** The names are wrong for this server, and a new certificate is the fix. */
const NEW_CERTIFICATE = {
  party: 'server',
  certainty: 'likely',
  setting: 'certificate',
  newCertificate: includesName,
} as const satisfies Partial<Cause>;

const LIST_OF_NAMES = 'certificate-names';

/** The first name with an asterisk that is not a whole label. */
function partialWildcard({ names = '' }: Values): string {
  return names.split(', ').find((name) => /[^.]\*|\*[^.]/.test(name)) ?? '';
}

/** The server has a certificate for each name, and the default one is valid. */
export const ONLY_WITH_SNI = {
  title: 'Wrong certificate only for this server name (SNI)',
  party: 'server',
  certainty: 'certain',
  remedy:
    'Replace the certificate that the server has for this name: the one that it sends without a server name (SNI) is valid. Usually the default certificate was renewed or replaced, and those for single names were not. Then reload the server.',
  setting: 'sni-certificate',
  explains: ['certificate-hostname-mismatch'],
} as const satisfies Cause;

/** Findings of step 3 about the name in the certificate. */
export const CERTIFICATE_NAME = {
  'certificate-hostname-mismatch': error(
    'Certificate does not match the host name',
    'None of the subject alternative names matches the expected name. The common name is never used, a wildcard matches exactly one leftmost label, and an IP address matches only an IP address entry.',
    {
      ...NEW_CERTIFICATE,
      remedy: ({ expected = '', names = '', greetingName }: Values) =>
        listOf(`Get a certificate that includes ${expected}, and install it: this one includes ${names}.`, [
          `Set \`servername\` only if mail clients connect to this server as ${greetingName ?? 'one of the names in the certificate'}: otherwise the gate passes, and clients still fail.`,
        ]),
      reproduce: {
        command: 'openssl',
        shows: ({ expected = '' }: Values) => (isIP(expected) === 0 ? MISMATCH : 'IP address mismatch'),
      },
    },
    {
      about: 'servername',
      evidence: {
        ...fields('expected', 'names', 'subject', 'withoutSni'),
        greetingName: 'the name in the greeting, if the certificate matches that',
        host: 'the configured host, if the certificate is valid for that and not for `servername`',
      },
      reference: 'RFC 9525 section 6',
      resultType: 'certificate-host-mismatch',
      causes: {
        'only-with-sni': { ...ONLY_WITH_SNI, reproduce: { command: 'openssl', shows: MISMATCH } },
        'no-names': {
          ...NEW_CERTIFICATE,
          title: 'Certificate has no usable name',
          certainty: 'certain',
          newCertificate: ({ expected = '' }: Values) => `has ${expected} as a subject alternative name`,
          remedy: (evidence: Values) =>
            listOf(
              `Get a certificate with the subject alternative name ${evidence.expected ?? ''}. A public CA adds it to every certificate.`,
              [
                howToInclude(evidence),
                'A different `servername` does not help.',
                "OpenSSL's own check (`-verify_hostname`) accepts a common name instead, so it may not report this; other clients do.",
              ],
            ),
          // If there are names of other types, the list is not empty.
          reproduce: {
            command: LIST_OF_NAMES,
            shows: ({ names }: Values) => (names === 'none' ? 'No extensions' : ''),
          },
        },
        'forged-name': {
          title: 'Forged name in the certificate',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Treat this as a security incident. Do not trust this certificate, and do not pin or waive it: software that stops reading at a NUL byte takes the beginning for the whole name (CVE-2009-2408).',
            [
              'Find out who responds at this address, also from another network, and why the server has this certificate.',
              'If a CA issued it, report it to the CA, which must revoke it.',
            ],
          ),
          reproduce: { command: 'openssl', shows: MISMATCH },
        },
        'address-as-name': {
          ...NEW_CERTIFICATE,
          title: 'IP address in the certificate is a DNS name',
          certainty: 'certain',
          newCertificate: ({ expected = '' }: Values) => `has ${expected} as an IP address`,
          remedy: (evidence: Values) =>
            listOf('Set `servername` to a DNS name of the server, and get a certificate that includes that name.', [
              `Get a certificate with an IP address entry only if clients connect by IP address. ${howToInclude(evidence, `IP:${evidence.expected ?? ''}`)}`,
            ]),
          reproduce: { command: 'openssl', shows: 'IP address mismatch' },
        },
        address: {
          title: 'Endpoint is an IP address, and the certificate has only names',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ expected = '', names = '', greetingName }: Values) => {
            const name =
              greetingName ?? names.split(', ').find((one) => isIP(one) === 0 && !one.includes('*')) ?? 'NAME';
            const host = expected.includes(':') ? `"${expected}"` : expected;
            return listOf(
              `Use the name of the server as \`host\` instead of ${expected}: the certificate is for ${names}.`,
              [
                `Or keep the IP address and set \`servername\` to that name, in the mapping form of the endpoint: \`- { host: ${host}, servername: ${name} }\`, with the port of the endpoint.`,
                'The certificate needs the IP address only if clients connect to it.',
              ],
            );
          },
          reproduce: { command: 'openssl', shows: 'IP address mismatch' },
        },
        'local-address': {
          title: 'servername is not the name in the certificate',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ expected = '', names = '' }: Values) =>
            `Set \`servername\` of this endpoint to the name that clients connect to: the certificate includes ${names}. The gate still connects to \`host\`. The certificate needs ${expected} only if clients connect to it.`,
          reproduce: {
            command: 'openssl',
            shows: ({ expected = '' }: Values) => (isIP(expected) === 0 ? MISMATCH : 'IP address mismatch'),
          },
        },
        'servername-setting': {
          title: 'servername is not the name in the certificate',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ expected = '', host = '' }: Values) =>
            `Remove \`servername\` of this endpoint, which is set to ${expected}: the certificate is valid for ${host}, and without the setting the gate expects that name. Only if clients connect to ${expected}, keep the setting, and get a certificate that includes that name.`,
          reproduce: {
            command: 'openssl',
            shows: ({ expected = '' }: Values) => (isIP(expected) === 0 ? MISMATCH : 'IP address mismatch'),
          },
        },
        'name-in-greeting': {
          title: 'Certificate is for another name of the server',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ expected = '', greetingName = '' }: Values) =>
            listOf(
              `If the operator of the server documents ${greetingName} as its name, use it as \`host\`, in the gate and in mail clients.`,
              [
                `If clients should connect to ${expected}, get a certificate that includes that name.`,
                `If you do not know ${greetingName}, do not use it: anyone who intercepts the connection can greet with a name of their own and send a certificate for it.`,
              ],
            ),
          reproduce: { command: 'openssl', shows: MISMATCH },
        },
        wildcard: {
          ...NEW_CERTIFICATE,
          title: 'Wildcard does not cover the host name',
          certainty: 'certain',
          remedy: ({ expected = '' }: Values) =>
            `Get a certificate that includes ${expected} itself, in addition to the wildcard. Or use a name with exactly one label in place of the asterisk (as \`host\` or \`servername\`).`,
          reproduce: { command: 'openssl', shows: MISMATCH },
        },
        'partial-wildcard': {
          ...NEW_CERTIFICATE,
          title: 'Wildcard is not a whole label',
          certainty: 'certain',
          remedy: ({ expected = '' }: Values) =>
            `Get a certificate that includes ${expected} itself, or a wildcard for the whole leftmost label. Some clients accept a partial wildcard, but RFC 9525 section 6.3 does not allow it.`,
          reproduce: { command: LIST_OF_NAMES, shows: partialWildcard },
        },
        'default-certificate': {
          ...NEW_CERTIFICATE,
          title: 'Default certificate of the server',
          remedy: ({ expected = '' }: Values) =>
            `Configure the server to use a certificate that includes ${expected}. The names in this one are those of a machine, not of a mail server on the internet, so it was probably generated when the software was installed.`,
          reproduce: { command: 'openssl', shows: MISMATCH },
        },
        'other-domain': {
          title: 'Certificate is for another domain',
          party: 'configuration',
          certainty: 'likely',
          setting: 'certificate',
          remedy: ({ expected = '', names = '' }: Values) =>
            listOf(`Find out which name clients should use: the certificate includes ${names}.`, [
              `If a provider operates the server, ${expected} is probably an alias of the provider's host name: use that name as \`host\`, in the gate and in mail clients.`,
              `If the server is yours, it uses the certificate of another site: configure one that includes ${expected}, for this name (SNI) or as the default.`,
            ]),
          reproduce: { command: 'openssl', shows: MISMATCH },
        },
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
