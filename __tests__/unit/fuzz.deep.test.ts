import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { createPki, issue } from '../../src/servers/pki.js';
import { parseAuthenticationResults } from '../../src/message/authentication-results.js';
import { parseMessage } from '../../src/message/fields.js';
import { receivedHops } from '../../src/message/trace.js';
import { capabilitiesOf } from '../../src/smtp/capabilities.js';
import {
  MAX_LINE_BYTES,
  MAX_REPLY_LINES,
  MAX_REPLY_BYTES,
  MAX_SESSION_BYTES,
  ReplyParser,
  ReplySyntaxError,
  formatReply,
  type Reply,
} from '../../src/smtp/reply.js';
import { decodeBase64 } from '../../src/sasl/base64.js';
import { SaslFault } from '../../src/sasl/client.js';
import { SUPPORTED, beginExchange } from '../../src/sasl/mechanisms.js';
import { Secret } from '../../src/secrets/secret.js';
import { certificateFacts } from '../../src/tls/x509/certificate.js';
import { DerError } from '../../src/tls/x509/der.js';
import { asksForCertificate, keyExchange } from '../../src/tls/records.js';
import { anyText } from '../support/any-text.js';
import { computing } from '../support/time.js';

/** Any bytes, and valid ones with some changes: parsers throw only their documented errors. */

const RUNS = { numRuns: 2000 };

/** A text with some bytes inserted, removed or repeated. */
const mutated = (good: Buffer, edits = 4): fc.Arbitrary<Buffer> =>
  fc
    .array(
      fc.record({
        at: fc.nat(9999),
        take: fc.oneof(fc.nat(2), fc.nat(40)),
        put: fc.uint8Array({ maxLength: 4 }),
        times: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(2000) }),
      }),
      { minLength: 1, maxLength: edits },
    )
    .map((changes) =>
      changes.reduce<Buffer>((octets, { at, take, put, times }) => {
        const from = Math.floor((at * octets.length) / 10_000);
        const more = Array.from({ length: times }, () => put);
        return Buffer.concat([octets.subarray(0, from), ...more, octets.subarray(from + take)]);
      }, good),
    );

const anyOf = (...good: readonly string[]): fc.Arbitrary<Buffer> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)),
    fc.constantFrom(...good).chain((text) => mutated(Buffer.from(text, 'latin1'))),
  );

const DIALOGUE =
  '220 mail.example.test ESMTP\r\n250-mail.example.test\r\n250-SIZE 1000\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n' +
  '220 2.0.0 Ready\r\n334 VXNlcm5hbWU6\r\n535-5.7.8 no\r\n535 5.7.8 no\r\n354 Go\r\n250 2.0.0 Queued\r\n421 4.3.2 Bye\r\n';

describe('the reply parser', () => {
  interface Read {
    readonly replies: readonly Reply[];
    readonly problem?: string;
    readonly unread: Buffer;
  }

  /** @throws anything except a syntax error */
  function read(octets: Buffer, cuts: readonly number[]): Read {
    const parser = new ReplyParser();
    const replies: Reply[] = [];
    const places = [0, ...cuts.map((cut) => Math.min(cut, octets.length)).toSorted((a, b) => a - b), octets.length];
    try {
      for (const [at, end] of places.slice(1).entries()) {
        parser.push(octets.subarray(places[at], end));
        for (let reply = parser.take(); reply; reply = parser.take()) replies.push(reply);
      }
    } catch (error) {
      if (!(error instanceof ReplySyntaxError)) throw error;
      return { replies, problem: error.problem, unread: parser.unread };
    }
    return { replies, unread: parser.unread };
  }

  const cuts = fc.array(fc.nat(600), { maxLength: 6 });

  test('returns the same replies no matter how the bytes are split, loses nothing, and keeps its bounds', () => {
    fc.assert(
      fc.property(anyOf(DIALOGUE, DIALOGUE.repeat(9)), cuts, (octets, at) => {
        const { replies, problem, unread } = read(octets, at);
        const whole = read(octets, []);
        expect([problem, replies.map(formatReply)]).toEqual([whole.problem, whole.replies.map(formatReply)]);
        for (const { code, lines, raw } of replies) {
          expect(code).toBeGreaterThanOrEqual(200);
          expect(code).toBeLessThanOrEqual(599);
          expect(lines.length).toBeLessThanOrEqual(MAX_REPLY_LINES);
          for (const { exact } of raw) expect(exact.length).toBeLessThanOrEqual(MAX_LINE_BYTES);
        }
        if (problem !== undefined) return;
        expect(unread.length).toBeLessThanOrEqual(MAX_LINE_BYTES);
        const ended = octets.toString('latin1').split('\n').slice(0, -1);
        const last = ended.filter((line) => /^\d\d\d(?: |\r?$)/.test(line));
        expect(replies.map(({ code }) => String(code))).toEqual(last.map((line) => line.slice(0, 3)));
      }),
      RUNS,
    );
  });

  const problemIn = (text: string): string | undefined => read(Buffer.from(text), []).problem;

  test('reads a reply of the maximum size, and rejects a larger one', () => {
    const line = (mark: '-' | ' ', octets: number): string => `250${mark}${'b'.repeat(octets - 6)}\r\n`;
    const full = line('-', MAX_REPLY_BYTES / 8).repeat(7) + line(' ', MAX_REPLY_BYTES / 8);
    expect(full).toHaveLength(MAX_REPLY_BYTES);
    expect(problemIn(full)).toBeUndefined();
    expect(problemIn(full.replace('250-', '250-b'))).toBe(`a reply of more than ${MAX_REPLY_BYTES} bytes`);
  });

  test('reads a session of the maximum size, and rejects a larger one', () => {
    const one = `250 ${'b'.repeat(MAX_LINE_BYTES / 2 - 6)}\r\n`;
    const full = one.repeat(MAX_SESSION_BYTES / one.length);
    expect(full).toHaveLength(MAX_SESSION_BYTES);
    expect(problemIn(full)).toBeUndefined();
    expect(problemIn(`${full}250\r\n`)).toBe(`more than ${MAX_SESSION_BYTES} bytes in one session`);
  });

  test('the capabilities of any reply can be read', () => {
    fc.assert(
      fc.property(anyOf(DIALOGUE), (octets) => {
        for (const { lines, mechanisms = [], masked } of read(octets, []).replies.map(capabilitiesOf)) {
          expect([...mechanisms, ...masked.map(({ exact }) => exact)].every((word) => /\S/.test(word))).toBe(true);
          expect(lines.length).toBeLessThan(MAX_REPLY_LINES);
        }
      }),
      RUNS,
    );
  });
});

test('the records of any handshake can be read', () => {
  const hello = Buffer.from(
    '160303003a0200003603030000000000000000000000000000000000000000000000000000000000000000001301000' +
      '00e0033000200170002b00020304',
    'hex',
  );
  fc.assert(
    fc.property(fc.oneof(mutated(hello), mutated(Buffer.concat([hello, hello]), 9)), (octets) => {
      expect([undefined, 'string']).toContain(typeof keyExchange(octets)?.group === 'string' ? 'string' : undefined);
      expect(typeof asksForCertificate(octets)).toBe('boolean');
    }),
    RUNS,
  );
});

test('any certificate that OpenSSL accepts can be read, or is malformed', async () => {
  const pki = await createPki('Fuzz');
  const { certificate } = await issue({ names: ['a.example.test'], addresses: ['::1'], issuer: pki.intermediate });
  let taken = 0;
  fc.assert(
    fc.property(mutated(certificate.raw, 2), (der) => {
      let read: X509Certificate;
      try {
        read = new X509Certificate(der);
      } catch {
        return;
      }
      taken += 1;
      try {
        expect(certificateFacts(read).sha256).toMatch(/^[0-9a-f]{64}$/);
      } catch (error) {
        if (!(error instanceof DerError)) throw error;
      }
    }),
    RUNS,
  );
  expect(taken).toBeGreaterThan(100);
});

test('any header of a message can be read in linear time', () => {
  const header =
    'Received: from a.example (a.example [192.0.2.1]) (using TLSv1.3 with cipher X (256/256 bits)) by b with ESMTPS id 1 ' +
    'for <c@d>; Mon, 1 Jan 2026 00:00:00 +0000\r\nAuthentication-Results: b; spf=pass (ok) smtp.mailfrom=a; dkim=pass\r\n\r\nx';
  fc.assert(
    fc.property(anyOf(header), fc.constantFrom('(', ')', '"', '\\', ' ', ';', '[', 'a', '\r\n '), (octets, again) => {
      const text = octets.toString('latin1').replace('x', again.repeat(3000));
      const computed = computing();
      receivedHops(parseMessage(text));
      parseAuthenticationResults(text);
      expect(computed()).toBeLessThan(500);
    }),
    { numRuns: 500 },
  );
});

test.each(SUPPORTED)('the exchange with %s ends for any challenges', async (mechanism) => {
  const secret = new Secret('correct horse');
  const kind = mechanism === 'EXTERNAL' ? 'certificate' : mechanism.includes('OAUTH') ? 'access-token' : 'password';
  const who = { username: 'user', host: 'mail.example.test', port: 587 };
  const identity = kind === 'certificate' ? ({ ...who, kind } as const) : ({ ...who, kind, secret } as const);
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const challenge = fc.oneof(
    anyText({ maxLength: 60 }),
    fc.string({ maxLength: 60 }).map(encoded),
    anyOf('r=nonce,s=c2FsdA==,i=4096', 'v=c2lnbmF0dXJl', 'e=other-error', '{"status":"401"}').map((octets) =>
      octets.subarray(0, 3000).toString('base64'),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(challenge, { minLength: 4, maxLength: 4 }), async (challenges) => {
      const client = await beginExchange(mechanism, identity, {
        serverBinds: true,
        binding: { type: 'tls-exporter', data: Buffer.from('binding') },
        addDerivedSecret: () => undefined,
        postponeDeadline: (work) => work,
      });
      const faults: unknown[] = [];
      for (const each of challenges) {
        try {
          expect(typeof (await client.respond({ bytes: decodeBase64(each), text: each }))).toBe('string');
        } catch (error) {
          faults.push(error);
        }
      }
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.filter((fault) => !(fault instanceof SaslFault))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
