import { excerptOf, transcriptLine } from '../../src/output/excerpt.js';
import type { EndpointReport, TranscriptEntry } from '../../src/report/report.js';
import { aFinding, anEndpoint, aTls, aTranscript } from '../support/reports.js';

/** Lines such as `S: 220 mx` as the entries of a transcript. */
const entries = (...lines: string[]): TranscriptEntry[] =>
  lines.map((line, at) => ({ at, from: line.startsWith('S') ? 'server' : 'client', text: line.slice(3) }));

const OVER_TLS = entries(
  'C: EHLO ci',
  'S: 250 AUTH PLAIN',
  'C: AUTH PLAIN <redacted>',
  'S: 535 no',
  'C: QUIT',
  'S: 221 Bye',
);
const REJECTED = aFinding('auth-rejected', { evidence: { reply: '535 no' } });
const TLS_MARK = '--- TLS 1.3, TLS_AES_256_GCM_SHA384 ---';

const relay = (details: Partial<EndpointReport> = {}): EndpointReport =>
  anEndpoint({ tls: aTls(61), transcript: aTranscript(...OVER_TLS), ...details });

describe('an excerpt', () => {
  test('has the line that decides, the lines before it, what is left out, and where TLS begins', () => {
    expect(excerptOf(relay(), 'authentication', REJECTED)).toEqual({
      connection: 'smtp.example.com:587 (192.0.2.7)',
      lines: [
        '… 3 lines',
        '  S: 250-SIZE 52428800',
        '  S: 250 STARTTLS',
        '  C: STARTTLS',
        '  S: 220 2.0.0 Ready to start TLS',
        TLS_MARK,
        '  C: EHLO ci',
        '  S: 250 AUTH PLAIN',
        '  C: AUTH PLAIN <redacted>',
        '> S: 535 no',
        '… 2 lines',
      ],
    });
  });

  test('says where TLS begins even if these lines are left out', () => {
    const long = entries('C: EHLO ci', ...Array.from({ length: 20 }, (_, at) => `S: 250-X${at}`), 'S: 535 no');
    const { lines } = excerptOf(relay({ transcript: aTranscript(...long) }), 'authentication', REJECTED) ?? {};
    expect(lines?.slice(0, 4)).toEqual(['… 7 lines', TLS_MARK, '… 14 lines', '  S: 250-X13']);
    expect(lines).toHaveLength(11);
  });

  test('has TLS at its start with implicit TLS', () => {
    const transcript = entries('S: 220 mx', ...['C: EHLO ci', 'S: 535 no']);
    expect(excerptOf(relay({ transport: 'implicit', transcript }), 'authentication', REJECTED)?.lines).toEqual([
      TLS_MARK,
      '  S: 220 mx',
      '  C: EHLO ci',
      '> S: 535 no',
    ]);
  });

  test('has TLS at its end if the finding is the last line before it', () => {
    const found = aFinding('starttls-refused', { evidence: { reply: '220 2.0.0 Ready to start TLS' } });
    expect(excerptOf(relay({ transcript: aTranscript() }), 'upgrade', found)?.lines.slice(-2)).toEqual([
      '> S: 220 2.0.0 Ready to start TLS',
      TLS_MARK,
    ]);
  });

  test('says nothing of TLS without a handshake', () => {
    const plain = anEndpoint({ transcript: aTranscript(...OVER_TLS) });
    expect(excerptOf(plain, 'authentication', REJECTED)?.lines.join()).not.toContain('---');
  });

  test('marks the line with the offer that the evidence names', () => {
    const found = aFinding('plaintext-auth-advertised', { evidence: { mechanisms: 'PLAIN LOGIN' } });
    const transcript = entries('S: 220 mx', 'C: EHLO ci', 'S: 250-mx', 'S: 250-AUTH PLAIN LOGIN', 'S: 250 STARTTLS');
    expect(excerptOf(relay({ transcript }), 'capability', found)?.lines).toEqual([
      '  S: 220 mx',
      '  C: EHLO ci',
      '  S: 250-mx',
      '> S: 250-AUTH PLAIN LOGIN',
      '… 1 line',
    ]);
  });

  test('marks a command without a reply, and no line if the evidence quotes none', () => {
    const silent = entries('S: 220 mx', 'C: EHLO ci');
    const lines = (transcript: TranscriptEntry[]): readonly string[] | undefined =>
      excerptOf(relay({ transcript }), 'capability', aFinding('reply-timeout'))?.lines;
    expect(lines(silent)).toEqual(['  S: 220 mx', '> C: EHLO ci']);
    expect(lines(silent.slice(0, 1))).toEqual(['  S: 220 mx']);
  });

  test('is missing if no line shows the finding', () => {
    expect(excerptOf(relay(), 'certificate', aFinding('certificate-expired'))).toBeUndefined();
    expect(excerptOf(relay({ transcript: [] }), 'capability', aFinding('connection-refused'))).toBeUndefined();
  });

  test('names the attempt if there were several, and no IP address that is the host', () => {
    const connectionOf = (details: Partial<EndpointReport>): string | undefined =>
      excerptOf(relay(details), 'authentication', REJECTED)?.connection;
    expect(connectionOf({ attempts: 2 })).toBe('smtp.example.com:587 (192.0.2.7), attempt 2');
    expect(connectionOf({ host: '2001:db8::1', address: '2001:db8::1' })).toBe('[2001:db8::1]:587');
  });

  test('of an additional connection has only its lines', () => {
    const second = entries(
      'S: 220-mx',
      'S: 220 mx',
      'C: EHLO ci',
      'S: 250 mx',
      'C: MAIL FROM:<a@b>',
      'S: 250 taken',
      'C: QUIT',
      'S: 221 Bye',
    );
    const third = entries('S: 220 mx', 'C: QUIT');
    const found = aFinding('plaintext-mail-accepted', { evidence: { reply: '250 taken' } });
    const transcript = aTranscript(...OVER_TLS, ...second, ...third);
    expect(excerptOf(relay({ transcript }), 'capability', found)).toEqual({
      connection: 'additional connection to smtp.example.com:587 (192.0.2.7)',
      lines: [
        ...['  S: 220-mx', '  S: 220 mx', '  C: EHLO ci', '  S: 250 mx', '  C: MAIL FROM:<a@b>', '> S: 250 taken'],
        '… 2 lines',
      ],
    });
  });
});

describe('an excerpt of the session with the inbox', () => {
  const inboxTranscript = entries('S: * OK ready', 'C: 1 LOGIN <redacted>', 'S: 1 NO wrong password');

  test('names the inbox', () => {
    const found = aFinding('inbox-rejected', {
      evidence: { inbox: 'imaps://imap.example.com:993', user: 'joe', mailbox: 'INBOX' },
    });
    expect(excerptOf(relay({ inboxTranscript }), 'delivery', found)).toEqual({
      connection: 'inbox imaps://imap.example.com:993, user joe, mailbox INBOX',
      lines: ['--- TLS ---', '  S: * OK ready', '  C: 1 LOGIN <redacted>', '  S: 1 NO wrong password'],
    });
  });

  test.each([
    ['7 NO [NONEXISTENT] No such mailbox', 'No such mailbox'],
    ['2 NO Wrong password', 'Wrong password'],
    ['A BAD Unknown command', 'Unknown command'],
    ['* BYE Too many connections', 'Too many connections'],
    ['-ERR [AUTH] Wrong password', '-ERR [AUTH] Wrong password'],
  ])('marks the refusal that the evidence quotes without its tag: %s', (line, inboxReply) => {
    const lines = entries('S: * OK ready', 'C: 7 SELECT Missing', `S: ${line}`, 'C: 8 LOGOUT', 'S: * BYE See you');
    const found = aFinding('inbox-rejected', { evidence: { inbox: 'imap://imap.example.com:143', inboxReply } });
    expect(excerptOf(relay({ inboxTranscript: lines }), 'delivery', found)?.lines).toEqual([
      ...['  S: * OK ready', '  C: 7 SELECT Missing', `> S: ${line}`],
      '… 2 lines',
    ]);
  });

  test.each([
    ['1 STARTTLS', '1 OK Begin'],
    ['STLS', '+OK Begin'],
  ])('says where TLS begins after %s', (command, reply) => {
    const lines = entries('S: ready', `C: ${command}`, `S: ${reply}`, 'C: LOGIN <redacted>', 'S: - wrong password');
    const found = aFinding('inbox-rejected', {
      evidence: { inbox: 'imap://imap.example.com:143', inboxReply: '- wrong password' },
    });
    const linesOf = (shown: typeof lines) => excerptOf(relay({ inboxTranscript: shown }), 'delivery', found)?.lines;
    expect(linesOf(lines)).toEqual([
      ...['  S: ready', `  C: ${command}`, `  S: ${reply}`, '--- TLS ---'],
      ...['  C: LOGIN <redacted>', '> S: - wrong password'],
    ]);
    expect(linesOf(lines.slice(0, 3))).not.toContain('--- TLS ---');
  });

  test('leaves out that the gate waited', () => {
    const lines = entries(
      ...['S: * OK ready', 'C: 5 NOOP', 'S: * 1 EXISTS', 'S: 5 OK', 'C: 6 UID FETCH 1:*', 'S: 6 OK Done'],
      ...['C: 7 IDLE', 'S: + idling', 'C: DONE', 'S: 7 OK', 'C: 8 NOOP', 'S: 8 OK'],
    );
    const found = aFinding('message-not-received', { evidence: { inbox: 'imap://imap.example.com:143' } });
    expect(excerptOf(relay({ inboxTranscript: lines }), 'delivery', found)?.lines).toEqual([
      ...['  S: * OK ready', '… 3 lines', '  C: 6 UID FETCH 1:*', '  S: 6 OK Done', '… 6 lines'],
    ]);
  });

  test('shows that the message did not arrive', () => {
    const found = aFinding('message-not-received', { evidence: { messageId: '<a@b>' } });
    expect(excerptOf(relay({ inboxTranscript }), 'delivery', found)?.connection).toBe('inbox');
    expect(excerptOf(relay(), 'delivery', found)?.connection).toBe('smtp.example.com:587 (192.0.2.7)');
  });

  describe('if the message did not arrive', () => {
    const lines = entries(
      ...['S: * OK ready', 'C: 1 STATUS INBOX', 'S: * STATUS INBOX (UIDNEXT 4)', 'S: 1 OK Done'],
      ...['C: 2 STATUS INBOX', 'S: * STATUS "INBOX" (MESSAGES 3 UIDNEXT 4)', 'S: 2 OK Done'],
      ...['C: 3 STATUS Spam', 'S: * STATUS Spam (UIDNEXT 9)', 'S: 3 OK Done'],
    );
    const linesFor = (evidence: Record<string, string>) =>
      excerptOf(relay({ inboxTranscript: lines }), 'delivery', aFinding('message-not-received', { evidence }))?.lines;

    test('marks the last status of the mailbox', () => {
      expect(linesFor({ mailbox: 'INBOX' })?.slice(-2)).toEqual([
        '> S: * STATUS "INBOX" (MESSAGES 3 UIDNEXT 4)',
        '… 4 lines',
      ]);
    });

    test.each<Record<string, string>>([
      { mailbox: 'INBOX', folder: 'Spam' },
      { mailbox: 'INBOX', other: 'a different message' },
      { mailbox: 'Gate' },
    ])('marks nothing in the session if something else shows more: %j', (evidence) => {
      expect(linesFor(evidence)?.filter((line) => line.startsWith('>'))).toEqual([]);
    });
  });

  test('is missing if there was none', () => {
    expect(excerptOf(relay(), 'delivery', aFinding('inbox-unreachable'))).toBeUndefined();
    expect(excerptOf(relay({ inboxTranscript: [] }), 'delivery', aFinding('inbox-unreachable'))).toBeUndefined();
  });
});

test.each([
  ['server', 'S: (2 lines)'],
  ['client', 'C: (the message, 2 lines)'],
] as const)('several lines of the %s at once have only their number', (from, expected) => {
  expect(transcriptLine({ at: 0, from, text: 'a\r\nb' })).toBe(expected);
});
