import fc from 'fast-check';
import { parseMessage } from '../../src/message/fields.js';
import { receivedHops, type Hop } from '../../src/message/trace.js';
import { differentSuites } from '../../src/tls/cipher-names.js';
import { computing } from '../support/time.js';

/** A Received field in the folding of its server, and what it contains. */
interface Sample {
  readonly server: string;
  readonly line: string;
  readonly with: string | undefined;
  readonly tls?: Hop['tls'];
}

const GCM_256 = 'TLS_AES_256_GCM_SHA384';
const ECDHE_RSA = 'ECDHE-RSA-AES256-GCM-SHA384';

const SAMPLES: readonly Sample[] = [
  {
    server: 'Postfix',
    line: `from ci.example (unknown [192.0.2.7])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\r\n\t key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)\r\n\t(No client certificate requested)\r\n\t(Authenticated sender: gate)\r\n\tby mx.example (Postfix) with ESMTPSA id 4F2A1\r\n\tfor <inbox@example.com>; Mon, 23 Nov 2026 12:00:00 +0000 (UTC)`,
    with: 'ESMTPSA',
    tls: { version: 'TLSv1.3', cipher: GCM_256 },
  },
  {
    server: 'Postfix, which says no more than the protocol',
    line: 'from ci.example (unknown [192.0.2.7])\r\n\tby mx.example (Postfix) with ESMTPS id 4F2A1; Mon, 23 Nov 2026',
    with: 'ESMTPS',
  },
  {
    server: 'Postfix in the clear',
    line: 'from localhost (localhost [127.0.0.1])\r\n\tby mx.example (Postfix) with ESMTP id 4F2A1; Mon, 23 Nov 2026',
    with: 'ESMTP',
  },
  {
    server: "Postfix's pickup",
    line: 'by mx.example (Postfix, from userid 1000)\r\n\tid 4F2A1; Mon, 23 Nov 2026 12:00:00 +0000 (UTC)',
    with: undefined,
  },
  {
    server: 'Exim',
    line: 'from [192.0.2.7] (helo=ci.example)\r\n\tby mx.example with esmtpsa  (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n\t(Exim 4.96)\r\n\t(envelope-from <gate@example.com>)\r\n\tid 1abcde-000000-0A\r\n\tfor inbox@example.com;\r\n\tMon, 23 Nov 2026 12:00:00 +0000',
    with: `esmtpsa tls ${GCM_256}`,
    tls: { version: 'TLSv1.3', cipher: GCM_256 },
  },
  {
    server: 'Exim 4.89',
    line: 'from [192.0.2.7] (helo=ci)\r\n\tby mx with esmtps (TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256)\r\n\t(Exim 4.89) id 1a; Mon',
    with: 'esmtps',
    tls: { version: 'TLSv1.2', cipher: ECDHE_RSA },
  },
  {
    server: 'Exim with GnuTLS',
    line: 'from ci ([192.0.2.7])\r\n\tby mx with esmtpsa (TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256)\r\n\t(Exim 4.92) id 1a; Mon',
    with: 'esmtpsa',
    tls: { version: 'TLSv1.3', cipher: 'ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM' },
  },
  { server: 'Exim from a program', line: 'from root by mx with local (Exim 4.96) id 1a; Mon', with: 'local' },
  {
    server: 'Sendmail',
    line: 'from ci.example (gate.example [192.0.2.7])\r\n\t(authenticated bits=0)\r\n\tby mx.example (8.17.1/8.17.1) with ESMTPSA id 0A1\r\n\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NO)\r\n\tfor <inbox@example.com>; Mon',
    with: 'ESMTPSA',
    tls: { version: 'TLSv1.3', cipher: GCM_256 },
  },
  {
    server: 'Sendmail in the clear',
    line: 'from ci.example (gate.example [192.0.2.7]) by mx.example (8.17.1/8.17.1) with ESMTP id 0A1; Mon',
    with: 'ESMTP',
  },
  {
    server: 'Microsoft 365',
    line: 'from ci.example (192.0.2.7) by\r\n AM0PR0.example (2603:10a6::4) with Microsoft SMTP\r\n Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id\r\n 15.20.7.1; Mon, 23 Nov 2026',
    with: 'Microsoft SMTP Server',
    tls: { version: 'TLSv1.2', cipher: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384' },
  },
  {
    server: 'Exchange on Windows 2012',
    line: 'from ci (192.0.2.7) by mx (10.0.0.1) with Microsoft SMTP Server\r\n (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P384) id 15.1; Mon',
    with: 'Microsoft SMTP Server',
    tls: { version: 'TLSv1.2', cipher: 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P384' },
  },
  {
    server: 'Exchange 2010',
    line: 'from ci (192.0.2.7) by mx (10.0.0.1) with Microsoft SMTP Server (TLS) id 14.3; Mon',
    with: 'Microsoft SMTP Server',
    tls: {},
  },
  {
    server: 'Exchange 2010 in the clear',
    line: 'from ci (192.0.2.7) by mx (10.0.0.1) with Microsoft SMTP Server id 14.3; Mon',
    with: 'Microsoft SMTP Server',
  },
  {
    server: 'Exchange, inside',
    line: 'from AM0.example ([fe80::1]) by AM0.example ([fe80::1%4]) with mapi id 15.20.7; Mon',
    with: 'mapi',
  },
  {
    server: 'Gmail',
    line: 'from ci.example (gate.example. [192.0.2.7])\r\n        by smtp.gmail.com with ESMTPSA id d2e1a\r\n        for <inbox@example.com>\r\n        (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256 bits=128/128);\r\n        Mon, 23 Nov 2026 04:00:00 -0800 (PST)',
    with: 'ESMTPSA',
    tls: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' },
  },
  { server: 'Gmail, inside', line: 'by 2002:a05:6000:1 with SMTP id z1; Mon, 23 Nov 2026', with: 'SMTP' },
  {
    server: 'OpenSMTPD',
    line: 'from ci.example (gate.example [192.0.2.7])\r\n\tby mx.example (OpenSMTPD) with ESMTPSA id 8a1f (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO) auth=yes user=gate\r\n\tfor <inbox@example.com>; Mon',
    with: 'ESMTPSA',
    tls: { version: 'TLSv1.3', cipher: GCM_256 },
  },
  {
    server: 'Haraka',
    line: 'from ci.example (gate.example [192.0.2.7])\r\n\tby mx.example (Haraka/3.0.3) with ESMTPSA id 0A1\r\n\tenvelope-from <gate@example.com> (authenticated bits=0)\r\n\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 verify=NO);\r\n\tMon',
    with: 'ESMTPSA',
    tls: { version: 'TLSv1.3', cipher: GCM_256 },
  },
  {
    server: 'Courier',
    line: 'from ci.example (gate.example [::ffff:192.0.2.7])\r\n  (AUTH: LOGIN gate, TLS: TLSv1.2,256bits,ECDHE-RSA-AES256-GCM-SHA384)\r\n  by mx.example with ESMTPSA; Mon',
    with: 'ESMTPSA',
    tls: { version: 'TLSv1.2', cipher: ECDHE_RSA },
  },
  {
    server: 'Courier, with the name that stands for any version',
    line: 'from ci (gate [::ffff:192.0.2.7])\r\n  (TLS: TLSv1/SSLv3,256bits,AES256-SHA)\r\n  by mx with ESMTP; Mon',
    with: 'ESMTP',
    tls: { cipher: 'AES256-SHA' },
  },
  {
    server: 'qmail with a patch',
    line: 'from unknown (HELO ci.example) (gate@192.0.2.7)\r\n  by mx.example with (ECDHE-RSA-AES256-GCM-SHA384 encrypted) ESMTPSA; 23 Nov 2026 12:00:00 -0000',
    with: 'ESMTPSA',
    tls: { cipher: ECDHE_RSA },
  },
  {
    server: 'qmail',
    line: 'from unknown (HELO ci.example) (192.0.2.7)\r\n  by mx.example with SMTP; 23 Nov 2026 12:00:00 -0000',
    with: 'SMTP',
  },
  {
    server: 'Stalwart',
    line: 'from ci.example (gate.example [192.0.2.7])\r\n\t(using TLSv1.3 with cipher TLS13_AES_256_GCM_SHA384)\r\n\tby mx.example (Stalwart SMTP) with ESMTPSA id 30A;\r\n\tMon',
    with: 'ESMTPSA',
    tls: { version: 'TLSv1.3', cipher: 'TLS13_AES_256_GCM_SHA384' },
  },
  {
    server: 'Kerio Connect, without a protocol',
    line: 'from ci.example ([192.0.2.7])\r\n\t(authenticated user gate)\r\n\tby mx.example (Kerio Connect)\r\n\t(using TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits))\r\n\tfor inbox@example.com; Mon',
    with: undefined,
    tls: { version: 'TLSv1.2', cipher: ECDHE_RSA },
  },
  {
    server: 'SmarterMail',
    line: 'from ci.example (gate.example [192.0.2.7]) by mx.example with SMTP\r\n\t(version=TLS\\Tls12\r\n\tcipher=Aes256 bits=256);\r\n   Mon',
    with: 'SMTP',
    tls: { version: 'TLSv1.2', cipher: 'Aes256' },
  },
  {
    server: 'MDaemon',
    line: 'from ci.example (gate.example [192.0.2.7]) by mx.example (192.0.2.1) (MDaemon PRO v23)\r\n\twith ESMTPSA id 50001.MSG; Mon',
    with: 'ESMTPSA',
  },
  {
    server: 'a client that is called TLS',
    line: 'from tls1.example (tls1.example [192.0.2.7]) by tls.example with ESMTP id 1; Mon',
    with: 'ESMTP',
  },
  {
    server: 'a server that says that there was none',
    line: 'from ci (ci [192.0.2.7]) by mx with ESMTP id 1 (cipher=NONE); Mon',
    with: 'ESMTP',
  },
];

function hopOf(line: string): Hop {
  const [hop, ...more] = receivedHops(parseMessage(`Received: ${line}\r\nSubject: x\r\n\r\n`));
  if (!hop || more.length > 0) throw new Error('not one hop');
  return hop;
}

describe('the trace of a message', () => {
  test.each(SAMPLES)('is read if it is from $server', ({ line, ...expected }) => {
    const { with: protocol, tls } = hopOf(line);
    expect({ with: protocol, tls }).toEqual({ with: expected.with, tls: expected.tls });
  });

  test('contains client and server with their comments', () => {
    expect(hopOf(SAMPLES[0]?.line ?? '')).toMatchObject({
      from: expect.stringMatching(/^ci\.example \(unknown \[192\.0\.2\.7\]\) \(using /) as string,
      by: 'mx.example (Postfix)',
    });
    expect(hopOf('by mx (Postfix, from userid 0) id 1').from).toBeUndefined();
  });

  test('keeps its order, and is ignored if it is too long', () => {
    const lines = Array.from({ length: 101 }, (_, i) => `Received: by host${i} with SMTP;\r\n\tMon\r\n`);
    const hops = (count: number) => receivedHops(parseMessage(`${lines.slice(0, count).join('')}\r\n`));
    expect([hops(100).length, hops(100)[0]?.by, hops(100).at(-1)?.by]).toEqual([100, 'host0', 'host99']);
    expect(hops(101)).toEqual([]);
  });

  test.each<[string, string]>([
    ['a comment that is never closed', `from a (${'('.repeat(1_000_000)}`],
    ['nested comments', `from a ${'('.repeat(500_000)}${')'.repeat(500_000)} with ESMTP`],
    ['a quote that is never closed', `from "${'\\'.repeat(1_000_001)}`],
    ['quotes', `from ${'"'.repeat(1_000_001)}`],
    ['blanks', `from${' '.repeat(1_000_000)}x`],
    ['digits', `from a (${'9'.repeat(1_000_000)})`],
    ['many TLS in one word', `from a (${'TLS'.repeat(300_000)})`],
    ['many words TLS', `from a (${'TLS '.repeat(250_000)})`],
    ['ciphers', `from a (${'cipher='.repeat(150_000)})`],
    ['words with', 'with '.repeat(200_000)],
    ['parentheses before what looks like an address', `from a ${'('.repeat(7000)} ([127.0.0.1]) by b with ESMTP; Mon`],
    ['addresses', `from a (${'[127.0.0.1] '.repeat(80_000)})`],
    ['folds', `a\r\n${' \r\n'.repeat(300_000)} b`],
  ])('is read in time with %s', (_, line) => {
    const computed = computing();
    receivedHops(parseMessage(Buffer.from(`Received: ${line}\r\n\r\n`)));
    receivedHops(parseMessage(Buffer.from(`Received: ${line.slice(0, 8000)}\r\n`.repeat(65))));
    expect(computed()).toBeLessThan(2000);
  });

  test('is read without an exception for any bytes', () => {
    const octets = fc.uint8Array({ maxLength: 2000 });
    const pieces = fc.array(
      fc.constantFrom(
        '(',
        ')',
        '"',
        ';',
        '\\',
        ' ',
        '=',
        ':',
        ',',
        '\r\n ',
        'from',
        'by',
        'with',
        'TLSv1.3',
        'cipher=',
        'tls ',
        '256bits,',
        'a ([',
        '])',
        '127.0.0.1',
        '999.0.0.1',
        ':::',
        '::1%2',
        'é',
      ),
    );
    fc.assert(
      fc.property(octets, pieces, (some, words) => {
        const source = Buffer.concat([Buffer.from(`Received: from ${words.join('')}`), some]);
        expect(receivedHops(parseMessage(source)).length).toBeGreaterThan(0);
        receivedHops(parseMessage(Buffer.from(some)));
      }),
    );
  });
});

describe('the names of cipher suites', () => {
  test.each([
    ['TLS_AES_256_GCM_SHA384', 'TLS13_AES_256_GCM_SHA384'],
    ['TLS_AES_256_GCM_SHA384', 'ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM'],
    ['TLS_AES_128_GCM_SHA256', 'ECDHE_SECP256R1__ECDSA_SECP256R1_SHA256__AES_128_GCM'],
    ['TLS_CHACHA20_POLY1305_SHA256', 'ECDHE_X25519__RSA_PSS_RSAE_SHA256__CHACHA20_POLY1305'],
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384_P256'],
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE_RSA_AES_256_GCM_SHA384'],
    ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE_RSA_AES_128_CBC_SHA1'],
    ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
    ['TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', 'ECDHE-ECDSA-AES128-CCM8'],
    ['TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', 'DHE-RSA-AES128-GCM-SHA256'],
    ['TLS_RSA_WITH_AES_256_CBC_SHA', 'AES256-SHA'],
    ['TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384', 'ECDHE-ARIA256-GCM-SHA384'],
    ['TLS_RSA_WITH_3DES_EDE_CBC_SHA', 'DES-CBC3-SHA'],
    ['TLS_AES_256_GCM_SHA384', 'Aes256'],
    ['TLS_AES_256_GCM_SHA384', 'whatever'],
  ])('%s may be called %s', (iana, other) => {
    expect([differentSuites(iana, other), differentSuites(other, iana)]).toEqual([false, false]);
  });

  test.each([
    ['TLS_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256'],
    ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
    ['TLS_AES_256_GCM_SHA384', 'ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_128_GCM'],
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'DHE-RSA-AES256-GCM-SHA384'],
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P384'],
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'Aes128'],
    ['TLS_AES_128_CCM_SHA256', 'TLS_AES_128_CCM_8_SHA256'],
  ])('%s is not %s', (iana, other) => {
    expect([differentSuites(iana, other), differentSuites(other, iana)]).toEqual([true, true]);
  });
});
