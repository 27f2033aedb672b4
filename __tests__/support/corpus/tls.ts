import type { TLSSocketOptions } from 'node:tls';
import type { FindingCode } from '../../../src/findings/codes.js';
import {
  beneath,
  close,
  drip,
  flood,
  raw,
  renegotiate,
  reset,
  silence,
  startTls,
  startTlsInPieces,
  wait,
  type Act,
  type Dialogue,
} from '../dialogue.js';
import { AS_GOOD, TIMEOUT_MS, octets, stoppedAt, type Entry, type Means } from './entry.js';

/*
 * What a server can do instead of a TLS handshake, and in a TLS session.
 */

/** A record (RFC 8446 section 5.1). */
const record = (type: number, content: string, length = content.length): string =>
  String.fromCharCode(type, 3, 3, length >> 8, length & 255) + content;
const alert = (level: 1 | 2, number: number): string => record(21, String.fromCharCode(level, number));
const HANDSHAKE = 22;
/** The first 44 bytes of a ServerHello. */
const HALF_A_HELLO = '\x02\x00\x00\x46\x03\x03' + 'r'.repeat(32) + '\x20ssssss';

/** What the server sends instead of a handshake, and the finding. */
const INSTEAD: readonly (readonly [name: string, acts: readonly Act[], code: FindingCode])[] = [
  ['nothing', [silence], 'handshake-timeout'],
  ['a closed connection', [close], 'tls-handshake-failed'],
  ['a reset', [reset], 'tls-handshake-failed'],
  ['half a header of a record', [raw(octets('\x16\x03')), silence], 'handshake-timeout'],
  ['half a header, and a closed connection', [raw(octets('\x16\x03')), close], 'connection-lost'],
  ['half a record', [raw(octets(record(HANDSHAKE, HALF_A_HELLO, 80))), silence], 'handshake-timeout'],
  [
    'half a record, and a closed connection',
    [raw(octets(record(HANDSHAKE, HALF_A_HELLO, 80))), close],
    'connection-lost',
  ],
  ['half a record, and a reset', [raw(octets(record(HANDSHAKE, HALF_A_HELLO, 80))), reset], 'connection-lost'],
  ['a record, byte by byte', [drip(record(HANDSHAKE, 'a'.repeat(99)), TIMEOUT_MS / 4)], 'handshake-timeout'],
  [
    'a handshake message of 16 MiB',
    [raw(octets(record(HANDSHAKE, '\x02\xff\xff\xff'))), silence],
    'tls-handshake-failed',
  ],
  ['a record that is too large', [raw(octets('\x16\x03\x03\xff\xff')), silence], 'tls-handshake-failed'],
  [
    'garbage that begins like a record',
    [raw(octets('\x16\x03' + '\x99'.repeat(999))), silence],
    'tls-handshake-failed',
  ],
  [
    'a ServerHello of garbage',
    [raw(octets(record(HANDSHAKE, '\x02\0\0\x60' + '\x99'.repeat(96)))), silence],
    'tls-handshake-failed',
  ],
  [
    'a ClientHello',
    [raw(octets(record(HANDSHAKE, '\x01\0\0\x60' + '\x03'.repeat(96)))), silence],
    'tls-handshake-failed',
  ],
  ['a Finished', [raw(octets(record(HANDSHAKE, '\x14\0\0\x0c' + 'v'.repeat(12)))), silence], 'tls-handshake-failed'],
  ['an empty record', [raw(octets(record(HANDSHAKE, ''))), silence], 'handshake-timeout'],
  // A client ignores them during its handshake (RFC 5246 section 7.4.1.1).
  ['endless HelloRequests', [flood('\x16\x03\x03\0\x04\0\0\0\0')], 'tls-handshake-failed'],
  ['endless warnings', [flood(alert(1, 90))], 'tls-handshake-failed'],
  ['endless empty records', [flood(record(HANDSHAKE, ''))], 'tls-handshake-failed'],
  ['a single warning', [raw(octets(alert(1, 90))), silence], 'handshake-timeout'],
  ['close_notify', [raw(octets(alert(1, 0))), close], 'tls-handshake-failed'],
  ['an alert that is too short', [raw(octets(record(21, '\x02'))), silence], 'tls-handshake-failed'],
  ['an alert of an unknown level', [raw(octets(record(21, '\x09\x09'))), silence], 'tls-handshake-failed'],
  ['alert 10, unexpected message', [raw(octets(alert(2, 10))), silence], 'tls-handshake-failed'],
  ['alert 40, handshake failure', [raw(octets(alert(2, 40))), silence], 'tls-handshake-failed'],
  ['alert 80, internal error', [raw(octets(alert(2, 80))), silence], 'tls-handshake-failed'],
  ['alert 112, unrecognized name', [raw(octets(alert(2, 112))), silence], 'tls-handshake-failed'],
  ['alert 116, certificate required', [raw(octets(alert(2, 116))), silence], 'client-certificate-required'],
  // Node does not report an alert for which OpenSSL has no name.
  ['alert 255, unknown', [raw(octets(alert(2, 255))), silence], 'handshake-timeout'],
  ['alert 70, protocol version', [raw(octets(alert(2, 70))), silence], 'tls-version-too-old'],
];

/** Unencrypted data instead of a record. */
const UNENCRYPTED: readonly (readonly [name: string, acts: readonly Act[]])[] = [
  ['garbage', [raw(octets('\x99'.repeat(999))), silence]],
  ['garbage with the first byte of a record', [raw(octets('\x16' + '\x99'.repeat(999))), silence]],
  ['endless NUL', [flood('\0')]],
  ['a refusal', ['454 4.7.0 Not after all', close]],
  ['HTTP', ['HTTP/1.1 200 OK', '', '<script>alert(1)</script>', close]],
  ['application data', [raw(octets(record(23, 'a'.repeat(99)))), silence]],
  ['a change of cipher', [raw(octets(record(20, '\x01'))), silence]],
  ['SSL 2', [raw(octets('\x80\x2e\x04\0\x01\0\x02')), silence]],
];

/** Handshakes that cannot succeed, and unusual ones that must. */
function handshakes(
  tls: TLSSocketOptions,
): (readonly [name: string, server: Dialogue, Pick<Entry, 'steps' | 'codes'>])[] {
  const [leaf = '', issuer = ''] = String(tls.cert).match(/-----BEGIN[^]*?END CERTIFICATE-----\n/g) ?? [];
  const chain = (issuers: number) => ({ ...tls, cert: leaf + issuer.repeat(issuers) });
  const failed = (code: FindingCode) => stoppedAt(2, 'f', code);
  return [
    [
      'a chain of 40 certificates',
      { tls: chain(40) },
      { steps: AS_GOOD.steps, codes: [...AS_GOOD.codes, 'certificate-chain-disordered'] },
    ],
    ['a chain of 100 KiB', { tls: chain(250) }, failed('tls-handshake-failed')],
    [
      'TLS 1.1 at most',
      { tls: { ...tls, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } },
      failed('tls-version-too-old'),
    ],
    [
      'a client certificate is required',
      { tls: { ...tls, requestCert: true, rejectUnauthorized: true } },
      failed('client-certificate-required'),
    ],
    [
      'no common cipher suite',
      { tls: { ...tls, maxVersion: 'TLSv1.2', ciphers: 'AES128-CCM8@SECLEVEL=0:ECDHE-ECDSA-AES128-CCM8@SECLEVEL=0' } },
      failed('tls-handshake-failed'),
    ],
    [
      'no encryption',
      { tls: { ...tls, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-NULL-SHA@SECLEVEL=0' } },
      failed('tls-handshake-failed'),
    ],
    [
      'no server certificate',
      { tls: { maxVersion: 'TLSv1.2', ciphers: 'aNULL@SECLEVEL=0' } },
      failed('tls-handshake-failed'),
    ],
    [
      'records in pieces',
      { tls, replies: { STARTTLS: ['220 Ready', startTlsInPieces({ octets: 200, ms: 0 })] } },
      AS_GOOD,
    ],
    [
      'records byte by byte',
      { tls, replies: { STARTTLS: ['220 Ready', startTlsInPieces({ octets: 1, ms: TIMEOUT_MS / 50 })] } },
      failed('handshake-timeout'),
    ],
  ];
}

/** What happens to TLS in the middle of the session, instead of the reply to EHLO. */
function within(tls: TLSSocketOptions): (readonly [name: string, server: Dialogue, Pick<Entry, 'steps' | 'codes'>])[] {
  const old = { ...tls, maxVersion: 'TLSv1.2' } as const;
  const ehlo = (acts: readonly Act[], version = tls): Dialogue => ({ tls: version, replies: { 'tls:EHLO': acts } });
  const good = ['250-mail.example.test', '250 AUTH PLAIN'];
  const lost = stoppedAt(3, 'f', 'connection-lost');
  return [
    ['garbage below TLS', ehlo([beneath(raw(octets('\x99'.repeat(99)))), silence]), lost],
    ['a forged record below TLS', ehlo([beneath(raw(octets(record(23, 'a'.repeat(99))))), silence]), lost],
    [
      // Up to TLS 1.2, the server sends nothing else after it; TLS 1.3 would send tickets.
      'half a record below TLS',
      ehlo([beneath(raw(octets('\x17\x03\x03\0\x50'))), silence], old),
      stoppedAt(3, 'f', 'reply-timeout'),
    ],
    [
      'half a record below TLS, and a closed connection',
      ehlo([beneath(raw(octets('\x17\x03\x03\0\x50')), close)]),
      lost,
    ],
    ['a forged alert below TLS', ehlo([beneath(raw(octets(alert(2, 40)))), silence]), lost],
    ['endless warnings below TLS', ehlo([beneath(flood(alert(1, 90)))]), lost],
    ['a forged alert below TLS 1.2', ehlo([beneath(raw(octets(alert(2, 40)))), silence], old), lost],
    ['a new handshake is requested, TLS 1.2', ehlo([renegotiate, ...good], old), AS_GOOD],
    [
      'new handshakes are requested, and no reply follows',
      ehlo([renegotiate, renegotiate, silence], old),
      stoppedAt(3, 'f', 'reply-timeout'),
    ],
    [
      'a greeting, as if TLS were implicit',
      { tls, replies: { STARTTLS: ['220 Ready', startTls, '220 again'] } },
      stoppedAt(3, 'f', 'protocol-error'),
    ],
    [
      'the records of a different handshake',
      ehlo([raw(octets(`${record(HANDSHAKE, HALF_A_HELLO)}\r\n`))]),
      stoppedAt(3, 'f', 'protocol-error'),
    ],
  ];
}

/** All entries, with STARTTLS and with implicit TLS. */
export function tlsEntries({ tls }: Means): Entry[] {
  const starttls = (acts: readonly Act[]): Dialogue => ({
    tls,
    replies: { STARTTLS: ['220 Ready', wait(TIMEOUT_MS / 5), ...acts] },
  });
  const implicitly = { transport: 'implicit' } as const;
  return [
    ...INSTEAD.flatMap(([what, acts, code]): Entry[] => [
      { name: `after STARTTLS: ${what}`, server: starttls(acts), ...stoppedAt(2, 'f', code) },
      {
        name: `on an implicit port: ${what}`,
        // A reset before the ClientHello may be one of the TCP connection itself.
        server: { greeting: [wait(TIMEOUT_MS / 5), ...acts] },
        ...implicitly,
        steps: 'aafbb',
        codes: [code],
      },
    ]),
    ...UNENCRYPTED.flatMap(([what, acts]): Entry[] => [
      {
        name: `behind STARTTLS, in the clear: ${what}`,
        server: starttls(acts),
        ...stoppedAt(1, 'f', 'plaintext-after-starttls'),
      },
      {
        name: `on an implicit port, in the clear: ${what}`,
        server: { greeting: acts },
        ...implicitly,
        steps: 'aafbb',
        codes: ['plaintext-on-implicit-port'],
      },
    ]),
    ...handshakes(tls).map(([what, server, verdict]): Entry => ({
      name: `the handshake: ${what}`,
      server,
      ...verdict,
    })),
    ...within(tls).map(([what, server, verdict]): Entry => ({ name: `over TLS: ${what}`, server, ...verdict })),
    {
      name: 'the handshake: implicit TLS instead of STARTTLS',
      server: { tls, implicit: true },
      ...stoppedAt(0, 'f', 'implicit-tls-port'),
    },
  ];
}
