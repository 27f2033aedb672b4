import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { redactReport } from '../../src/secrets/redact-report.js';
import { reportSchema } from '../../src/report/schema.js';
import { Redactor } from '../../src/secrets/redactor.js';
import { visible } from '../../src/text/peer.js';
import { aFinding, anEndpoint, aReport } from '../support/reports.js';
import { runs } from '../support/runs.js';
import { computing } from '../support/time.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const everyOctet = (text: string, show: (octet: string) => string): string =>
  [...Buffer.from(text)].map((octet) => show(octet.toString(16).padStart(2, '0'))).join('');
const everyCharacter = (text: string, show: (code: number) => string): string =>
  Array.from(text, (character) => show(character.codePointAt(0) ?? 0)).join('');
const everyUnit = (text: string, show: (unit: string) => string): string =>
  text.replace(/[^]/g, (unit) => show(unit.charCodeAt(0).toString(16).padStart(4, '0')));

/** Character references of HTML (WHATWG HTML section 13.5). */
const NAMES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
  '\u00a0': 'nbsp',
};

/** Encodings of a text, from independent encoders if available. */
const ENCODERS: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  visible,
  url: encodeURIComponent,
  form: (text) => new URLSearchParams({ q: text }).toString().slice(2),
  json: (text) => JSON.stringify(text).slice(1, -1),
  'json, ASCII only': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  html: (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#x27;'),
  'html by names': (text) => text.replace(/[&<>"'\u00a0]/g, (character) => `&${NAMES[character] ?? ''};`),
  'html by numbers': (text) => text.replace(/[^A-Za-z0-9]/gu, (character) => `&#${character.codePointAt(0) ?? 0};`),
  'html by numbers, letters too': (text) => everyCharacter(text, (code) => `&#${code};`),
  'html by hexadecimal numbers': (text) => everyCharacter(text, (code) => `&#x000${code.toString(16).toUpperCase()};`),
  'url, letters too': (text) => everyOctet(text, (octet) => `%${octet}`),
  'json, letters too': (text) => everyUnit(text, (unit) => `\\u${unit}`),
  'octets for a log, letters too': (text) => text.replace(/[!-~]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16)}`),
  'code points for a log, letters too': (text) => everyCharacter(text, (code) => `\\u{${code.toString(16)}}`),
  'with characters of no width in it': (text) => everyCharacter(text, (code) => `${String.fromCodePoint(code)}\u200b`),
  'with control characters in it, visible': (text) =>
    visible(everyCharacter(text, (code) => `\0${String.fromCodePoint(code)}`)),
  hex: (text) => everyOctet(text, (octet) => octet),
  HEX: (text) => everyOctet(text, (octet) => octet.toUpperCase()),
  'UTF-8 read as ISO 8859-1': (text) => Buffer.from(text).toString('latin1'),
  'UTF-8 read as ISO 8859-1, visible': (text) => visible(Buffer.from(text).toString('latin1')),
  'with a backslash before punctuation': (text) => text.replace(/[!-/:-@[-`{-~]/g, '\\$&'),
};

const secrets = fc
  .string({ unit: 'grapheme', minLength: 4, maxLength: 40 })
  .filter((text) => text.trim().length >= 4 && !/[<>]/.test(text) && !'redacted'.includes(text));

describe('the redactor', () => {
  test('finds a secret that contains a truncation mark and changes with SASLprep', () => {
    const secret = "    \u{1d160} '\u32ff    ";
    const redactor = new Redactor([secret]);
    for (const form of [secret, secret.normalize('NFKC')])
      expect(redactor.redact(`a ${form} b`)).toBe('a <redacted> b');
  });

  test('finds a secret after SASLprep in every encoding, even byte by byte', () => {
    const secret = 'Gro\u0308\u00dfe-U\u0308bermut%41';
    const prepared = secret.normalize('NFKC');
    for (const form of Object.values(ENCODERS)) {
      for (const one of [secret, prepared])
        expect(new Redactor([secret]).redact(`a ${form(one)} b`)).toBe('a <redacted> b');
    }
  });

  test('finds a secret of several words, no matter where it is folded', () => {
    const secret = 'correct horse battery staple';
    const redactor = new Redactor([secret]);
    for (let at = 1; at < secret.length; at += 1) {
      const parts = [secret.slice(0, at), secret.slice(at)];
      for (const [one = '', two = ''] of [parts, parts.map((part) => part.trim())]) {
        for (const lines of [
          [`550-${one}`, `550 ${two} no`],
          [`535-5.7.8 ${one}  `, `535 5.7.8 ${two} no`],
        ]) {
          expect(redactor.redactLines(lines).join('\n')).not.toMatch(/correct|horse|orse|battery|staple|tapl/);
          expect(redactor.redact(lines.join(' / '))).not.toMatch(/correct|horse|orse|battery|staple|tapl/);
        }
      }
    }
  });

  test('finds a secret that is truncated at the end of a line before the last', () => {
    const redactor = new Redactor(['Xk29vQz7LmPw4Rtz']);
    expect(redactor.redact('535 got: Xk29vQz7LmPw4Rt / 535 sorry')).toBe('535 got: <redacted> / 535 sorry');
  });

  test.each(['Xk29vQz\r7LmPw4Rtz', 'Xk29vQz\\x0d7LmPw4Rtz', '\rXk29vQz7LmPw4Rtz'])(
    'finds a secret with a bare CR in it: %j',
    (echoed) => {
      expect(new Redactor(['Xk29vQz7LmPw4Rtz']).redact(`bad ${echoed}\r\nno`)).toMatch(/^bad \r?<redacted>\r\nno$/);
    },
  );

  test('finds base64 in JSON encoding', () => {
    const redactor = new Redactor(['?>??>?ab?>?'], [base64('\0a\0?>?')]);
    for (const word of [base64('?>??>?ab?>?'), base64('\0a\0?>?')]) {
      expect(word).toContain('/');
      expect(redactor.redact(`{"sent":"${word.replaceAll('/', '\\/')}"}`)).toBe('{"sent":"<redacted>"}');
    }
  });

  test('finds two base64 forms in any order', () => {
    const redactor = new Redactor(['\uff41bcdefgh']);
    const words = ['abcdefgh', '\uff41bcdefgh'].map((text) => Buffer.from(text).toString('base64'));
    for (const [one, two] of [words, words.toReversed()]) {
      expect(redactor.redact(`${one} and ${two}`)).toBe('<redacted> and <redacted>');
    }
  });

  test.each(Object.entries(ENCODERS))('finds a secret in the encoding %s', (_, encode) => {
    fc.assert(
      fc.property(secrets, (secret) => {
        expect(new Redactor([secret]).redact(`a ${encode(secret)} b`)).toBe('a <redacted> b');
      }),
      { numRuns: runs(100) },
    );
  });

  test('finds a secret whose characters are escaped in different ways', () => {
    const ways = ['raw', 'url, letters too', 'html', 'html by numbers, letters too', 'json, letters too', 'json'];
    const mixture = fc.array(fc.constantFrom(...ways.map((name) => ENCODERS[name] ?? String)), { minLength: 1 });
    const seen = secrets.filter((text) => visible(text) === text);
    fc.assert(
      fc.property(seen, mixture, (secret, encoders) => {
        const escaped = Array.from(secret, (character, at) => encoders[at % encoders.length]?.(character)).join('');
        expect(new Redactor([secret]).redact(`a ${escaped} b`)).toBe('a <redacted> b');
      }),
    );
  });

  test.each(['%54r0ub-%41dor', 'T&#114;0ub-%41dor', 'Tr0ub-&#37;41dor', 'Tr0ub-%41d\\x6fr', 'Tr0ub-%2541d%6Fr'])(
    'finds a secret that looks escaped itself: %s',
    (escaped) => {
      expect(new Redactor(['Tr0ub-%41dor']).redact(`a ${escaped} b`)).toBe('a <redacted> b');
    },
  );

  test('keeps the words of the next line if no zero-width character is in between', () => {
    const lines = `${base64('hunter2!')}\nword\x0bor`;
    expect(new Redactor(['hunter2!']).redact(`&#0; ${lines}`)).toBe('&#0; <redacted>\nword\x0bor');
  });

  test.each([
    'pa\\&#34;ss-w\\u0026amp;ord',
    'pa%5C%22ss-w%26amp%3Bord',
    'pa\\x26quot;ss-w&#38;ord',
    'pa\\u0026#34;ss-w&amp;ord',
  ])('finds a secret that is escaped twice: %s', (escaped) => {
    expect(new Redactor(['pa"ss-w&ord']).redact(`a ${escaped} b`)).toBe('a <redacted> b');
  });

  test('finds a secret of characters that have names in HTML', () => {
    const secret = '&<>"\'\u00a0';
    const named = ENCODERS['html by names']?.(secret) ?? '';
    expect(named).toBe('&amp;&lt;&gt;&quot;&apos;&nbsp;');
    expect(new Redactor([secret]).redact(`a ${named} b`)).toBe('a <redacted> b');
  });

  test('keeps invalid character references, and redacts a secret next to them', () => {
    const odd = '&#9999999; &#xffffff; %e9 \\u{110000}';
    expect(new Redactor(['hunter2!']).redact(`${odd} hunte%72%32! ${odd}`)).toBe(`${odd} <redacted> ${odd}`);
  });

  test.each(['abc', 'x', 'no', '?>?'])(
    'finds protocol encodings of a secret that is too short to be redacted itself: %s',
    (secret) => {
      const forms = [base64(`\0joe\0${secret}`), base64(`joe@mail.example:${secret}`), base64(secret)];
      const redactor = new Redactor([secret], forms);
      for (const form of forms.slice(0, 2)) {
        for (const echoed of [
          form,
          form.replace(/=+$/, ''),
          form.replace(/=$/, ''),
          form.replaceAll('/', '_').replaceAll('+', '-'),
        ])
          expect(redactor.redact(`you said ${echoed}, ${form}`)).toBe('you said <redacted>, <redacted>');
      }
      expect(redactor.redact(`a word like each, and ${secret}`)).toBe(`a word like each, and ${secret}`);
    },
  );

  test('finds a secret at any offset in base64, and redacts the whole word', () => {
    fc.assert(
      fc.property(fc.string(), secrets, fc.string(), fc.boolean(), (before, secret, after, url) => {
        const word = Buffer.from(`${before}\0${secret}\0${after}`).toString(url ? 'base64url' : 'base64');
        expect(new Redactor([secret]).redact(`AUTH PLAIN ${word}, initial=${word}.`)).toBe(
          'AUTH PLAIN <redacted>, initial=<redacted>.',
        );
      }),
    );
  });

  test('keeps text without secrets unchanged', () => {
    const text = `220 mx ESMTP\r\n${base64('something else')}`;
    expect(new Redactor(['hunter2!']).redact(text)).toBe(text);
    expect(new Redactor([]).redact(text)).toBe(text);
  });

  test('redacts the longer of two secrets with the same beginning, and both if they overlap', () => {
    expect(new Redactor(['pass', 'passphrase']).redact('the passphrase')).toBe('the <redacted>');
    expect(new Redactor(['abcdef', 'defghi']).redact('abcdefghi')).toBe('<redacted>');
  });

  test('redacts several forms of a secret in any order', () => {
    expect(new Redactor(['hunter2!']).redact(`${base64('hunter2!')} or hunter2! or ${base64('hunter2!')}`)).toBe(
      '<redacted> or <redacted> or <redacted>',
    );
  });

  test('finds a secret without the spaces around it', () => {
    expect(new Redactor(['  hunter2!\n']).redact('got hunter2!, no')).toBe('got <redacted>, no');
  });

  test('finds each line of a secret of several lines', () => {
    expect(new Redactor(['first line\nsecond line']).redact('got: second line')).toBe('got: <redacted>');
  });

  test('does not redact a secret that is too short to be distinguished from other text', () => {
    expect(new Redactor(['', 'a', 'abc']).redact('abc a')).toBe('abc a');
  });

  test('takes linear time for any text', () => {
    const redactor = new Redactor(['hunter2!', 'correct horse']);
    const long = 'A'.repeat(runs(2_000_000));
    expect(redactor.redact(long)).toBe(long);
    expect(redactor.redact(base64('hunter2!xxxx').repeat(runs(100_000)))).toBe('<redacted>');
  });

  test.each([
    '&#0',
    '&#x0',
    '&#0000',
    '%',
    '%41',
    '\\u',
    '\\u{0',
    '\\x',
    '\0',
    '&#104;',
    '%68unter2',
    'c&#111;rrect hors',
  ])('takes little time for a reply full of %j', (piece) => {
    const reply = `&#${'0'.repeat(8000)}${piece.repeat(16_384 / piece.length)}`;
    const redactor = new Redactor(['hunter2!', 'correct horse']);
    const computed = computing();
    redactor.redactLines(redactor.redact(reply).match(/.{1,4000}/gs) ?? []);
    expect(computed()).toBeLessThan(2000);
  });

  test('finds a secret and its base64 in any case', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40 }).filter((text) => text.trim().length >= 8 && !/[<>]/.test(text)),
        fc.boolean(),
        (secret, upper) => {
          const inCase = (text: string) => (upper ? text.toUpperCase() : text.toLowerCase());
          const shown = new Redactor([secret]).redact(inCase(`a ${base64(secret)} b`));
          expect(shown).toBe(`${inCase('a')} <redacted> ${inCase('b')}`);
          expect(new Redactor([secret]).redact(`: ${inCase(secret)} :`)).toBe(': <redacted> :');
        },
      ),
    );
  });

  test.each(['"', '…', '...', ' ...', ' … (12 more characters)', '', '.', "'"])(
    'finds a secret that is truncated before %j, from eight characters',
    (end) => {
      const redactor = new Redactor(['correct horse']);
      const blob = base64('\0me\0correct horse');
      for (let length = 8; length < 13; length += 1) {
        expect(redactor.redact(`no "${'correct horse'.slice(0, length)}${end}`)).toBe(`no "<redacted>${end}`);
      }
      for (let length = 16; length < blob.length; length += 1) {
        expect(redactor.redact(`unrecognized command "${blob.slice(0, length)}${end}`)).toBe(
          `unrecognized command "<redacted>${end}`,
        );
      }
    },
  );

  test('keeps a word that only begins like a secret', () => {
    expect(new Redactor(['password123']).redact('535 the password is wrong')).toBe('535 the password is wrong');
  });

  test('finds a secret over two lines of a reply, no matter where it is folded', () => {
    const secret = 'correct-horse-battery';
    // In base64 alone, and with neighbors that share a character with it.
    for (const echoed of [secret, base64(secret), base64(`1${secret}`).slice(1), base64(`12${secret}3`).slice(2, -1)]) {
      for (let fold = 4; fold < echoed.length - 4; fold += 1) {
        const [before, after] = [echoed.slice(0, fold), echoed.slice(fold)];
        const redactor = new Redactor([secret]);
        const lines = redactor.redactLines([`535-5.7.8 bad: ${before}`, `535 5.7.8 ${after} (no)`]);
        expect(lines[0]).toBe('535-5.7.8 bad: <redacted>');
        expect(lines[1]).toMatch(/^535 5\.7\.8 <redacted>=* \(no\)$/);
        expect(redactor.redact(`535 bad: ${before} / ${after} (no)`)).toMatch(
          /^535 bad: <redacted> \/ <redacted>=* \(no\)$/,
        );
      }
    }
  });

  test.each(Object.entries(ENCODERS))('finds a secret over two lines of a reply in the encoding %s', (_, encode) => {
    const secret = 'c&rr\u00e9ct/h\u00f6rse';
    const echoed = encode(secret);
    for (let fold = 1; fold < echoed.length; fold += 1) {
      const lines = [`535-5.7.8 bad: ${echoed.slice(0, fold)}`, `535 5.7.8 ${echoed.slice(fold)} (no)`];
      const shown = [
        new Redactor([secret]).redactLines(lines).join('\n'),
        new Redactor([secret]).redact(lines.join(' / ')),
      ];
      for (const text of shown)
        expect(text).toMatch(/^535-5\.7\.8 bad: <redacted>(\n| \/ )535 5\.7\.8 <redacted> \(no\)$/);
    }
  });

  /** A token without repeated parts. */
  const long = (length: number): string =>
    Array.from({ length }, (_, at) => createHash('md5').update(String(at)).digest('base64')[0])
      .join('')
      .replace(/[+/]/g, 'x');

  test.each([65, 100, 3000, 4096, 4097, 5000, 200_000])(
    'finds a token of %d characters, complete and truncated',
    (length) => {
      const token = long(length);
      const redactor = new Redactor([token]);
      for (const form of [token, base64(token), everyOctet(token, String)]) {
        expect(redactor.redact(`a ${form} b`)).toBe('a <redacted> b');
      }
      expect(redactor.redact(`a ${token.slice(0, length * 0.7)} b`)).toBe(
        length < 92 ? `a ${token.slice(0, length * 0.7)} b` : 'a <redacted> b',
      );
    },
  );

  test.each([65, 100, 3000, 4096])('keeps the text after a token of %d characters', (length) => {
    const token = long(length);
    const redactor = new Redactor([token]);
    expect(redactor.redact(`${token}xyz`)).toBe('<redacted>xyz');
    expect(redactor.redact(`${everyOctet(token, String)}abc`)).toBe('<redacted>abc');
  });

  test('treats a plus sign as a space, and as nothing else', () => {
    expect(new Redactor(['one two']).redact('one+two, +++++++, one+++o')).toBe('<redacted>, +++++++, one+++o');
  });

  describe('over the lines of a reply', () => {
    test('keeps the text around its base64', () => {
      const secret = 'correct-horse!!';
      const word = base64(`123${secret}456`);
      expect(word).toBe(`MTIz${base64(secret)}NDU2`);
      expect(new Redactor([secret]).redactLines([`535-${word.slice(0, 12)}`, `535 ${word.slice(12)}`])).toEqual([
        '535-MTIz<redacted>',
        '535 <redacted>NDU2',
      ]);
    });

    test.each<[string, readonly string[], readonly string[]]>([
      ['in the middle of it', ['250-ab', '250-hunt', '250-er2!', '250 cd'], ['ab', '<redacted>', '<redacted>', 'cd']],
      ['over three of them', ['250-hun', '250-ter', '250 2! ok'], ['<redacted>', '<redacted>', '<redacted> ok']],
      ['over a code without text', ['250-hunt', '250', '250 er2!'], ['<redacted>', '', '<redacted>']],
      ['in lines without a code', ['5.7.8 hunt', '5.7.8 er2!'], ['<redacted>', '<redacted>']],
      ['after long status codes', ['550-5.10.123 hunt', '550 5.123.10 er2!'], ['<redacted>', '<redacted>']],
      [
        'twice, and as base64 first',
        ['250-aHVudGVy', '250-MiE= and', '250-hunt', '250 er2! ok'],
        ['<redacted>', '<redacted>= and', '<redacted>', '<redacted> ok'],
      ],
      [
        'three times, twice in one line',
        ['250-hunt', '250-er2! hunt', '250-er2! hunt', '250 er2!'],
        ['<redacted>', '<redacted> <redacted>', '<redacted> <redacted>', '<redacted>'],
      ],
    ])('finds a secret %s, and keeps the rest', (_, lines, shown) => {
      const heads = lines.map((line) => /^(?:\d{3}[- ]?)?(?:\d\.\d+\.\d+ )?/.exec(line)?.[0] ?? '');
      const expected = shown.map((text, at) => `${heads[at] ?? ''}${text}`);
      expect(new Redactor(['hunter2!']).redactLines(lines)).toEqual(expected);
      expect(new Redactor(['hunter2!']).redactDeep({ lines })).toEqual({ lines: expected });
    });

    test.each([['hunt er2! ok'], ['no hunt er2! ok'], ['no hunt er2!']])(
      'keeps a secret that is separated by a space: %s',
      (text) => {
        const lines = ['250-first', `250-${text}`, '250 last'];
        expect(new Redactor(['hunter2!']).redactLines(lines)).toEqual(lines);
      },
    );
  });

  test('redacts the strings in a structure and keeps other values', () => {
    expect(new Redactor(['hunter2!']).redactDeep({ a: ['hunter2!', 1, null], b: { c: 'hunter2!' }, d: true })).toEqual({
      a: ['<redacted>', 1, null],
      b: { c: '<redacted>' },
      d: true,
    });
  });
});

test('a secret is found over several lines of the transcript of a report', () => {
  const endpoint = anEndpoint({
    transcript: [
      { at: 1, from: 'client', text: 'AUTH PLAIN <redacted>' },
      { at: 2, from: 'server', text: '535-bad: correct-' },
      { at: 2, from: 'server', text: '535 horse' },
    ],
  });
  expect(redactReport(endpoint, new Redactor(['correct-horse'])).transcript.map(({ text }) => text)).toEqual([
    'AUTH PLAIN <redacted>',
    '535-bad: <redacted>',
    '535 <redacted>',
  ]);
});

test('a report remains valid, even if a password is one of its own words', () => {
  const report = aReport(
    anEndpoint({ name: 'a server with a pass' }),
    anEndpoint(
      {},
      {
        authentication: [
          aFinding('auth-rejected', { message: 'not capability', evidence: { reply: '535 pass', code: 'pass' } }),
        ],
      },
    ),
  );
  const redactor = new Redactor(['pass', 'fail', 'server', 'capability', '2026', 'auth-rejected']);
  const endpoints = report.endpoints.map((endpoint) => redactReport(endpoint, redactor));
  const redacted = { ...report, endpoints };

  expect(reportSchema.safeParse(redacted).error).toBeUndefined();
  expect(redacted.endpoints[1]?.result).toBe('fail');
  expect(redacted.endpoints[0]?.name).toBe('a <redacted> with a <redacted>');
  expect(redacted.endpoints[1]?.steps[3]?.findings[0]).toMatchObject({
    message: 'not capability',
    evidence: { reply: '535 pass', code: 'pass' },
  });
});

test('the fixed parts of a finding are not redacted, except for what AUTH derived from a secret', () => {
  const own = aFinding('auth-rejected', {
    remedy: 'Try the server with 0123456789abcdef.',
    reproduce: 'swaks --server mx.example',
    reproduceShows: '535 server',
  });
  const secrets = new Redactor(['server', 'swaks', 'Credentials', 'likely']);
  const { steps } = redactReport(anEndpoint({}, { authentication: [own] }), secrets, ['0123456789abcdef']);
  expect(steps[3]?.findings[0]).toMatchObject({
    title: own.title,
    certainty: own.certainty,
    remedy: 'Try the server with <redacted>.',
    reproduce: 'swaks --server mx.example',
    reproduceShows: '535 server',
  });
});

test('the cached result of one text is not used for another', () => {
  const redactor = new Redactor(['correct horse']);
  const lines = ['250-correct', '250 horse'];
  const apart = redactor.redactLines(lines);
  expect(redactor.redactLines(lines)).toEqual(apart);
  expect(apart.join()).not.toMatch(/correct|horse/);
  // Looks like the joined lines with their folds.
  expect(redactor.redact('7,12:correcthorse')).toBe('7,12:correcthorse');
  expect(redactor.redact('7,12:correct horse')).toBe('7,12:<redacted>');
});
