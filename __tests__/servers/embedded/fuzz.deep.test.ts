import { jest } from '@jest/globals';
import fc from 'fast-check';
import { createPki, type Identity, type Pki } from '../../../src/servers/pki.js';
import { SUPPORTED } from '../../../src/sasl/mechanisms.js';
import { Secret } from '../../../src/secrets/secret.js';
import { TrustStore } from '../../../src/tls/trust.js';
import { beneath, close, raw, silence, wait, type Act, type Dialogue, type Sasl } from '../../support/dialogue.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedImap, type ImapReply } from '../../support/scripted-imap.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { HOST } from '../../support/certificate-fixtures.js';
import { waiting } from '../../support/time.js';

/**
 * What `any-bytes` leaves out: random bytes instead of TLS records, before, in and after the handshake; SASL challenges;
 * and the replies of an inbox. The gate always ends within its time limit and without an internal error.
 */

/** Long enough for the session before the server misbehaves, even on a busy machine. */
const TIMEOUT_MS = 2000;
/** The session may wait four times as long as a single wait, and the inbox as long again. */
const BUDGET_MS = 8 * TIMEOUT_MS + 1500;
const BATCH = 32;
const RUNS = { numRuns: 8, interruptAfterTimeLimit: 60_000 };

jest.setTimeout(120_000);

let pki: Pki;
let identity: Identity;
let tls: { readonly key: string; readonly cert: string };
const trust = new TrustStore();
beforeAll(async () => {
  pki = await createPki('Fuzz');
  identity = await pki.issue({ names: [HOST], addresses: ['127.0.0.1'] });
  tls = { key: identity.key, cert: identity.chain };
});

const batchOf = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(one, { minLength: BATCH / 2, maxLength: BATCH, size: 'max' });

/** Tests a server once. @returns the five letters, after checks of the time and for internal errors */
async function verdictOn(
  dialogue: Dialogue,
  endpoint: Omit<Parameters<typeof testEndpoint>[1] & object, 'tls' | 'timeoutMs'> = {},
): Promise<string> {
  await using server = await startScriptedServer(dialogue);
  const policy = { ca: [pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const waited = waiting();
  const { report } = await gate(
    testEndpoint(server.port, { auth: AUTH, delivery: DELIVERY, timeoutMs: TIMEOUT_MS, tls: policy, ...endpoint }),
    { trust },
  );
  expect(waited()).toBeLessThan(BUDGET_MS);
  expect(codes(report.steps)).not.toContain('internal-error');
  return letters(report.steps);
}

/** TLS records of any type, with a correct or wrong length, whose content resembles handshake messages. */
const records: fc.Arbitrary<Buffer> = fc
  .array(
    fc
      .tuple(
        fc.constantFrom(20, 21, 22, 22, 22, 23),
        fc.constantFrom(0, 1, 2, 3, 4),
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets)),
          fc
            .tuple(fc.constantFrom(0, 2, 4, 8, 11, 12, 13, 14, 15, 20, 24), fc.uint8Array({ maxLength: 120 }))
            .map(([type, body]) => Buffer.from([type, 0, 0, body.length, ...body])),
        ),
        fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(65_535) }),
      )
      .map(([type, minor, content, wrong]) => {
        const length = wrong === 0 ? content.length : wrong;
        return Buffer.concat([Buffer.from([type, 3, minor, length >> 8, length & 255]), content]);
      }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) => Buffer.concat(all));

const ends: fc.Arbitrary<Act> = fc.constantFrom(silence, close);

test('random records instead of a handshake never lead to a session', async () => {
  await fc.assert(
    fc.asyncProperty(batchOf(fc.tuple(records, ends, fc.boolean())), async (batch) => {
      await Promise.all(
        batch.map(async ([octets, end, implicit]) => {
          const acts = [wait(30), raw(octets), end];
          const steps = implicit
            ? await verdictOn({ greeting: acts }, { transport: 'implicit' })
            : await verdictOn({ tls, replies: { STARTTLS: ['220 Ready', ...acts] } });
          expect(['aafbb', 'pfbbb', 'ppfbb']).toContain(steps);
        }),
      );
    }),
    RUNS,
  );
});

test('random records below a session end it without any content', async () => {
  const at = fc.constantFrom('EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'MESSAGE', 'QUIT');
  await fc.assert(
    fc.asyncProperty(batchOf(fc.tuple(at, records, ends)), async (batch) => {
      await Promise.all(
        batch.map(async ([verb, octets, end]) => {
          const isOver = verb === 'QUIT';
          const server = { tls, replies: { [`tls:${verb}`]: [beneath(raw(octets)), end] } };
          const steps = await verdictOn(server);
          if (isOver) expect(steps).toBe('ppppp');
          else expect(steps).toMatch(/^ppp(fb|pf)$/);
        }),
      );
    }),
    RUNS,
  );
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const challenge: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', '=', '====', 'r', base64('r=,s=,i='), base64('{}'), base64('e=no'), base64('v=AAAA')),
  fc.string({ maxLength: 40 }).map(base64),
  fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[\r\n]/g, ' ')),
);

test('random challenges never authenticate a server that must prove that it knows the password', async () => {
  const one = fc.tuple(
    fc.constantFrom(...SUPPORTED),
    fc.array(challenge, { maxLength: 5 }),
    fc.constantFrom('235', '535', '454'),
  );
  await fc.assert(
    fc.asyncProperty(batchOf(one), async (batch) => {
      await Promise.all(
        batch.map(async ([mechanism, challenges, code]) => {
          const sasl: Sasl = function* () {
            for (const each of challenges) yield each;
            return `${code} 2.7.0 ok`;
          };
          const kind = mechanism.includes('OAUTH') ? 'access-token' : 'password';
          const auth = { username: 'user', secret: new Secret('correct horse'), kind, expect: 'accepted' } as const;
          const steps = await verdictOn(
            { tls, offersInTls: [`AUTH ${mechanism}`], sasl: { [mechanism]: sasl } },
            { auth },
          );
          expect(steps).toMatch(/^ppp([fi]b|pp)$/);
          if (code !== '235' || mechanism.startsWith('SCRAM')) expect(steps).not.toBe('ppppp');
        }),
      );
    }),
    RUNS,
  );
});

/** Lines that are IMAP or resemble it; `$` stands for the tag. */
const imapLine: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '$ OK',
    '$ NO',
    '$ BAD',
    '* BYE',
    '* OK',
    '+ ',
    '* 1 EXISTS',
    '* 1 FETCH (UID 1 BODY[] {5}',
    '* SEARCH 1',
  ),
  fc.constantFrom(
    '* LIST () "/" INBOX',
    '* LIST () NIL {3}',
    '* CAPABILITY IMAP4rev1',
    '* 4294967296 EXISTS',
    '* ESEARCH',
  ),
  fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[\r\n]/g, ' ')),
  fc
    .array(fc.constantFrom('(', ')', '"', '{', '}', '9', '\\', 'NIL', ' ', '[', ']', '*'), { maxLength: 30 })
    .map((all) => `* ${all.join('')}`),
);
const imapReply: fc.Arbitrary<ImapReply> = fc.oneof(
  { weight: 6, arbitrary: fc.array(imapLine, { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom('silence' as const, 'close' as const) },
);

test('random replies of an inbox never count as an arrived message', async () => {
  const commands = ['LOGIN', 'CAPABILITY', 'NAMESPACE', 'LIST', 'SELECT', 'IDLE', 'UID SEARCH', 'UID FETCH', 'NOOP'];
  const script = fc.record({
    greeting: fc.option(imapReply, { nil: undefined }),
    replies: fc.dictionary(fc.constantFrom(...commands), imapReply, { maxKeys: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(batchOf(script), async (batch) => {
      await Promise.all(
        batch.map(async ({ greeting, replies }) => {
          await using imap = await startScriptedImap({ identity, replies, ...(greeting && { greeting }) });
          const inbox = {
            scheme: 'imaps',
            host: '127.0.0.1',
            port: imap.port,
            mailbox: 'INBOX',
            username: 'inbox',
            password: AUTH.secret,
          } as const;
          const delivery = { ...DELIVERY, withinMs: 300, inbox };
          expect(await verdictOn({ tls }, { delivery })).toBe('ppppf');
        }),
      );
    }),
    RUNS,
  );
});
