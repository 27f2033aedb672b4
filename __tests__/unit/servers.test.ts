import type { FindingCode } from '../../src/findings/catalogue.js';
import { recognise, remedyFor } from '../../src/findings/servers.js';

test.each<[string, string, FindingCode, RegExp]>([
  ['220 mail ESMTP Haraka/3.0.3 ready', 'Haraka', 'tls-version-too-old', /`minVersion=TLSv1\.2`/],
  ['220 mail ESMTP Haraka/3.0.3 ready', 'Haraka', 'certificate-chain-incomplete', /`config\/tls_cert\.pem`/],
  ['220 mail ESMTP Haraka/3.0.3 ready', 'Haraka', 'client-certificate-required', /`requireAuthorized`/],
  ['220 mail Stalwart ESMTP at your service', 'Stalwart', 'tls-version-too-old', /`tls\.disable-protocols`/],
  ['220 mail Stalwart ESMTP at your service', 'Stalwart', 'certificate-chain-incomplete', /full chain/],
  ['220 mail Stalwart ESMTP at your service', 'Stalwart', 'plaintext-on-implicit-port', /`tls\.implicit = true`/],
  ['220 x.outlook.office365.com ready', 'Microsoft 365', 'tls-version-too-old', /`Set-TransportConfig/],
  ['554 5.7.1 x.outlook.com blocked', 'Microsoft 365', 'greeting-rejected', /`Set-HostedConnectionFilterPolicy/],
  ['550 5.7.1 support.google.com', 'Google', 'greeting-rejected', /"SMTP relay service"/],
  ['220 SimpleEmailService', 'Amazon SES', 'certificate-hostname-mismatch', /email-smtp\.REGION\.amazonaws\.com/],
])('%s is %s, and the remedy of %s names its setting', (said, name, code, setting) => {
  const software = recognise([said]);
  expect(software).toBe(name);
  const remedy = remedyFor(code, 'Mend it.', software);
  expect(remedy).toMatch(new RegExp(`^Mend it\\. This is ${name}: `));
  expect(remedy).toMatch(setting);
  expect(remedyFor(code, 'Mend it.', undefined)).toBe('Mend it.');
});
