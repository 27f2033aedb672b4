import fc from 'fast-check';
import { alterations, hasToken, isReencoded, isTestMessage, maxReadBytes } from '../../src/message/alterations.js';
import { headerAndBody, parseMessage } from '../../src/message/fields.js';
import { composeTestMessage } from '../../src/message/test-message.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const compose = () => composeTestMessage('gate@example.com', 'inbox@example.com', NOW);

describe('the test message', () => {
  test('has each field that RFC 5322 requires once, is marked as automatic, and is plain ASCII', async () => {
    const { text } = await compose();
    for (const field of ['From', 'To', 'Date', 'Message-ID', 'Subject', 'Auto-Submitted', 'MIME-Version']) {
      expect(text.match(new RegExp(`^${field}:`, 'gm'))).toHaveLength(1);
    }
    expect(text).toMatch(/^[\x20-\x7e\r\n]*$/);
    expect(text).toMatch(/^Content-Transfer-Encoding: 7bit\r$/m);
    expect(text.split('\r\n').every((line) => line.length <= 78 && !line.includes('\n'))).toBe(true);
    expect(text.endsWith('\r\n')).toBe(true);
  });

  test('has a new Message-ID and nonce each time', async () => {
    const [a, b] = await Promise.all([compose(), compose()]);
    expect(a.messageId).toMatch(/^<starttls-gate\.[0-9a-f-]{36}@example\.com>$/);
    expect(a.messageId).not.toBe(b.messageId);
  });

  test('has a token of 128 bits once in its body, and not in its header', async () => {
    const [a, b] = await Promise.all([compose(), compose()]);
    expect(a.token).toMatch(/^[0-9a-f]{32}$/);
    expect(a.token).not.toBe(b.token);
    const { header, body } = headerAndBody(Buffer.from(a.text));
    expect(header.includes(a.token)).toBe(false);
    expect(body.toString().split(`\r\n${a.token}\r\n`)).toHaveLength(2);
    // It must not be possible to derive it from what inboxes are searched for.
    expect(body.includes(a.nonce)).toBe(false);
  });
});

describe('a received message', () => {
  test('is intact with trace fields, different line ends and different folding', async () => {
    const probe = await compose();
    const traced = `Received: from a by b with ESMTPSA;\r\n\tMon, 23 Nov 2026\r\nReturn-Path: <x@y>\r\n${probe.text}`;
    const signed = `DKIM-Signature: v=1\r\nX-Scanned: a\r\nX-Scanned: b\r\n${traced}`;
    const named = probe.text.replace(/^(?:MIME-Version|Subject):/gm, (name) => name.toLowerCase());
    for (const text of [probe.text, traced, signed, traced.replace(/\r\n/g, '\n'), `${probe.text}\r\n`, named]) {
      expect(alterations(probe, Buffer.from(text))).toEqual([]);
    }
  });

  test.each<[string, (text: string) => string, RegExp]>([
    [
      'a subject with a tag',
      (text) => text.replace(/^Subject: /m, 'Subject: [SPAM] '),
      /^subject was "STARTTLS.*" and is "\[SPAM\]/,
    ],
    [
      'a space after a field name',
      (text) => text.replace(/^Subject:/m, 'SUBJECT :'),
      /^the name of subject was "Subject" and is "SUBJECT "$/,
    ],
    [
      'a missing field',
      (text) => text.replace(/^Auto-Submitted:.*\r\n/m, ''),
      /^the header field Auto-Submitted is missing/,
    ],
    ['a footer', (text) => `${text}-- \r\nScanned.\r\n`, /^the body has 2 extra lines, beginning with "Scanned\."/],
    ['empty lines', (text) => `${text}\r\n\r\n`, /^the body has 1 extra line,/],
    ['spaces at the end', (text) => text.replace(/\r\n$/, '  \r\n'), /^line 6 of the body was/],
    ['a second Subject', (text) => `Subject: Win\r\n${text}`, /^subject was .* and occurs 2 times: "Win", "STARTTLS/],
    ['a second From', (text) => `From: a@b\r\n${text}`, /^from was .* and occurs 2 times: "a@b", /],
    ['the same Date again', (text) => text.replace(/^Date:.*\r\n/m, '$&$&'), /^date was .* and occurs 2 times/],
    [
      'more lines than are read',
      (text) => `X-Filler: ${'x'.repeat(maxReadBytes(0))}\r\n${text}`,
      /^the message has 13\d{4} bytes or more/,
    ],
    ['a missing dot', (text) => text.replace(/^\./m, ''), /^line 4 of the body was "\.This.*" and is "This/],
    [
      'a missing body',
      (text) => text.slice(0, text.indexOf('\r\n\r\n')),
      /^line 1 of the body was "This message was sent by .*" and is ""$/,
    ],
    ['a missing last line', (text) => text.replace(/\r\n[0-9a-f]{32}\r\n$/, ''), /^line 5 of the body is missing: ""$/],
  ])('is altered by %s', async (_name, alter, expected) => {
    const probe = await compose();
    expect(alterations(probe, Buffer.from(alter(probe.text)))).toMatchObject([
      { text: expect.stringMatching(expected) as unknown },
    ]);
  });

  test('with an attachment is intact as it was sent, and altered by any change to the attachment', async () => {
    const probe = await composeTestMessage('gate@example.com', 'inbox@example.com', NOW, 100_000);
    const { text } = probe;
    expect(alterations(probe, Buffer.from(`Received: from a by b\r\n${text}`.replace(/\r\n/g, '\n')))).toEqual([]);
    const at = text.lastIndexOf('\r\n', text.length - 1000);
    const changed = `${text.slice(0, at - 1)}${text[at - 1] === 'A' ? 'B' : 'A'}${text.slice(at)}`;
    expect(alterations(probe, Buffer.from(changed))).toMatchObject([
      { text: expect.stringMatching(/^line \d{4} of the body was/) as unknown },
    ]);
    expect(alterations(probe, Buffer.from(text.slice(0, at + 2)))).toHaveLength(1);
  });

  test('is recognized by the nonce in its Subject, its sender and its token, regardless of its Message-ID', async () => {
    const probe = await compose();
    const renamed = probe.text.replace(/^Message-ID:\s+<.*>/m, 'Message-ID: <other@relay.example>');
    expect(isTestMessage(probe, Buffer.from(renamed.replace(/^Subject: /m, 'Subject: [SPAM] ')))).toBe(true);
    for (const other of [
      renamed.replace(/^Subject: .*$/m, 'Subject: none'),
      renamed.replace(/^From: .*$/m, 'From: postmaster@example.com'),
      renamed.replace(`\n${probe.token}`, `\n> ${probe.token}`),
      // A message with everything that the searches of an inbox reveal, and otherwise the same.
      probe.text.replace(probe.token, (await compose()).token),
      probe.text.replace(probe.token, probe.nonce),
      (await compose()).text,
    ]) {
      expect(isTestMessage(probe, Buffer.from(other))).toBe(false);
    }
  });

  const inBase64 = (text: string): string => {
    const [header = '', body = ''] = text.split(/\r\n\r\n([^]*)/);
    const encoded = Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\r\n');
    return `${header.replace('Encoding: 7bit', 'Encoding: BASE64')}\r\n\r\n${encoded}\r\n`;
  };

  test.each<[string, (text: string) => string]>([
    ['a different Subject', (text) => text.replace(/^Subject: .*$/m, 'Subject: none')],
    ['the sender of a mailing list', (text) => text.replace(/^From: .*$/m, 'From: list@example.com')],
    ['a footer', (text) => `${text}-- \r\nScanned.\r\n`],
    ['different line ends', (text) => text.replace(/\r\n/g, '\n')],
    [
      'quoted-printable',
      (text) => text.replace('Encoding: 7bit', 'Encoding: quoted-printable').replace(/\.\r/, '=2E\r'),
    ],
    ['base64', inBase64],
    ['lines of 40 characters', (text) => text.replace(/^([\w ,]{30,40}) (?=\w)/gm, '$1\r\n')],
  ])('keeps its token with %s, and is still recognized', async (_, change) => {
    const probe = await compose();
    const received = Buffer.from(change(probe.text));
    expect([hasToken(probe, parseMessage(received)), isTestMessage(probe, received)]).toEqual([true, true]);
  });

  test('with base64 keeps its token in front of a footer', async () => {
    const probe = await compose();
    const received = Buffer.from(`${inBase64(probe.text)}--\r\nScanned and found harmless.\r\n`);
    expect([hasToken(probe, parseMessage(received)), isReencoded(probe, received)]).toEqual([true, false]);
  });

  test('is altered whenever it is not recognized', async () => {
    const probe = await compose();
    const positions = Array.from({ length: probe.text.length }, (_, at) => at);
    fc.assert(
      fc.property(fc.constantFrom(...positions), fc.string(), fc.nat(200), (at, inserted, length) => {
        const received = Buffer.from(`${probe.text.slice(0, at)}${inserted}${probe.text.slice(at + length)}`);
        expect(isTestMessage(probe, received) || alterations(probe, received).length > 0).toBe(true);
      }),
    );
  });

  test('is altered by any change to a letter or digit', async () => {
    const probe = await compose();
    const positions = [...probe.text.matchAll(/[a-z0-9]/gi)].map(({ index }) => index);
    fc.assert(
      fc.property(fc.constantFrom(...positions), (at) => {
        const changed = `${probe.text.slice(0, at)}~${probe.text.slice(at + 1)}`;
        // A change in a field name makes it a different field, and the original one is missing.
        expect(alterations(probe, Buffer.from(changed))).not.toEqual([]);
      }),
    );
  });
});

describe('a message that a server re-encoded', () => {
  const withAttachment = () => composeTestMessage('gate@example.com', 'inbox@example.com', NOW, 1000);
  const boundaryOf = (text: string): string => /boundary="([^"]+)"/.exec(text)?.[1] ?? '';

  /** What Courier does: a new boundary, a preamble, field names in a different case. */
  const likeCourier = (text: string): string =>
    text
      .replaceAll(boundaryOf(text), '=_courier-123-0001')
      .replace(/^Content-Type:/gm, 'Content-type:')
      .replace(/^MIME-Version:/m, 'Mime-Version:')
      .replace('\r\n\r\n', '\r\n\r\nThis is a MIME-formatted message.\r\n\r\n');

  const inLinesOf60 = (text: string): string => {
    const [start = '', encoded = '', end = ''] = text.split(/((?:[a-z\d+/=]{40,76}\r\n)+)/i);
    return start + encoded.replace(/\r\n/g, '').replace(/.{60}/g, '$&\r\n') + '\r\n' + end;
  };

  test.each<[string, (text: string) => string]>([
    ['as Courier does', likeCourier],
    ['with the attachment in shorter lines', inLinesOf60],
    [
      'with the text in quoted-printable',
      (text) =>
        text
          .replace('Encoding: 7bit', 'Encoding: quoted-printable')
          .replace(/server(?=s\.\r)/, 'se=\r\nrver=73')
          .replace('=73s', '=73'),
    ],
    [
      'with parameters in a different order and form',
      (text) => text.replace(/text\/plain; charset=utf-8/, 'Text/Plain; charset="UTF-8"'),
    ],
    ['without a default', (text) => text.replace(/^Content-Transfer-Encoding: 7bit\r\n/m, '')],
  ])('%s has the same parts', async (_, change) => {
    const probe = await withAttachment();
    const received = Buffer.from(change(probe.text));
    expect(received.toString()).not.toBe(probe.text);
    expect(alterations(probe, received)).not.toEqual([]);
    expect(isTestMessage(probe, received)).toBe(true);
    expect(isReencoded(probe, received)).toBe(true);
    expect(isReencoded(probe, Buffer.from(received.toString().replace(/\r\n/g, '\n')))).toBe(true);
  });

  test.each<[string, (text: string) => string]>([
    ['a Subject', (text) => text.replace(/^Subject: /m, 'Subject: [SPAM] ')],
    ['a second Content-Type', (text) => text.replace(/^Content-Type:/im, 'Content-Type: text/plain\r\n$&')],
    ['no MIME-Version', (text) => text.replace(/^MIME-Version:.*\r\n/im, '')],
    ['text', (text) => text.replace('This message', 'That message')],
    ['a footer in the text', (text) => text.replace(/([0-9a-f]{32}\r\n)/, '$1-- \r\nScanned.\r\n')],
    ['a footer after the last part', (text) => `${text}-- \r\nScanned.\r\n`],
    ['a footer in base64', (text) => text.replace(/\r\n(?=\r?\n?--=_courier-123-0001--)/, '\r\nU2Nhbm5lZA==\r\n')],
    [
      'a byte of the attachment',
      (text) =>
        text.replace(
          /^([a-z\d+/]{40})[a-z\d+/]/im,
          (_, start: string) => `${start}${text.includes(`${start}A`) ? 'B' : 'A'}`,
        ),
    ],
    ['a character outside base64', (text) => text.replace(/^([a-z\d+/]{40})[a-z\d+/]/im, '$1*')],
    ['a name of the attachment', (text) => text.replaceAll('starttls-gate.bin', 'blocked.txt')],
    ['one more part', (text) => text.replace(/--=_courier-123-0001\r\n/, '$&\r\nAn advertisement.\r\n$&')],
    [
      'one part less',
      (text) => text.replace(/--=_courier-123-0001\r\nContent-type: application[^]*(?=--=_courier-123-0001--)/i, ''),
    ],
    ['a different kind of multipart', (text) => text.replace('multipart/mixed', 'multipart/alternative')],
    ['an unknown encoding', (text) => text.replace('Encoding: 7bit', 'Encoding: x-uuencode')],
    ['no end', (text) => text.replace('--=_courier-123-0001--', '')],
    ['a part within a part', (text) => text.replace(/text\/plain; charset=utf-8/, 'multipart/mixed; boundary=x')],
    ['more than is read', (text) => `X-Filler: ${'x'.repeat(maxReadBytes(0))}\r\n${text}`],
  ])('is altered if it also has %s', async (_, change) => {
    const probe = await withAttachment();
    const encoded = likeCourier(probe.text);
    const received = change(encoded);
    expect(received).not.toBe(encoded);
    expect(isReencoded(probe, Buffer.from(received))).toBe(false);
    expect(alterations(probe, Buffer.from(received))).not.toEqual([]);
  });

  test('never has the same parts after a change to a letter or digit of a part', async () => {
    const probe = await compose();
    const begin = probe.text.indexOf('\r\n\r\n');
    const positions = [...probe.text.matchAll(/[a-z0-9]/gi)].map(({ index }) => index).filter((index) => index > begin);
    fc.assert(
      fc.property(fc.constantFrom(...positions), (at) => {
        const changed = `${probe.text.slice(0, at)}~${probe.text.slice(at + 1)}`;
        expect(isReencoded(probe, Buffer.from(changed))).toBe(false);
      }),
    );
  });
});
