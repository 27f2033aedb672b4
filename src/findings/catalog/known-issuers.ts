import { listOf } from '../../text/lists.js';
import type { Cause, Reproduction, Values } from './entry.js';
import { fields } from './evidence.js';

/** Evidence of the causes below. */
export const KNOWN_ISSUER = fields('inspector', 'testCa', 'software');

/** What to do about the certificates of CAs that no mail client trusts, as the text before a warning about `ca`. */
const TEST_CAS = {
  "Let's Encrypt staging":
    "Get the certificate again from the production environment of Let's Encrypt, and reload the server. certbot: `certbot certonly --force-renewal --server https://acme-v02.api.letsencrypt.org/directory -d NAME`, without `--staging` and `--test-cert`. acme.sh: `acme.sh --issue --force --server letsencrypt -d NAME`, without `--staging`. Traefik: remove `caServer`, and the certificate from `acme.json`. Caddy: remove `acme_ca`.",
  Pebble:
    'Get the certificate from a real CA, and reload the server: Pebble is a test server for ACME clients, and has a new root after every start.',
  'Cloudflare Origin CA':
    "Get a certificate from a public CA, and reload the server: only Cloudflare's proxy trusts the Origin CA, and mail clients do not connect through that proxy.",
} as const;

/** Such as `Pebble`: the issuers of certificates that are not for mail clients. */
export type TestCa = keyof typeof TEST_CAS;

const PASS_THROUGH = 'or forward the port to the mail server without terminating TLS';

/** What to configure instead of a certificate that software generates by itself, in the terms of its documentation. */
const DEFAULT_CERTIFICATES = {
  Traefik: `configure a certificate for this name (\`certResolver\` of the TCP router, or \`defaultCertificate\` of the default store in \`tls.stores\`), and check its \`HostSNI\` rule; ${PASS_THROUGH} (\`tls.passthrough\`). Do not pin this certificate: Traefik generates a new one at every start.`,
  'ingress-nginx': `the port leads to the HTTPS port of the ingress controller. Forward it to the mail server (\`--tcp-services-configmap\`), or give the mail server a Service of its own. Do not pin this certificate: the controller generates a new one at every start.`,
  Plesk:
    'in Tools & Settings, "SSL/TLS Certificates", get a certificate from a public CA, and select it for "Certificate for securing mail".',
  'Synology DSM':
    'in Control Panel, Security, Certificate, add a certificate from a public CA, and assign it to the mail service under Settings.',
  mailcow:
    'acme-mailcow gets a certificate for `MAILCOW_HOSTNAME` unless `SKIP_LETS_ENCRYPT=y` is set in `mailcow.conf`. Its log shows why it did not (`docker compose logs acme-mailcow`).',
  Zimbra: 'install a certificate from a public CA with `zmcertmgr deploycrt comm`, and run `zmcontrol restart`.',
  Exim: 'set `tls_certificate` to the full chain of a certificate from a public CA, and `tls_privatekey` to its key: without them, Exim generates a certificate of its own, which is valid for a few hours. Do not pin it.',
  Dovecot:
    'set `ssl_server_cert_file` and `ssl_server_key_file` (2.3: `ssl_cert` and `ssl_key`) to a certificate from a public CA and its private key. The present one was made by `mkcert.sh` when Dovecot was installed.',
  cPanel:
    'in WHM, "Manage Service Certificates", replace the self-signed certificate of the mail services, or run AutoSSL for the host name (`/usr/local/cpanel/bin/checkallsslcerts`).',
  'Hestia or Vesta':
    'get a certificate from a public CA for the host name of the panel (Hestia: `v-add-letsencrypt-host`), which the mail server uses too.',
  'Cisco Secure Email Gateway':
    'add a certificate from a public CA under Network, Certificates, and select it for the listener under Network, Listeners.',
  Courier:
    'replace the file of `TLS_CERTFILE`, which `mkesmtpdcert`, `mkimapdcert` or `mkpop3dcert` made, with a certificate from a public CA and its private key.',
  Stalwart:
    'add a certificate from a public CA, or an ACME provider for the host name. Other programs that use the library rcgen have such a certificate, too.',
  GreenMail:
    'GreenMail is a mail server for tests. If it should have a different certificate, set `greenmail.tls.keystore.file`. If clients should reach a real server here, the port leads to the wrong one.',
} as const;

/** Software that generates a certificate with a name by which it can be recognized. */
export type DefaultCertificateOf = keyof typeof DEFAULT_CERTIFICATES;

function fixIn(table: Readonly<Record<string, string>>, name: string | undefined): string | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Its name, dates and purpose are as wrong as its issuer. */
const OTHER_PROBLEMS = ['certificate-hostname-mismatch', 'certificate-wrong-purpose', 'certificate-expired'] as const;

/** Causes by the names in the issuers of a chain that leads to no trusted CA. @param shows what OpenSSL reports */
export const knownIssuers = (shows: Reproduction['shows']) =>
  ({
    /** A firewall, proxy or virus scanner responds in place of the server. */
    'tls-inspection': {
      title: 'Certificate from a TLS inspection product',
      party: 'network',
      certainty: 'likely',
      remedy: ({ inspector = 'the product' }: Values) =>
        listOf(
          `Exempt this server and port from TLS inspection by ${inspector}, or run the gate in a network without it: the certificate was probably issued in transit.`,
          [
            'Do not add this CA to `ca`.',
            `If the server is your own, and a connection from a different network shows the same certificate, ${inspector} is in front of the server: install the server's certificate there.`,
          ],
        ),
      explains: OTHER_PROBLEMS,
      reproduce: { command: 'openssl', shows },
    },
    'test-ca': {
      title: 'Certificate of a CA that mail clients do not trust',
      party: 'server',
      certainty: 'likely',
      remedy: ({ testCa }: Values) =>
        `${fixIn(TEST_CAS, testCa) ?? 'Get a certificate from a CA that mail clients trust.'} Do not add its root to \`ca\`: the gate would pass, but mail clients would still reject the certificate.`,
      reproduce: { command: 'openssl', shows },
    },
    'default-certificate': {
      title: 'Default certificate of the software',
      party: 'server',
      certainty: 'likely',
      remedy: ({ software = 'the software' }: Values) => {
        const fix = fixIn(DEFAULT_CERTIFICATES, software);
        const how = fix === undefined ? '' : ` ${software}: ${fix}`;
        return `Replace the certificate that ${software} uses if no other one is configured.${how}`;
      },
      explains: OTHER_PROBLEMS,
      reproduce: { command: 'openssl', shows },
    },
  }) as const satisfies Readonly<Record<string, Cause>>;
