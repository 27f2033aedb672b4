import { judgeHop, type OwnSession } from '../../src/steps/delivery/hop.js';
import { parseMessage } from '../../src/message/fields.js';
import { receivedHops } from '../../src/message/trace.js';
import type { Delivery } from '../../src/plan/endpoint.js';
import { inWords } from '../support/reports.js';

const TLS_1_3 = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };
const TLS_1_2 = { version: 'TLSv1.2', cipher: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384' };

const SESSION: OwnSession = {
  ehloName: 'ci.example',
  connection: { localAddress: '10.1.0.4' },
  greeting: '220 mx-1.example.com ESMTP Postfix',
  channel: TLS_1_3,
};
const SERVER = { host: 'smtp.example.com', servername: 'mail.example.com' };

const OURS = 'from ci.example (nat.example [192.0.2.7]) by mx-1.example.com (Postfix)';
const FILTERED = 'from localhost (localhost [127.0.0.1]) by mx-1.example.com (Postfix) with ESMTP id 2; Mon';
const LATER = 'from mx-1.example.com (mx-1.example.com [192.0.2.1]) by inbox.example.com with LMTP id 3; Mon';

/** @param lines from the last hop to the first */
function judge(lines: readonly string[], session: Partial<OwnSession> = {}, delivery?: Pick<Delivery, 'isProxied'>) {
  const header = lines.map((line) => `Received: ${line}\r\n`).join('');
  const hops = receivedHops(parseMessage(`${header}Subject: x\r\n\r\n`));
  return judgeHop(SERVER, { ...SESSION, ...session }, hops, delivery, lines.length).map(inWords);
}

const codes = (found: ReturnType<typeof judge>): string[] => found.map(({ code }) => code);

describe('the hop that accepted the message from the gate', () => {
  test.each([
    'ESMTPS',
    'ESMTPSA',
    'esmtpsa',
    'UTF8SMTPS',
    'UTF8SMTPSA',
    'utf8esmtpsa',
    'LMTPS',
    'LMTPSA',
    'UTF8LMTPS',
    'SMTPS',
    'MailEnable ESMTPSA',
    'ESMTP (TLS)',
    'ESMTP (using SSL)',
    'SMTP (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384)',
    'Microsoft SMTP Server (version=TLS1_3)',
    'esmtpsa (TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256)',
    '(TLS_AES_256_GCM_SHA384 encrypted) SMTP',
  ])('is encrypted with %s', (protocol) => {
    expect(judge([LATER, FILTERED, `${OURS} with ${protocol} id 1; Mon`])).toEqual([]);
  });

  test.each(['ESMTP', 'ESMTPA', 'UTF8SMTP', 'UTF8SMTPA', 'asmtp', 'Microsoft SMTP Server'])(
    'is unencrypted with %s',
    (protocol) => {
      const found = judge([LATER, `${OURS} with ${protocol} id 1; Mon`]);
      expect(found).toMatchObject([
        { code: 'delivery-hop-unencrypted', severity: 'error', evidence: { with: protocol } },
      ]);
    },
  );

  test.each([
    'ESMTP (TLS: none)',
    'SMTP (SSL: off)',
    'ESMTP (TLS not used)',
    'ESMTP (TLS=no)',
    'ESMTP (no TLS)',
    'ESMTP (without TLS 1.3)',
    'ESMTP (TLSv1.2 was not used)',
    'ESMTP (TLS, unavailable)',
    'ESMTP (cleartext, TLS: not available)',
    'ESMTP tls disabled',
    'ESMTP (cipher=NONE)',
    'ESMTP (TLS unused, cipher unknown)',
    'SMTP via TCP (no TLS, cipher: none)',
    'HTTPS (TLS: none)',
  ])('is unencrypted if the text negates TLS: %s', (protocol) => {
    expect(codes(judge([`${OURS} with ${protocol} id 1; Mon`]))).toEqual(['delivery-hop-unencrypted']);
  });

  const THEIRS = 'from nat.example ([192.0.2.7]) by mx-1.example.com (Postfix)';

  test.each([
    'mx-1.example.com (Postfix) with ESMTP id 1',
    'mx-1.example.com (Postfix/Debian) with MailEnable ESMTP id 1',
    'mx-1.example.com with esmtp (Exim 4.96) (envelope-from <gate@example.com>) id 1',
    'mx-1.example.com (8.17.1/8.17.1) with ESMTP id 1',
    'mx-1.example.com (8.15.2/8.15.2/Debian-22) with ESMTPA id 1',
    'mx-1.example.com (OpenSMTPD) with ESMTP id 1',
    'mx-1.example.com (Haraka/3.0.3) with ESMTP id 1',
    'mx-1.example.com (Stalwart SMTP) with ESMTP id 1',
  ])('is unencrypted if its software always adds the S for TLS, but did not: %s', (server) => {
    expect(judge([`from ci.example (nat.example [192.0.2.7]) by ${server}; Mon`])).toMatchObject([
      { code: 'delivery-hop-unencrypted', severity: 'error' },
    ]);
  });

  test.each<[string, string]>([
    ['Mailpit', 'mx-1.example.com (Mailpit) with SMTP\r\n\tfor <inbox@example.com>'],
    ['Postal', 'mx-1.example.com with SMTP'],
    ['Inbucket', 'mx-1.example.com\r\n  for <inbox@example.com>'],
    ['Postfix, with SMTP', 'mx-1.example.com (Postfix) with SMTP id 1'],
    ['unknown software, with ESMTP', 'mx-1.example.com with ESMTP id 1'],
    ['unknown software with a name, with ESMTPA', 'mx-1.example.com (SG) with ESMTPA id 1'],
    ['software with a similar name', 'mx-1.example.com (Postfixed 1.0) with ESMTP id 1'],
    ['a web interface', 'mx-1.example.com (Postfix) with HTTPS id 1'],
    ['a program on the host', 'mx-1.example.com (Postfix) with local id 1'],
    ['an unknown protocol', 'mx-1.example.com (Postfix) with ESMTPX id 1'],
    ['another unknown protocol', 'mx-1.example.com (Postfix) with ESMTPSX id 1'],
  ])('proves nothing if it does not mention TLS: %s', (_, server) => {
    expect(judge([`from ci.example (Postfix [192.0.2.7]) by ${server}; Mon`])).toMatchObject([
      { code: 'delivery-hop-unproved', severity: 'notice' },
    ]);
  });

  test.each(['LMTP', 'LMTPA', 'UTF8LMTP'])('is behind the server with %s, regardless of the client', (protocol) => {
    expect(judge([`${OURS} with ${protocol} id 1; Mon`])).toMatchObject([
      { code: 'delivery-hop-unproved', severity: 'notice' },
    ]);
  });

  test.each(['with HTTPS', 'with local', 'with LMTP', 'with ESMTPX', ''])(
    'is not identified only by the name of the server, with "%s"',
    (clause) => {
      expect(judge([`${THEIRS} ${clause} id 1; Mon`])).toMatchObject([
        { code: 'delivery-hop-unproved', severity: 'notice' },
      ]);
    },
  );

  test('is not known if there are so many lines that none is read', () => {
    const lines = Array.from({ length: 101 }, () => `${OURS} with ESMTPS id 1; Mon`);
    expect(judge(lines)).toMatchObject([
      {
        code: 'delivery-hop-unproved',
        cause: 'too-many-lines',
        message: 'The message has 101 Received lines, so many that the gate ignores them.',
      },
    ]);
  });

  test('proves nothing if it is missing', () => {
    expect(judge([])).toMatchObject([{ code: 'delivery-hop-unproved', cause: 'no-line' }]);
  });

  test.each<[string, string, Partial<OwnSession>]>([
    ["the gate's name", 'from ci.example by other', {}],
    ["the gate's name in a comment", 'from [192.0.2.7] (helo=CI.example) by other', {}],
    ["the gate's name in the format of qmail", 'from unknown (HELO ci.example) (192.0.2.7) by 0', {}],
    ["the gate's name with a trailing dot", 'from x (ci.example. [192.0.2.7]) by other', {}],
    ["the gate's IP address", 'from x (x [10.1.0.4]) by other', {}],
    ["the gate's IP address mapped to IPv6", 'from x (x [::ffff:10.1.0.4]) by other', {}],
    ["the gate's address literal", 'from [IPv6:2001:db8::7] (x) by other', { ehloName: '[IPv6:2001:db8::7]' }],
    [
      "loopback, if that is the gate's IP address",
      'from localhost ([127.0.0.1]) by other',
      { connection: { localAddress: '127.0.0.1' } },
    ],
    ['the hostname of the server', 'from x (x [192.0.2.7]) by smtp.example.com (Postfix)', {}],
    ['the certificate of the server', 'from x (x [192.0.2.7]) by MAIL.example.com', {}],
    ['the greeting of the server', 'from x (x [192.0.2.7]) by mx-1.example.com', {}],
  ])('is identified by %s', (_, who, session) => {
    expect(codes(judge([LATER, `${who} (Postfix) with ESMTP id 1; Mon`], session))).toEqual([
      'delivery-hop-unencrypted',
    ]);
    expect(codes(judge([LATER, `${who} with ESMTPS id 1; Mon`], session))).toEqual([]);
  });

  test.each<[string, string[]]>([
    ['the server hides it, and a filter returns the message', [LATER, FILTERED]],
    ['the server hides it, and forwards the message', [LATER]],
    ['the server forwards the message to itself by its name', [FILTERED.replace(/localhost/g, 'mx-1.example.com')]],
    ['a local program submitted it', ['by mx-1.example.com (Postfix, from userid 1000) id 2; Mon']],
    ['a server only has a similar name', ['from x ([192.0.2.7]) by amx-1.example.com with ESMTP; Mon']],
    ['a client only has a similar name', ['from aci.example ([10.1.0.40]) by x with ESMTP; Mon']],
  ])('is not identified if %s', (_, lines) => {
    expect(codes(judge(lines))).toEqual(['delivery-hop-unproved']);
  });

  test('is evaluated alone, regardless of other hops', () => {
    const good = `${OURS} with ESMTPSA id 1; Mon`;
    expect(judge([`${OURS} with ESMTP id 9; Mon`, FILTERED, LATER, good])).toEqual([]);
  });

  test.each<[string, string, Partial<typeof TLS_1_3>]>([
    ['version', '(version=TLS1_2 cipher=TLS_AES_256_GCM_SHA384)', TLS_1_3],
    ['old version', '(using TLSv1)', TLS_1_3],
    ['cipher', '(using TLSv1.3 with cipher TLS_AES_128_GCM_SHA256 (128/128 bits))', TLS_1_3],
    ['cipher in OpenSSL naming', '(TLSv1.2:ECDHE-ECDSA-AES256-GCM-SHA384:256)', TLS_1_2],
    ['both', '(TLS1.2) tls TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', TLS_1_3],
  ])('that names a different %s belongs to a different session', (_, clause, tls) => {
    const found = judge([`${OURS} with ESMTPS ${clause} id 1; Mon`], { channel: { ...TLS_1_3, ...tls } });
    expect(found).toMatchObject([
      { code: 'delivery-hop-mismatch', severity: 'warning', evidence: { expected: `${tls.version} ${tls.cipher}` } },
    ]);
  });

  test.each<[string, typeof TLS_1_3]>([
    ['(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))', TLS_1_3],
    ['(using TLSv1.3 with cipher TLS13_AES_256_GCM_SHA384)', TLS_1_3],
    ['(TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256)', TLS_1_2],
    ['(version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384_P384)', TLS_1_2],
    ['(TLS: TLSv1/SSLv3,256bits,whatever)', TLS_1_3],
    ['(TLS)', TLS_1_2],
  ])("may belong to the gate's session: %s", (clause, tls) => {
    expect(judge([`${OURS} with ESMTPS ${clause} id 1; Mon`], { channel: { ...TLS_1_3, ...tls } })).toEqual([]);
  });

  test('is reported as harmless text', () => {
    const [found] = judge([`${OURS} with ESMTP \u001b[2J\u202e; Mon`]);
    expect(found?.code).toBe('delivery-hop-unencrypted');
    expect(JSON.stringify(found)).not.toMatch(/\u202e|\\u001b/);
    expect(found?.message).toContain('\\x1b[2J\\u202e');
  });
});

describe('a hop behind a proxy that terminates TLS', () => {
  const PROXIED: [string, string, Partial<OwnSession>][] = [
    ['Postfix behind stunnel', 'from ci.example (localhost [127.0.0.1]) by mx-1.example.com (Postfix)', {}],
    ['Exim behind haproxy', 'from haproxy.example ([192.168.7.1] helo=ci.example) by mx (Exim 4.96)', {}],
    ['a proxy that sends its own EHLO', 'from nginx.example (unknown [172.20.0.3]) by smtp.example.com (Postfix)', {}],
    ['a proxy with an IPv6 address', 'from ci.example (unknown [IPv6:fd00::1:2]) by mx (Postfix)', {}],
    ['a link-local address', 'from ci.example (unknown [IPv6:fe80::1]) by mx (Postfix)', {}],
    ['an IPv4 address mapped to IPv6', 'from ci.example (unknown [::ffff:10.9.9.9]) by mx (Postfix)', {}],
    ['OpenSMTPD', 'from ci.example (localhost [::1]) by mx (OpenSMTPD)', {}],
    ["the gate's address literal", 'from [203.0.113.9] (x [10.0.0.2]) by mx (Postfix)', { ehloName: '[203.0.113.9]' }],
  ];

  test.each(PROXIED)('is a warning that names the client: %s', (_, who, session) => {
    const [found, ...more] = judge([LATER, `${who} with ESMTP id 1; Mon`], session);
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      code: 'delivery-hop-unencrypted',
      severity: 'warning',
      cause: 'behind-proxy',
      message: expect.stringContaining('probably a proxy that terminates TLS') as string,
    });
    expect(found?.message).toContain(
      `The client in that line is ${found?.evidence?.client}, a loopback or private address`,
    );
  });

  test.each(PROXIED)('is a notice if the configuration says so: %s', (_, who, session) => {
    expect(judge([LATER, `${who} with ESMTP id 1; Mon`], session, { isProxied: true })).toMatchObject([
      { code: 'delivery-hop-unencrypted', severity: 'notice', cause: 'behind-proxy' },
    ]);
  });

  test.each<[string, string, Partial<OwnSession>]>([
    ['a public address', 'from ci.example (x [192.0.2.7])', {}],
    ['a public address next to a private one', 'from ci.example (10.0.0.1 [192.0.2.7])', {}],
    ['a public address in the name of the client', 'from ci.example (192.0.2.7 [10.0.0.1])', {}],
    ['a shared address', 'from ci.example (x [100.64.0.1])', {}],
    ['a public IPv6 address', 'from ci.example (x [IPv6:2001:db8::7])', {}],
    ['something that only looks like an address', 'from ci.example (x [10.0.0.999])', {}],
    ['no address', 'from ci.example', {}],
    ["the gate's own private address", 'from ci.example (x [10.1.0.4])', {}],
    ["the gate's own loopback address", 'from x ([127.0.0.1])', { connection: { localAddress: '127.0.0.1' } }],
    ["only the gate's address literal", 'from [10.7.7.7]', { ehloName: '[10.7.7.7]' }],
  ])('is not assumed with %s, whatever the configuration says', (_, who, session) => {
    for (const isProxied of [true, undefined]) {
      const found = judge([`${who} by mx-1.example.com (Postfix) with ESMTP id 1; Mon`], session, {
        ...(isProxied && { isProxied }),
      });
      expect(found).toMatchObject([{ code: 'delivery-hop-unencrypted', severity: 'error' }]);
      expect(found[0]).not.toHaveProperty('cause');
    }
  });

  test('may use a different TLS session if the configuration says so', () => {
    const line = (address: string): string =>
      `from ci.example (x [${address}]) by mx (Postfix) with ESMTPS (using TLSv1.2) id 1; Mon`;
    const severities = (address: string, isProxied?: true) =>
      judge([line(address)], {}, { ...(isProxied && { isProxied }) }).map(({ code, severity }) => [code, severity]);
    expect(severities('10.0.0.2')).toEqual([['delivery-hop-mismatch', 'warning']]);
    expect(severities('10.0.0.2', true)).toEqual([['delivery-hop-mismatch', 'notice']]);
    expect(severities('192.0.2.7', true)).toEqual([['delivery-hop-mismatch', 'warning']]);
  });
});
