import { issue, type CertificateOptions } from '../../../src/servers/pki.js';
import { HOST, type CertificateFixtures } from '../certificate-fixtures.js';
import type { Dialogue } from '../dialogue.js';
import { CONFIGURATION, LIKELY, serves, SERVER, type Mistake } from './mistake.js';

const names = [HOST];
const MISMATCH = 'certificate-hostname-mismatch';

/** Certificates that do not match the name of the endpoint. */
export async function namesThatDoNotMatch({ pki }: CertificateFixtures): Promise<readonly Mistake[]> {
  const under = async (options: CertificateOptions): Promise<Dialogue> => serves(await pki.issue(options));
  const wildcard = await under({ names: ['*.example.test'] });
  const unnamed = { ...wildcard, greeting: '220 ESMTP' };
  const named = await under({ names });
  return [
    {
      ...{ name: 'a certificate with a common name only', server: await under({ commonName: HOST }) },
      ...{ code: MISMATCH, title: 'Certificate has no usable name', ...SERVER },
      message:
        /no subject alternative names, so it does not match mail\.example\.test\. Clients ignore its common name\./,
      fix: /-addext "subjectAltName=DNS:mail\.example\.test".*`-copy_extensions copyall`.*accepts a common name instead/s,
      notTheFix: /clients connect to/,
    },
    {
      ...{
        name: 'a wildcard for a name two levels below',
        server: unnamed,
        endpoint: { servername: 'a.b.example.test' },
      },
      ...{ code: MISMATCH, title: 'Wildcard does not cover the host name', ...SERVER },
      message:
        /\*\.example\.test matches exactly one label in place of the asterisk, so it does not match a\.b\.example\.test/,
      fix: /includes a\.b\.example\.test itself/,
    },
    {
      name: 'a wildcard for a name two levels below, if the server greets with another name',
      ...{ server: { ...wildcard, name: 'srv14.example.test' }, endpoint: { servername: 'mail.me.example.test' } },
      ...{ code: MISMATCH, title: 'Certificate is for another name of the server', ...CONFIGURATION },
      message: /matches exactly one label.* It matches the name in the server's greeting, srv14\.example\.test\.$/,
      fix: /^If the operator of the server documents srv14\.example\.test as its name, use it as `host`/,
      notTheFix: /^Get a certificate/,
    },
    {
      name: 'a wildcard of an unknown CA for a name two levels below, if the server greets with another name',
      server: { ...serves(await issue({ names: ['*.example.test'] })), name: 'srv14.example.test' },
      endpoint: { servername: 'mail.me.example.test' },
      ...{ code: MISMATCH, title: 'Wildcard does not cover the host name', ...SERVER },
      message: /so it does not match mail\.me\.example\.test\.$/,
      ...{ fix: /./, notTheFix: /srv14/ },
    },
    {
      ...{ name: 'a wildcard for the domain itself', server: unnamed, endpoint: { servername: 'example.test' } },
      ...{ code: MISMATCH, title: 'Wildcard does not cover the host name', ...SERVER },
      ...{ message: /matches exactly one label/, fix: /includes example\.test itself/ },
    },
    {
      ...{ name: 'a wildcard for a part of a label', server: await under({ names: ['m*.example.test'] }) },
      ...{ code: MISMATCH, title: 'Wildcard is not a whole label', ...SERVER },
      ...{ message: /the asterisk in m\*\.example\.test is not the whole/, fix: /includes mail\.example\.test itself/ },
    },
    {
      name: 'an IP address as a DNS name',
      ...{ server: await under({ names: ['127.0.0.1'] }), endpoint: { servername: '127.0.0.1' } },
      ...{ code: MISMATCH, title: 'IP address in the certificate is a DNS name', ...SERVER },
      ...{ message: /has 127\.0\.0\.1 as a DNS name/, fix: /-addext "subjectAltName=IP:127\.0\.0\.1"/ },
    },
    {
      ...{ name: 'an endpoint that is an IP address', server: named, endpoint: { servername: '127.0.0.1' } },
      ...{ code: MISMATCH, title: 'Endpoint is an IP address, and the certificate has only names', ...CONFIGURATION },
      message:
        /^The endpoint is the IP address 127\.0\.0\.1, and the certificate is for mail\.example\.test\. It matches the name in the server's greeting/,
      fix: /^Use the name of the server as `host` .*`- \{ host: 127\.0\.0\.1, servername: mail\.example\.test \}`/s,
      notTheFix: /^Get a certificate/,
    },
    {
      ...{ name: 'an endpoint that is configured as localhost', server: named, endpoint: { servername: 'localhost' } },
      ...{ code: MISMATCH, title: 'servername is not the name in the certificate', ...CONFIGURATION },
      ...{ message: /is for mail\.example\.test, not for/, fix: /^Set `servername`.*includes mail\.example\.test/ },
      notTheFix: /^Get a certificate/,
    },
    {
      ...{ name: 'the certificate of the installation', server: await under({ names: ['localhost', 'ubuntu'] }) },
      ...{ code: MISMATCH, title: 'Default certificate of the server', ...LIKELY },
      ...{ message: /is for localhost, ubuntu, not for/, fix: /generated when the software was installed/ },
      notTheFix: /set `servername`/,
    },
    {
      ...{ name: 'the name of a provider', server: await under({ names: ['smtp.provider.example'] }) },
      ...{ code: MISMATCH, title: 'Certificate is for another domain', ...CONFIGURATION },
      ...{ message: /is for smtp\.provider\.example, not for/, fix: /If a provider operates the server.*as `host`/ },
    },
    {
      name: 'the name of a provider, which is in its greeting',
      server: { ...(await under({ names: ['*.provider.example'] })), name: 'smtp.provider.example' },
      ...{ code: MISMATCH, title: 'Certificate is for another name of the server', ...CONFIGURATION },
      message: /is for \*\.provider\.example, .* the name in the server's greeting, smtp\.provider\.example\.$/,
      ...{
        fix: /^If the operator of the server documents smtp\.provider\.example as its name/,
        notTheFix: /If the server is yours/,
      },
    },
    {
      ...{ name: 'another name in the domain', server: await under({ names: ['imap.example.test'] }) },
      ...{ code: MISMATCH, title: 'Certificate does not match the host name', ...LIKELY },
      ...{
        message: /is for imap\.example\.test, not for/,
        fix: /^Get a certificate that includes .*includes imap\.example\.test.\n- Set `servername` only if mail clients connect /,
      },
    },
    {
      ...{ name: 'a name with a NUL byte', server: await under({ names: [`${HOST}\0.evil.test`] }) },
      ...{ code: MISMATCH, title: 'Forged name in the certificate', ...LIKELY },
      ...{
        message: /has the name mail\.example\.test\\x00\.evil\.test.*impersonate/,
        fix: /^Treat this as a security incident/,
      },
      notTheFix: /Get a certificate|set `servername`/,
    },
  ];
}
