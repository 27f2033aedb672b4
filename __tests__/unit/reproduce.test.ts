import { execFileSync } from 'node:child_process';
import {
  commandFor,
  COMMANDS,
  sendsMessage,
  type CommandName,
  type ReproducibleEndpoint,
} from '../../src/findings/reproduce.js';
import type { Endpoint, InboxTarget } from '../../src/plan/endpoint.js';
import { Secret } from '../../src/secrets/secret.js';
import { testEndpoint } from '../support/gate.js';
import { HOSTILE } from '../support/hostile.js';

const ENDPOINT = testEndpoint(587, { host: 'smtp.example.com', servername: 'smtp.example.com' });
const AUTH = { username: 'user', secret: new Secret('correct horse'), kind: 'password', expect: 'accepted' } as const;
const DELIVERY = {
  from: 'gate@example.com',
  to: 'inbox@example.com',
  withinMs: 1000,
  expect: 'received',
  keep: false,
  attachmentBytes: 0,
} as const;
const INBOX = {
  scheme: 'imaps',
  host: 'imap.example.com',
  port: 993,
  mailbox: 'INBOX',
  username: 'reader',
  password: new Secret('correct horse'),
} as const;
const FULL = { ...ENDPOINT, auth: AUTH, delivery: { ...DELIVERY, inbox: INBOX } };

/** What a test may know about the server. */
interface Known {
  readonly address?: string;
  readonly evidence?: {
    readonly sent?: string;
    readonly mechanism?: string;
    readonly awaited?: string;
    readonly earlierAwaited?: string;
    readonly domain?: string;
    readonly selector?: string;
    readonly folder?: string;
    readonly messageId?: string;
    readonly removed?: string;
  };
  readonly capabilities?: readonly string[];
}

function commandOf(name: CommandName, endpoint: ReproducibleEndpoint, known: Known = {}): string | undefined {
  return COMMANDS[name](endpoint, { evidence: {}, capabilities: [], ...known });
}

function trusting(...paths: readonly (string | undefined)[]): Pick<Endpoint, 'tls'> {
  const anchorSources = paths.map((path) => ({ ...(path !== undefined && { path }), certificates: ['PEM'] }));
  return { tls: { ...ENDPOINT.tls, ca: ['PEM'], anchorSources } };
}

const WAIVER = { finding: 'certificate-expired', until: '2099-12-31', reason: 'on order' } as const;

describe('the openssl command', () => {
  test('uses STARTTLS, sends and verifies the name, allows the TLS versions of the policy, and ends by itself', () => {
    expect(commandOf('openssl', ENDPOINT)).toBe(
      'openssl s_client -connect smtp.example.com:587 -starttls smtp -servername smtp.example.com ' +
        '-verify_hostname smtp.example.com -min_protocol TLSv1.2 </dev/null',
    );
  });

  test.each<[string, Partial<Endpoint>, string]>([
    ['implicit TLS', { transport: 'implicit', port: 465 }, '-connect smtp.example.com:465 -servername'],
    [
      'a different name for TLS',
      { servername: 'mx.test' },
      ':587 -starttls smtp -servername mx.test -verify_hostname mx.test',
    ],
    ['an IPv4 address', { host: '192.0.2.1', servername: '192.0.2.1' }, ' -noservername -verify_ip 192.0.2.1 '],
    ['an IPv6 address', { host: '2001:db8::1', servername: '2001:db8::1' }, " -connect '[2001:db8::1]:587' "],
    ['an IP address with a name', { host: '2001:db8::1', servername: 'mx.test' }, ' -servername mx.test '],
    ['an EHLO name', { ehlo: 'ci.example.com' }, ' -starttls smtp -name ci.example.com -servername '],
    ['an EHLO address literal', { ehlo: '[192.0.2.9]' }, " -name '[192.0.2.9]' "],
    ['TLS 1.3 as the minimum', { tls: { ...ENDPOINT.tls, minVersion: 'TLSv1.3' } }, ' -min_protocol TLSv1.3 '],
  ])('has the option for %s', (_, replaced, part) => {
    expect(commandOf('openssl', { ...ENDPOINT, ...replaced })).toContain(part);
  });

  test.each([
    ['RSA', '-sigalgs RSA-PSS+SHA256:RSA+SHA256'],
    ['ECDSA', "-sigalgs ECDSA+SHA256:ECDSA+SHA384:RSA+SHA256 -cipher 'DEFAULT:!aRSA'"],
  ])('allows only the certificate that the finding is about: %s', (keyType, options) => {
    for (const name of ['openssl', 'pin', 'certificate-text'] as const) {
      expect(commandOf(name, { ...ENDPOINT, keyType })).toContain(` ${options} `);
    }
  });

  test('connects to the known IP address, and verifies the name', () => {
    const [v4, v6] = ['192.0.2.1', '2001:db8::1'].map((address) => commandOf('openssl', ENDPOINT, { address }));
    expect(v4).toContain(' -connect 192.0.2.1:587 -starttls smtp -servername smtp.example.com -verify_hostname smtp.');
    expect(v6).toContain(" -connect '[2001:db8::1]:587' -starttls smtp -servername smtp.example.com ");
  });

  test('does not send an IP address as SNI', () => {
    expect(commandOf('openssl', { ...ENDPOINT, servername: '192.0.2.1' })).not.toMatch(/-servername|-verify_hostname/);
  });

  test('for an inbox starts TLS as its URL says, and verifies the host in it', () => {
    const of = (inbox: InboxTarget) => commandOf('inbox-tls', { ...FULL, delivery: { ...DELIVERY, inbox } });
    expect(of(INBOX)).toBe(
      'openssl s_client -connect imap.example.com:993 -servername imap.example.com ' +
        '-verify_hostname imap.example.com -min_protocol TLSv1.2 </dev/null',
    );
    expect(of({ ...INBOX, scheme: 'imap', port: 143 })).toContain(':143 -starttls imap -servername ');
    expect(of({ ...INBOX, scheme: 'pop3', port: 110 })).toContain(':110 -starttls pop3 -servername ');
    const api = { host: '192.0.2.1', port: 8025, basePath: '' };
    expect(of({ ...api, scheme: 'mailpit+https' })).toContain(' -connect 192.0.2.1:8025 -noservername -verify_ip ');
    expect(of({ ...api, scheme: 'mailpit+http' })).toBeUndefined();
    expect(commandOf('inbox-tls', ENDPOINT)).toBeUndefined();
  });
});

describe('additional trusted CAs', () => {
  const options: readonly [CommandName, string][] = [
    ['openssl', '-CAfile'],
    ['sign-in', '--tls-ca-path'],
    ['inbox', '--cacert'],
  ];

  test.each(options)('in a file are an option of the command %s', (name, option) => {
    expect(commandOf(name, { ...FULL, ...trusting('certs/ca.pem') })).toContain(` ${option} certs/ca.pem `);
    expect(commandOf(name, { ...FULL, ...trusting('my certs/$CA.pem') })).toContain(` ${option} 'my certs/$CA.pem' `);
    expect(commandOf(name, { ...FULL, ...trusting('-ca.pem') })).toContain(` ${option} ./-ca.pem `);
  });

  test.each(options)('in several files are joined for the command %s', (name, option) => {
    const command = commandOf(name, { ...FULL, ...trusting('a.pem', 'b c.pem') });
    expect(command).toMatch(/^cat a\.pem 'b c\.pem' > your-ca\.pem && /);
    expect(command).toContain(` ${option} your-ca.pem `);
  });

  test.each(options)('have a placeholder in the command %s if they are not only in files', (name, option) => {
    for (const sources of [[undefined], ['a.pem', undefined], ['a', 'b', 'c', 'd', 'e']]) {
      const command = commandOf(name, { ...FULL, ...trusting(...sources) });
      expect(command).toContain(` ${option} your-ca.pem `);
      expect(command).not.toContain('cat ');
    }
  });

  test('are not an option for a server that does not need them, because they would replace the default store', () => {
    const endpoint = { ...FULL, ...trusting('certs/ca.pem'), endsInDefaultStore: true };
    for (const name of ['openssl', 'sign-in', 'delivery'] as const) {
      expect(commandOf(name, endpoint)).not.toContain('certs/ca.pem');
    }
    const token = { ...endpoint, auth: { ...AUTH, kind: 'access-token' } } as const;
    const withCurl = { ...ENDPOINT, evidence: { mechanism: 'XOAUTH2', reply: '535 no' } };
    expect(commandOf('sign-in', token, withCurl)).toMatch(/ curl (?!.*certs\/ca\.pem)/);
    const { delivery } = endpoint;
    const inbox = { ...delivery.inbox, endsInDefaultStore: true };
    for (const name of ['inbox', 'inbox-tls'] as const) {
      expect(commandOf(name, endpoint)).toContain(' certs/ca.pem ');
      const trusted = { ...endpoint, delivery: { ...delivery, inbox } } as typeof endpoint;
      expect(commandOf(name, trusted)).not.toContain('certs/ca.pem');
    }
  });

  test.each(options)('are not mentioned by the command %s if there are none', (name, option) => {
    expect(commandOf(name, FULL)).not.toContain(option);
  });
});

describe('the swaks command', () => {
  test('stops after the step of the finding', () => {
    const begin = 'swaks --server smtp.example.com:587 --tls --tls-sni smtp.example.com --tls-verify';
    const auth = '--auth PLAIN,LOGIN --auth-user user --auth-hide-password --protect-prompt';
    expect(commandOf('sign-in', FULL)).toBe(`${begin} ${auth} --quit-after AUTH`);
    expect(commandOf('delivery', FULL)).toBe(`${begin} ${auth} --from gate@example.com --to inbox@example.com`);
    expect(commandOf('delivery', { ...ENDPOINT, delivery: DELIVERY })).toBe(
      `${begin} --from gate@example.com --to inbox@example.com`,
    );
    const envelope = '--from gate@example.com --to inbox@example.com';
    expect(commandOf('mail', FULL)).toBe(`${begin} ${auth} ${envelope} --quit-after MAIL`);
    expect(commandOf('rcpt', FULL)).toBe(`${begin} ${auth} ${envelope} --quit-after RCPT`);
  });

  test.each<[string, Partial<Endpoint>, string]>([
    ['implicit TLS', { transport: 'implicit', port: 465 }, ' --server smtp.example.com:465 --tls-on-connect '],
    ['an IPv6 address', { host: '::1', servername: '::1' }, " --server '[::1]:587' --tls --tls-verify "],
    ['a mechanism', { auth: { ...AUTH, mechanism: 'LOGIN' } }, ' --auth LOGIN '],
    ['an EHLO name', { ehlo: 'ci.example.com' }, ' --helo ci.example.com '],
  ])('has the option for %s', (_, replaced, part) => {
    expect(commandOf('delivery', { ...FULL, ...replaced })).toContain(part);
  });

  test('connects to the IP address if it is a separate endpoint, and otherwise to the name, which newer versions verify', () => {
    const address = '2001:db8::1';
    const all = commandOf('delivery', { ...FULL, addresses: 'all' }, { address });
    expect(all).toContain("swaks --server '[2001:db8::1]:587' --tls --tls-sni smtp.example.com --tls-verify ");
    expect(commandOf('delivery', FULL, { address })).toContain('swaks --server smtp.example.com:587 ');
  });

  test.each(['PLAIN', 'LOGIN', 'CRAM-MD5'])('authenticates with %s if the gate did', (mechanism) => {
    expect(commandOf('sign-in', FULL, { evidence: { mechanism } })).toContain(` --auth ${mechanism} `);
  });

  test.each<[string, Partial<Endpoint>, Known]>([
    ['the gate authenticated with SCRAM', {}, { evidence: { mechanism: 'SCRAM-SHA-256' } }],
    ['SCRAM is configured', { auth: { ...AUTH, mechanism: 'SCRAM-SHA-256' } }, {}],
    ['a token is configured', { auth: { ...AUTH, kind: 'access-token' } }, {}],
    ['a client certificate is configured', { auth: { kind: 'certificate', username: '', expect: 'accepted' } }, {}],
    ['the key of the server is pinned', { tls: { ...ENDPOINT.tls, pins: ['pin'] } }, {}],
    ['a problem of the certificate is waived', { waive: [WAIVER] }, {}],
    [
      'the gate sends a client certificate',
      { tls: { ...ENDPOINT.tls, client: { key: new Secret('key'), certificate: 'pem' } } },
      {},
    ],
  ])('does not exist if %s, because swaks cannot do that', (_, replaced, known) => {
    expect(commandOf('sign-in', { ...FULL, ...replaced }, known)).toBeUndefined();
    expect(commandOf('delivery', { ...FULL, ...replaced }, known)).toBeUndefined();
  });
});

test('no command sends a message to a recipient that must be rejected', () => {
  const refused = { ...FULL, delivery: { ...DELIVERY, expect: 'refused' } } as const;
  expect(commandOf('delivery', refused)).toBeUndefined();
  expect(commandOf('slow-delivery', refused)).toBeUndefined();
  expect(commandOf('slow-reply', refused)).toBeUndefined();
  expect(commandOf('rcpt', refused)).toMatch(/ --quit-after RCPT$/);
});

test('the swaks command that sends a message does not exist if the server offers only mechanisms that swaks lacks', () => {
  const known = { capabilities: ['AUTH SCRAM-SHA-256'] };
  expect(commandOf('delivery', FULL, known)).toBeUndefined();
  expect(commandOf('delivery', FULL, { capabilities: ['AUTH SCRAM-SHA-256 LOGIN'] })).toContain(' --auth PLAIN,LOGIN ');
  // It shows that nothing is sent.
  expect(commandOf('sign-in', FULL, known)).toContain(' --auth PLAIN,LOGIN ');
});

describe('the curl command for an inbox', () => {
  const of = (inbox: InboxTarget) => commandOf('inbox', { ...FULL, delivery: { ...DELIVERY, inbox } });
  const begin = "echo 'Enter the password of the inbox:'; curl -v -sS";
  const end = "2>&1 | grep -v '^> '";
  const api = { scheme: 'mailpit+https', host: 'mailpit.example.com', port: 8025, basePath: '/base' } as const;
  const url = "'https://mailpit.example.com:8025/base/api/v1/messages?limit=1'";

  test.each<[string, InboxTarget, string]>([
    [
      'the folder of an IMAP server',
      { ...INBOX, mailbox: 'Test mails' },
      `${begin} -u reader -X 'EXAMINE "Test mails"' imaps://imap.example.com:993/ ${end}`,
    ],
    [
      'an IMAP server with STARTTLS',
      { ...INBOX, scheme: 'imap', host: '2001:db8::1', port: 143 },
      `${begin} --ssl-reqd -u reader -X 'EXAMINE "INBOX"' 'imap://[2001:db8::1]:143/' ${end}`,
    ],
    [
      'a POP3 server',
      { ...INBOX, scheme: 'pop3s', port: 995 },
      `${begin} -u reader -X UIDL pop3s://imap.example.com:995/ ${end}`,
    ],
    [
      'a POP3 server with STLS',
      { ...INBOX, scheme: 'pop3', port: 110 },
      `${begin} --ssl-reqd -u reader -X UIDL pop3://imap.example.com:110/ ${end}`,
    ],
    ['Mailpit', { ...api, username: 'reader', password: INBOX.password }, `${begin} --http1.1 -u reader ${url} ${end}`],
    ['Mailpit without a login', api, `curl -v -sS --http1.1 ${url} 2>&1`],
    [
      'MailDev over HTTP, to which no password is sent',
      { ...api, scheme: 'maildev+http', username: 'reader', password: INBOX.password },
      'curl -v -sS http://mailpit.example.com:8025/base/email 2>&1',
    ],
  ])('opens %s, and does not show the password', (_, inbox, command) => {
    expect(of(inbox)).toBe(command);
  });

  test.each<[string, InboxTarget]>([
    ['a username with a colon, after which curl reads the password', { ...INBOX, username: 'user:name' }],
    ['a folder with a quotation mark', { ...INBOX, mailbox: 'a"b' }],
    ['a folder with a backslash', { ...INBOX, mailbox: 'a\\b' }],
    ['a folder whose name IMAP encodes', { ...INBOX, mailbox: 'Entwürfe' }],
    ['a folder with an ampersand, which IMAP encodes', { ...INBOX, mailbox: 'A&B' }],
  ])('does not exist for %s', (_, inbox) => {
    expect(of(inbox)).toBeUndefined();
  });
});

describe('the command for a message that arrived', () => {
  const of = (name: CommandName, inbox: Partial<InboxTarget> = {}, evidence: Known['evidence'] = {}) =>
    commandOf(name, { ...FULL, delivery: { ...DELIVERY, inbox: { ...INBOX, ...inbox } } }, { evidence });
  const messageId = '<starttls-gate.1@example.com>';
  const api = { scheme: 'mailpit+http', port: 8025, basePath: '/base' } as const;

  test('sends one, and prints the newest of the inbox', () => {
    const [send, read, ...rest] = of('sent-message')?.split('\n') ?? [];
    expect(send).toMatch(/^swaks .* --to inbox@example\.com --silent 2 --header 'Subject: STARTTLS Gate check' &&$/);
    expect(read).toBe(
      "sleep 10 && echo 'Enter the password of the inbox:' && curl -sS -u reader 'imaps://imap.example.com:993/INBOX;MAILINDEX=*'",
    );
    expect(rest).toEqual([]);
    expect(of('sent-header')).toMatch(/;MAILINDEX=\*;SECTION=HEADER'$/);
    expect(of('sent-to-junk', {}, { folder: 'Junk mail' })).toMatch(/\/Junk%20mail;MAILINDEX=\*;SECTION=HEADER'$/);
  });

  test('shows that a field is missing, also one that swaks does not send by itself', () => {
    expect(of('sent-field', {}, { removed: 'Auto-Submitted, Date' })).toMatch(
      / --header 'Auto-Submitted: auto-generated' &&\n.* \| grep -i '\^Auto-Submitted:' \|\| echo 'no Auto-Submitted'; }$/,
    );
  });

  test('counts copies by a subject that no other message has', () => {
    expect(of('sent-copies')).toMatch(
      /^n=check-\$\(date \+%s\); swaks .* --header "Subject: \$n" &&\n.* -X "UID SEARCH HEADER Subject \$n" imaps:\/\/\S+ \| grep '\[0-9\] \[0-9\]' && echo 'more than one copy'$/,
    );
  });

  test('searches for that of the gate', () => {
    expect(of('inbox-search', { scheme: 'imap', port: 143 }, { messageId })).toMatch(
      /r=\$\(curl -sS --ssl-reqd -u reader -X 'UID SEARCH HEADER Message-ID <starttls-gate\.1@example\.com>' imap:\/\/\S+\) && \{ printf '%s\\n' "\$r" \| grep '\[0-9\]' \|\| echo 'not in the mailbox'; \}$/,
    );
    expect(of('inbox-search', api, { messageId })).toBe(
      "curl -sSf 'http://imap.example.com:8025/base/api/v1/search?query=message-id%3A%22starttls-gate.1%40example.com%22&limit=1'",
    );
  });

  test.each<[CommandName, string]>([
    ['sent-field', 'no Auto-Submitted'],
    ['sent-dkim-signature', 'no DKIM-Signature'],
    ['sent-results', 'no Authentication-Results'],
    ['sent-body', 'the body is not the one that was sent'],
    ['sent-dot', 'the line with the dot is not the one that was sent'],
    ['sent-search', 'not in the mailbox'],
    ['inbox-search', 'not in the mailbox'],
    ['auth-over-tls', 'AUTH is not offered over TLS'],
    ['smtputf8', 'SMTPUTF8 is not offered'],
  ])('shows nothing if it cannot read what it looks for: %s', (name, shows) => {
    const command = of(name, {}, { removed: 'Auto-Submitted', messageId }) ?? '';
    /** What the command prints if what it reads is empty, or cannot be read. */
    const printed = (status: number): string => {
      const isOfInbox = command.includes('curl');
      const programs = [
        `swaks() { return ${isOfInbox ? 0 : status}; }`,
        `curl() { return ${status}; }`,
        'sleep() { :; }',
      ];
      return execFileSync('sh', ['-c', `${programs.join('\n')}\n{ ${command}\n} || :`]).toString();
    };
    expect(printed(0)).toContain(shows);
    expect(printed(67)).not.toContain(shows);
  });

  test('prints the newest message of a mail catcher', () => {
    expect(of('inbox-newest', api)).toBe('curl -sSf http://imap.example.com:8025/base/api/v1/message/latest/raw');
  });

  test.each<[string, Partial<InboxTarget>]>([
    ['a POP3 inbox, which has no search', { scheme: 'pop3s' }],
    ['a MailDev, which has no newest message', { scheme: 'maildev+http' }],
    ['a username with a colon, after which curl reads the password', { username: 'user:name' }],
    ['a folder whose name IMAP encodes', { mailbox: 'Entwürfe' }],
  ])('does not exist for %s', (_, inbox) => {
    for (const name of ['sent-message', 'sent-copies', 'inbox-newest', 'inbox-search'] as const) {
      expect(of(name, inbox, { messageId })).toBeUndefined();
    }
  });

  test('does not exist for an access token, with which swaks cannot sign in', () => {
    const token = { ...FULL, auth: { ...AUTH, kind: 'access-token' } } as const;
    expect(commandOf('sent-message', token)).toBeUndefined();
  });
});

describe('the command that goes as far as the gate', () => {
  test.each([
    ['the greeting', ' --quit-after EHLO'],
    ['nothing, after the greeting', ' --quit-after EHLO'],
    ['the reply to EHLO over TLS', ' --tls --tls-sni smtp.example.com --quit-after EHLO'],
    ['the reply to STARTTLS', ' --quit-after TLS'],
    [
      'nothing, after the reply to AUTH LOGIN',
      ' --auth LOGIN --auth-user user --auth-hide-password --protect-prompt --quit-after AUTH',
    ],
    ['the reply to MAIL', ' --quit-after MAIL'],
    ['the reply to RCPT', ' --quit-after RCPT'],
  ])('for %s ends with it', (awaited, end) => {
    const command = commandOf('as-far-as', FULL, { evidence: { awaited } }) ?? '';
    expect(command.slice(-end.length)).toBe(end);
    const isOverTls = /TLS|AUTH|MAIL|RCPT/.test(awaited);
    expect(command.includes(' --tls ')).toBe(isOverTls);
  });

  test.each(['the reply to DATA', 'the reply to the end of the message', 'the reply to AUTH SCRAM-SHA-256'])(
    'does not exist for %s',
    (awaited) => {
      expect(commandOf('as-far-as', FULL, { evidence: { awaited } })).toBeUndefined();
    },
  );

  test('asks for nothing that is not configured', () => {
    const evidence = { awaited: 'the reply to MAIL' };
    expect(commandOf('as-far-as', ENDPOINT, { evidence })).toBeUndefined();
  });
});

describe('a command after the message', () => {
  test.each(['the reply to DATA', 'the reply to the end of the message'])('sends one to get to %s', (awaited) => {
    expect(commandFor('as-far-as', { awaited })).toBe('delivery');
    expect(commandFor('as-far-in-time', { awaited })).toBe('slow-delivery');
    expect(commandFor('openssl', { awaited })).toBe('openssl');
  });

  test.each(['the reply to RCPT', 'nothing, after the reply to MAIL'])('does not send one to get to %s', (awaited) => {
    expect(commandFor('as-far-as', { awaited })).toBe('as-far-as');
  });
});

describe('the command for a timeout', () => {
  test('waits as long as the gate, in whole seconds', () => {
    const of = (timeoutMs: number): string | undefined =>
      commandOf('as-far-in-time', { ...ENDPOINT, timeoutMs }, { evidence: { awaited: 'the greeting' } });
    expect(of(6000)).toBe('swaks --server smtp.example.com:587 --timeout 6 --quit-after EHLO');
    expect(of(500)).toContain(' --timeout 1 ');
    expect(commandOf('slow-delivery', { ...FULL, timeoutMs: 15_000 })).toMatch(
      / --timeout 15 .* --to inbox@example\.com$/,
    );
  });
});

describe('the command for a slow reply to the message', () => {
  test('waits as long as a client must, and compares with the timeout of the gate', () => {
    expect(commandOf('slow-reply', { ...FULL, timeoutMs: 6000 })).toMatch(
      /^echo 'Enter the password:'; swaks .* --timeout 600 --show-time-lapse .* --to inbox@example\.com 2>&1 \| awk '.* >= 6 \|\|/,
    );
  });
});

test('the command after an earlier attempt gets as far as that one', () => {
  const evidence = { awaited: 'the greeting', earlierAwaited: 'the reply to EHLO over TLS' };
  expect(commandOf('as-far-as-before', FULL, { evidence })).toMatch(/ --tls --tls-sni \S+ --quit-after EHLO$/);
  expect(commandOf('as-far-as-before', FULL, { evidence: { awaited: 'the greeting' } })).toBeUndefined();
});

describe('the command for a reply that nobody asked for', () => {
  const after = (reply: string): string | undefined =>
    commandOf(
      'unsolicited',
      { ...ENDPOINT, ehlo: 'ci.test' },
      { evidence: { awaited: `nothing, after the ${reply}` } },
    );

  test('sends nothing after the last reply', () => {
    expect(after('greeting')).toBe('curl -sN -m 10 telnet://smtp.example.com:587 </dev/null');
    expect(after('greeting over TLS')).toMatch(/^sleep 4 \| openssl s_client .* -quiet -no_ign_eof$/);
    expect(after('reply to EHLO')).toMatch(/^printf '%s\\r\\n' 'EHLO ci\.test' \| while /);
    expect(after('reply to EHLO over TLS')).toMatch(
      /^\{ sleep 4; printf '%s\\r\\n' 'EHLO ci\.test'; sleep 4; \} \| openssl .* -quiet -no_ign_eof$/,
    );
  });

  test.each(['reply to AUTH PLAIN', 'reply to MAIL', 'reply to RCPT'])('does not exist after the %s', (reply) => {
    expect(after(reply)).toBeUndefined();
  });
});

describe('the command for line ends', () => {
  const after = (reply: string): string | undefined =>
    commandOf('line-ends', { ...ENDPOINT, ehlo: 'ci.test' }, { evidence: { awaited: `the ${reply}` } });

  test('gets as far as the reply, and shows each line end', () => {
    expect(after('greeting')).toMatch(/^printf '%s\\r\\n' 'EHLO ci\.test' \| while .* \| curl .* \| cat -ve$/);
    expect(after('reply to EHLO')).toBe(after('greeting'));
    expect(after('reply to STARTTLS')).toMatch(/^printf '%s\\r\\n' 'EHLO ci\.test' STARTTLS \| .* \| cat -ve$/);
    expect(after('greeting over TLS')).toMatch(/^sleep 4 \| openssl s_client .* -quiet -no_ign_eof \| cat -ve$/);
    expect(after('reply to EHLO over TLS')).toMatch(/'EHLO ci\.test'; .* \| openssl .* -no_ign_eof \| cat -ve$/);
  });

  test.each(['reply to AUTH PLAIN', 'reply to MAIL', 'reply to QUIT'])('does not exist for the %s', (reply) => {
    expect(after(reply)).toBeUndefined();
  });
});

describe('the dig command', () => {
  test('shows whether the host has a name, or an IP address, and its mail servers', () => {
    expect(commandOf('name', ENDPOINT)).toBe('dig +noall +comments smtp.example.com');
    const addresses = "dig +short smtp.example.com A smtp.example.com AAAA | grep '[0-9a-f:]$' || echo 'no IP address'";
    expect(commandOf('addresses', ENDPOINT)).toBe(addresses);
    expect(commandOf('mail-domain', ENDPOINT)).toBe(`${addresses}; dig +noall +answer smtp.example.com MX`);
  });

  test('shows how a lookup fails', () => {
    expect(commandOf('failed-lookup', ENDPOINT)).toBe(
      "dig +noall +comments smtp.example.com A smtp.example.com AAAA smtp.example.com MX | grep -E 'status: [^N]|no servers' && echo 'the lookup failed' && dig +cd +short smtp.example.com",
    );
  });

  test('shows the key of a DKIM signature, and its length', () => {
    const evidence = { domain: 'example.com', selector: 'mail' };
    const lookup = 'dig +short TXT mail._domainkey.example.com';
    expect(commandOf('dkim-key', ENDPOINT, { evidence })).toBe(`${lookup} | grep '^"' || echo 'no TXT record'`);
    expect(commandOf('dkim-key-length', ENDPOINT, { evidence })).toMatch(
      /^dig \+short TXT mail\._domainkey\.example\.com \| sed .* \| openssl base64 -d -A \| openssl pkey -pubin /,
    );
  });

  test.each(['-f/etc/passwd', '+trace', '@192.0.2.1', 'a b', 'a;b', '$(id)', ''])(
    'does not look up what a signature names if that is no name: %j',
    (selector) => {
      for (const name of ['dkim-key', 'dkim-key-length'] as const) {
        for (const evidence of [
          { domain: 'example.com', selector },
          { domain: `${selector} \n`, selector: 'mail' },
        ]) {
          expect(commandOf(name, ENDPOINT, { evidence })).toBeUndefined();
        }
      }
    },
  );

  test.each(['name', 'addresses', 'failed-lookup', 'alias', 'mail-domain'] as const)(
    'looks up no IP address: %s',
    (name) => {
      for (const host of ['224.0.0.1', '2001:db8::1']) {
        expect(commandOf(name, { ...ENDPOINT, host })).toBeUndefined();
      }
    },
  );
});

describe('the commands of unencrypted probes', () => {
  test('end after EHLO or after MAIL with the null sender', () => {
    const server = 'swaks --server smtp.example.com:587';
    expect(commandOf('ehlo', ENDPOINT)).toBe(`${server} --quit-after EHLO`);
    expect(commandOf('ehlo', { ...ENDPOINT, transport: 'implicit' })).toBe(
      `${server} --tls-on-connect --tls-sni smtp.example.com --quit-after EHLO`,
    );
    expect(commandOf('plain-mail', ENDPOINT)).toBe(`${server} --from '<>' --quit-after MAIL`);
    expect(commandOf('mail-over-tls', ENDPOINT)).toBe(
      `${server} --tls --tls-sni smtp.example.com --from '<>' --quit-after MAIL`,
    );
    const evidence = { sent: 'MAIL FROM:<gate@example.invalid>' };
    expect(commandOf('plain-mail', ENDPOINT, { evidence })).toContain(' --from gate@example.invalid ');
  });

  test('send AUTH PLAIN and cancel it, line by line', () => {
    const command = commandOf('plain-auth', { ...ENDPOINT, ehlo: "o'hara" }, { address: '192.0.2.1' }) ?? '';
    expect(command).toMatch(/ \| curl -sN -m \d+ telnet:\/\/192\.0\.2\.1:587$/);
    const said = execFileSync('sh', ['-c', command.replaceAll('sleep 2', ':').replace(/curl -sN \S+ \S+ \S+$/, 'cat')]);
    expect(said.toString()).toBe("EHLO o'hara\r\nAUTH PLAIN\r\n*\r\nQUIT\r\n");
  });
});

test('the claims of a token are shown, however its issuer writes JSON', () => {
  const command = commandOf('token-claims', { ...FULL, auth: { ...AUTH, kind: 'access-token' } }) ?? '';
  const claims =
    '{"aud" : "mail", "exp": 1767182400,"scope": "SMTP.Send IMAP.Read", "roles": [ "a", "b" ], "upn": "me"}';
  const token = ['{"alg":"RS256"}', claims, 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
  const said = execFileSync('sh', ['-c', command], { input: `${token}\n` }).toString();
  expect(said.trim().split('\n').slice(1)).toEqual([
    ...['"aud" : "mail"', '"exp": 1767182400', '"scope": "SMTP.Send IMAP.Read"', '"roles": [ "a", "b" ]'],
  ]);
});

/** For every kind of endpoint, whatever the finding is. */
describe('a command', () => {
  const secret = 'correct horse';
  const shapes: readonly Endpoint[] = [
    ENDPOINT,
    FULL,
    { ...FULL, transport: 'implicit', addresses: 'all' },
    { ...FULL, auth: { ...AUTH, kind: 'access-token' } },
    { ...FULL, ...trusting('ca.pem') },
    { ...FULL, delivery: { ...DELIVERY, inbox: { ...INBOX, scheme: 'pop3' } } },
    {
      ...FULL,
      delivery: { ...DELIVERY, inbox: { ...INBOX, scheme: 'mailpit+http', basePath: '' } },
    },
  ];
  const names = Object.keys(COMMANDS) as CommandName[];

  test.each(names)('contains no secret: %s', (name) => {
    for (const shape of shapes) {
      const command = commandOf(name, shape) ?? '';
      for (const form of [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')]) {
        expect(command).not.toContain(form);
      }
    }
  });

  const sent = names.filter((name) => name.startsWith('sent-'));
  const signing: readonly CommandName[] = [
    ...['sign-in', 'mail', 'rcpt', 'rcpt-accepted', 'delivery', 'slow-delivery', 'slow-reply'],
    ...['delivery-twice', 'test-message', 'large-message'],
    ...sent,
  ] as const;
  const asking: readonly CommandName[] = [...signing, ...['inbox', 'inbox-in-time', 'inbox-newest']] as const;

  test.each(names.filter((name) => !asking.includes(name)))('asks for no password: %s', (name) => {
    for (const shape of shapes) expect(commandOf(name, shape) ?? '').not.toMatch(/ --auth| -u /);
  });

  test.each(signing)('sends no password without a verified certificate: %s', (name) => {
    for (const shape of shapes) {
      const command = commandOf(name, shape) ?? '';
      if (command.includes('--auth'))
        expect(command).toMatch(/ --tls(?:-on-connect)? .*--tls-verify .*--auth-hide-password --protect-prompt/);
    }
  });

  const delivering: readonly CommandName[] = [
    'mail',
    'rcpt',
    'rcpt-accepted',
    'delivery',
    'slow-delivery',
    'slow-reply',
    ...sent,
  ];

  test.each(delivering)('ends before the message, unless only a message can show the problem: %s', (name) => {
    const isSending = sendsMessage(name);
    for (const shape of shapes.filter(({ auth }) => auth?.kind !== 'access-token')) {
      const command = commandOf(name, shape);
      // Some need an inbox.
      if (command !== undefined) expect(command.includes(' --quit-after ')).toBe(!isSending);
    }
  });

  test.each([...sent, 'inbox', 'inbox-in-time', 'inbox-newest'] as const)(
    'with a login at an inbox requires TLS: %s',
    (name) => {
      for (const shape of shapes) {
        const command = commandOf(name, shape) ?? '';
        if (command.includes(' -u ')) expect(command).toMatch(/ --ssl-reqd |[ ']\w+s:\/\//);
      }
    },
  );
});

describe('a word of a command', () => {
  /** What a shell passes to the program. */
  const words = (command = ''): string[] =>
    execFileSync('sh', ['-c', `show() { for word; do printf '%s\\0' "$word"; done; }; show ${command}`], {
      encoding: 'utf8',
    })
      .split('\0')
      .slice(0, -1);

  test.each([
    ...HOSTILE.map((text) => text.replaceAll('\0', '')),
    "o'hara",
    "''",
    '$(reboot) `reboot` $HOME ~ * ? ! \\ " ; & | < > ( ) { } #',
    ' two  blanks ',
    '=ls',
    '~root',
    'naïve@exämple.test',
  ])('reaches the program unchanged: %j', (username) => {
    const given = words(commandOf('sign-in', { ...ENDPOINT, auth: { ...AUTH, username } }));
    expect(given[given.indexOf('--auth-user') + 1]).toBe(username);
    expect(given.at(-1)).toBe('AUTH');
  });

  test('is quoted if it is empty', () => {
    const command = commandOf('delivery', { ...ENDPOINT, delivery: { ...DELIVERY, from: '' } });
    expect(words(command).slice(-4)).toEqual(['--from', '', '--to', 'inbox@example.com']);
  });
});
