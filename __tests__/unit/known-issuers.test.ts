import { CATALOG } from '../../src/findings/catalog.js';
import { knownIssuerNamed } from '../../src/steps/certificate/known-issuers.js';
import { exactly } from '../../src/text/own.js';

/** The names of issuers are as Node shows them. */

test.each([
  ["C=US\nO=(STAGING) Let's Encrypt\nCN=(STAGING) Wannabe Watercress R11", "Let's Encrypt staging"],
  ['CN=Fake LE Intermediate X1', "Let's Encrypt staging"],
  ['CN=Pebble Intermediate CA 6ef1b2', 'Pebble'],
  ['C=US\nO=CloudFlare, Inc.\nOU=CloudFlare Origin SSL Certificate Authority', 'Cloudflare Origin CA'],
])('mail clients do not trust the issuer %j, of %s', (issuer, name) => {
  const { cause, evidence } = knownIssuerNamed(`CN=mail.example.com\n${issuer}`) ?? {};
  expect([cause, exactly(evidence?.testCa ?? '')]).toEqual(['test-ca', name]);
  const { remedy } = CATALOG['certificate-untrusted'].causes['test-ca'];
  expect(remedy({ testCa: name })).toMatch(/^Get .+\. Do not add its root to `ca`/);
});

test.each([
  ['CN=TRAEFIK DEFAULT CERT', 'Traefik'],
  ['O=Acme Co\nCN=Kubernetes Ingress Controller Fake Certificate', 'ingress-nginx'],
  ['C=CH\nL=Schaffhausen\nO=Plesk\nCN=Plesk\nemailAddress=info@plesk.com', 'Plesk'],
  ['C=TW\nL=Taipei\nO=Synology Inc.\nCN=Synology Inc. CA', 'Synology DSM'],
  ['CN=synology', 'Synology DSM'],
  ['C=DE\nST=NRW\nL=Willich\nO=mailcow\nOU=mailcow\nCN=mail.example.com', 'mailcow'],
  ['O=CA\nOU=Zimbra Collaboration Server\nCN=mail.example.com', 'Zimbra'],
  ['O=Courier Mail Server\nOU=Automatically-generated ESMTP STARTTLS key\nCN=localhost', 'Courier'],
  ['C=UK\nO=Exim Developers\nCN=mail.example.com', 'Exim'],
  ['O=Dovecot mail server\nOU=mail\nCN=mail\nemailAddress=root@mail', 'Dovecot'],
  ['OU=IMAP server\nCN=imap.example.com\nemailAddress=postmaster@example.com', 'Dovecot'],
  ['emailAddress=ssl@srv.example.com\nCN=srv.example.com', 'cPanel'],
  ['C=US\nO=Hestia Control Panel\nOU=IT\nCN=srv.example.com', 'Hestia or Vesta'],
  ['O=Cisco Systems, Inc\nCN=Cisco Appliance Demo Certificate', 'Cisco Secure Email Gateway'],
  ['CN=rcgen self signed cert', 'Stalwart'],
  ['OU=Icegreen Technologies\nCN=GreenMail selfsigned Test Certificate', 'GreenMail'],
])('the issuer %j is that of the default certificate of %s', (issuer, name) => {
  const { cause, evidence } = knownIssuerNamed(issuer) ?? {};
  expect([cause, exactly(evidence?.software ?? '')]).toEqual(['default-certificate', name]);
  const { remedy } = CATALOG['certificate-self-signed'].causes['default-certificate'];
  expect(remedy({ software: name })).toMatch(new RegExp(`\\. ${name}: .{40,}\\.$`));
});

test.each(['', 'CN=mail.example.com', 'O=Staging Inc.\nCN=Staging CA', 'O=Plesk GmbH\nCN=Example CA', 'CN=R11'])(
  'the issuer %j is not known',
  (issuer) => {
    expect(knownIssuerNamed(issuer)).toBeUndefined();
  },
);
