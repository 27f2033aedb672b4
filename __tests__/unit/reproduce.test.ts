import { execFileSync } from 'node:child_process';
import {
  mailCommand,
  opensslCommand,
  plainAuthCommand,
  firstEhloCommand,
  swaksCommand,
} from '../../src/findings/reproduce.js';
import type { Endpoint } from '../../src/plan/endpoint.js';
import { Secret } from '../../src/secrets/secret.js';
import { testEndpoint } from '../support/gate.js';
import { HOSTILE } from '../support/hostile.js';

const ENDPOINT = testEndpoint(587, { host: 'smtp.example.com', servername: 'smtp.example.com' });
const AUTH = { username: 'user', secret: new Secret('the password'), kind: 'password', expect: 'accepted' } as const;
const DELIVERY = {
  from: 'gate@example.com',
  to: 'inbox@example.com',
  withinMs: 1000,
  expect: 'received',
  keep: false,
  attachmentBytes: 0,
} as const;

describe('the openssl command', () => {
  test('uses STARTTLS, sends and verifies the name, and allows the TLS versions of the policy', () => {
    expect(opensslCommand(ENDPOINT)).toBe(
      'openssl s_client -connect smtp.example.com:587 -starttls smtp -servername smtp.example.com ' +
        '-verify_hostname smtp.example.com -min_protocol TLSv1.2 -showcerts -crlf',
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
    expect(opensslCommand({ ...ENDPOINT, ...replaced })).toContain(part);
  });

  test('connects to the known IP address, and verifies the name', () => {
    const [v4, v6] = ['192.0.2.1', '2001:db8::1'].map((address) => opensslCommand(ENDPOINT, address));
    expect(v4).toContain(' -connect 192.0.2.1:587 -starttls smtp -servername smtp.example.com -verify_hostname smtp.');
    expect(v6).toContain(" -connect '[2001:db8::1]:587' -starttls smtp -servername smtp.example.com ");
  });

  test('does not send an IP address as SNI', () => {
    const command = opensslCommand({ ...ENDPOINT, servername: '192.0.2.1' });
    expect(command).not.toMatch(/-servername|-verify_hostname/);
  });
});

describe('the swaks command', () => {
  const full = { ...ENDPOINT, auth: AUTH, delivery: DELIVERY };

  test('stops after the step of the finding', () => {
    const begin = 'swaks --server smtp.example.com:587 --tls --tls-sni smtp.example.com';
    const auth = '--tls-verify --auth PLAIN,LOGIN --auth-user user --auth-hide-password';
    expect(swaksCommand(full, 'authentication')).toBe(`${begin} ${auth} --quit-after AUTH`);
    expect(swaksCommand(full, 'delivery')).toBe(`${begin} ${auth} --from gate@example.com --to inbox@example.com`);
    expect(swaksCommand({ ...ENDPOINT, delivery: DELIVERY }, 'delivery')).toBe(
      `${begin} --from gate@example.com --to inbox@example.com`,
    );
    expect(swaksCommand(ENDPOINT, 'authentication')).toBe(`${begin} --quit-after EHLO`);
  });

  test.each<[string, Partial<Endpoint>, string]>([
    ['implicit TLS', { transport: 'implicit', port: 465 }, ' --server smtp.example.com:465 --tls-on-connect '],
    ['an IPv6 address', { host: '::1', servername: '::1' }, " --server '[::1]:587' --tls --tls-verify "],
    ['a mechanism', { auth: { ...AUTH, mechanism: 'LOGIN' } }, ' --auth LOGIN '],
    ['an EHLO name', { ehlo: 'ci.example.com' }, ' --helo ci.example.com '],
  ])('has the option for %s', (_, replaced, part) => {
    expect(swaksCommand({ ...full, ...replaced }, 'delivery')).toContain(part);
  });

  test('connects to the IP address if it is a separate endpoint, and otherwise to the name, which newer versions verify', () => {
    const all = swaksCommand({ ...full, addresses: 'all' }, 'delivery', '2001:db8::1');
    expect(all).toContain("swaks --server '[2001:db8::1]:587' --tls --tls-sni smtp.example.com --tls-verify ");
    expect(swaksCommand(full, 'delivery', '2001:db8::1')).toContain('swaks --server smtp.example.com:587 ');
  });

  test('contains no password', () => {
    expect(swaksCommand(full, 'delivery')).not.toContain(AUTH.secret.reveal());
  });
});

describe('the commands of unencrypted probes', () => {
  test('end after EHLO or after MAIL with the null sender', () => {
    const server = 'swaks --server smtp.example.com:587';
    expect(firstEhloCommand(ENDPOINT)).toBe(`${server} --quit-after EHLO`);
    expect(mailCommand(ENDPOINT, 'plain')).toBe(`${server} --from '<>' --quit-after MAIL`);
    expect(mailCommand(ENDPOINT, 'tls')).toBe(
      `${server} --tls --tls-sni smtp.example.com --from '<>' --quit-after MAIL`,
    );
  });

  test('send AUTH PLAIN and cancel it, line by line', () => {
    const command = plainAuthCommand({ ...ENDPOINT, ehlo: "o'hara" }, '192.0.2.1');
    expect(command).toMatch(/ \| curl -s telnet:\/\/192\.0\.2\.1:587$/);
    const said = execFileSync('sh', ['-c', command.replaceAll('sleep 2', ':').replace(/curl -s \S+$/, 'cat')]);
    expect(said.toString()).toBe("EHLO o'hara\r\nAUTH PLAIN\r\n*\r\nQUIT\r\n");
  });
});

describe('a word of a command', () => {
  /** What a shell passes to the program. */
  const words = (command: string): string[] =>
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
    const command = swaksCommand({ ...ENDPOINT, auth: { ...AUTH, username } }, 'authentication');
    const given = words(command);
    expect(given[given.indexOf('--auth-user') + 1]).toBe(username);
    expect(given.at(-1)).toBe('AUTH');
  });

  test('is quoted if it is empty', () => {
    const command = swaksCommand({ ...ENDPOINT, delivery: { ...DELIVERY, from: '' } }, 'delivery');
    expect(words(command).slice(-4)).toEqual(['--from', '', '--to', 'inbox@example.com']);
  });
});
