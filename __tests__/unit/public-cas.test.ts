import { isOfPublicCa } from '../../src/findings/public-cas.js';

test.each([
  ['http://yr.i.lencr.org/', true],
  ['http://CACERTS.DigiCert.com/x.crt', true],
  ['http://pki.goog/gsr1/gsr1.crt', true],
  ['http://i.lencr.org.example.com/', false],
  ['http://notlencr.org/', false],
  ['ldap:///CN=Example CA', false],
  ['', false],
  [undefined, false],
])('the location of an issuer is that of a public CA: %s (%s)', (url, isPublic) => {
  expect(isOfPublicCa(url)).toBe(isPublic);
});
