import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { keyProblem } from '../../src/message/dkim-key.js';
import { signingKey } from '../support/dkim.js';
import { runs } from '../support/runs.js';

const { record } = signingKey();
const p = record.slice(record.indexOf('p='));
const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
const raw = ed25519.subarray(-32).toString('base64');

test.each<[string, string[][]]>([
  ['is missing', []],
  ['is in one string', [[record]]],
  ['is in two strings', [[record.slice(0, 255), record.slice(255)]]],
  ['has no version', [[`k=rsa; ${p}`]]],
  ['has only p=', [[p]]],
  ['has spaces in the key', [[record.slice(0, 80), ' ', record.slice(80)]]],
  ['is for Ed25519', [[`v=DKIM1; k=ed25519; p=${raw}`]]],
])('there is no problem with a key record that %s', (_, records) => {
  expect(keyProblem(records)).toBeUndefined();
});

test.each<[string, string[][], string, RegExp, string | undefined]>([
  [
    'has only the first 255 characters',
    [[record.slice(0, 255)]],
    'cut-off',
    /^the key in DNS is cut off after 255 characters$/,
    `${record.slice(231, 255)}"`,
  ],
  [
    'lacks its last string',
    [[record.slice(0, 100), record.slice(100, 300)]],
    'cut-off',
    /^the key in DNS is not complete$/,
    `${record.slice(276, 300)}"`,
  ],
  ['has an empty key', [['v=DKIM1; k=rsa; p=']], 'revoked', /^the key is revoked: p= is empty$/, 'p='],
  ['is one of two', [[record], ['v=spf1 -all']], 'several', /several TXT records$/, 'v=DKIM1'],
  ['has a different version', [[`v=DKIM2; ${p}`]], 'record', /does not have v=DKIM1$/, 'v=DKIM2'],
  ['has an unknown type', [[`v=DKIM1; k=rsa-sha256; ${p}`]], 'record', /key type in k=$/, 'k=rsa-sha256'],
  ['has the wrong type', [[`v=DKIM1; k=ed25519; ${p}`]], 'record', /not the type of the key$/, 'k=ed25519'],
  ['has no type for Ed25519', [[`v=DKIM1; p=${raw}`]], 'record', /not the type of the key$/, undefined],
  ['has no key', [['v=DKIM1; k=rsa']], 'record', /has no p=$/, 'v=DKIM1'],
  ['has backslashes', [[record.replaceAll(';', '\\;')]], 'record', /contains backslashes$/, 'v=DKIM1'],
  ['has quotation marks', [[`"${record}"`]], 'record', /contains quotation marks$/, undefined],
  ['has a PEM file', [['v=DKIM1; p=-----BEGIN PUBLIC KEY-----']], 'record', /is not base64$/, 'p=-----BEGIN'],
  ['has something else', [['v=DKIM1; p=AAAA']], 'record', /is not a public key$/, 'p=AAAA'],
])('a key record that %s', (_, records, kind, reason, part) => {
  expect(keyProblem(records)).toEqual({
    kind,
    reason: expect.stringMatching(reason) as string,
    ...(part !== undefined && { publishedKey: part }),
  });
});

test.each([
  ['30', 'cut-off'],
  ['3081', 'cut-off'],
  ['3082', 'cut-off'],
  ['308201', 'cut-off'],
  ['3082000030', 'record'],
  ['3083', 'record'],
  ['30ff', 'record'],
])('a key that consists of the bytes %s is a problem of the kind %s', (hex, kind) => {
  const record = `v=DKIM1; p=${Buffer.from(hex, 'hex').toString('base64')}`;
  expect(keyProblem([[record]])).toMatchObject({ kind });
});

test('a key of a few bytes is always a problem', () => {
  const short = fc.uint8Array({ maxLength: 8 });
  const sequence = fc
    .tuple(fc.constantFrom(0x30), fc.integer({ min: 0x7f, max: 0x85 }), fc.uint8Array({ maxLength: 6 }))
    .map(([tag, length, rest]) => Uint8Array.of(tag, length, ...rest));
  fc.assert(
    fc.property(fc.oneof(short, sequence), (bytes) => {
      const record = `v=DKIM1; p=${Buffer.from(bytes).toString('base64')}`;
      expect(keyProblem([[record]])).toBeDefined();
    }),
    { numRuns: runs(1000) },
  );
});
