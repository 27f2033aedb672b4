import type { Socket } from 'node:net';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { close, startTls, wait, type Act, type Dialogue } from '../../support/dialogue.js';
import { startTlsReadingOnce } from '../../support/first-segment.js';
import { codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedServer, type ScriptedServer } from '../../support/scripted-server.js';
import type { ClientIdentity, Endpoint } from '../../../src/plan/endpoint.js';
import { Secret } from '../../../src/secrets/secret.js';
import { createPki } from '../../../src/servers/pki.js';
import type { Finding } from '../../../src/report/report.js';

/** Servers that fail if the ClientHello takes two packets, as it does with a post-quantum key share. */

/** Far more than a handshake on loopback takes on a busy machine. */
const TIMEOUT_MS = 3000;

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

interface Seen {
  readonly steps: string;
  readonly codes: readonly string[];
  readonly finding: Finding | undefined;
  readonly transient: unknown;
  readonly connections: number;
  readonly handshakes: ScriptedServer['handshakes'];
  /** What every connection after the first has sent before TLS, and what it has sent over TLS. */
  readonly aside: readonly string[];
}

async function see(
  dialogues: readonly Dialogue[],
  overrides: Partial<Endpoint> = {},
  client?: ClientIdentity,
): Promise<Seen> {
  const tls = { key: certs.good.key, cert: certs.good.chain };
  await using server = await startScriptedServer(dialogues.map((one) => ({ ...one, tls: { ...tls, ...one.tls } })));
  const policy = {
    ca: [certs.pki.root.cert],
    minVersion: 'TLSv1.2',
    minValidDays: 14,
    pins: [],
    ...(client && { client }),
  } as const;
  const { report, transient } = await gate(
    testEndpoint(server.port, { tls: policy, timeoutMs: TIMEOUT_MS, ...overrides }),
  );
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    finding: report.steps[2]?.findings[0],
    transient,
    connections: server.connections,
    handshakes: server.handshakes,
    aside: server.heard.filter(({ connection }) => connection > 0).map(({ line }) => line),
  };
}

const after220 = (...acts: readonly Act[]): Dialogue => ({
  replies: { STARTTLS: ['220 2.0.0 Ready', ...acts] },
});

const ALERT = (number: number): Buffer => Buffer.from([0x15, 3, 3, 0, 2, 2, number]);

const WAYS_TO_FAIL: readonly (readonly [name: string, fail: (socket: Socket) => void, evidence: object])[] = [
  ['hangs', () => undefined, { waited: '3.0 s' }],
  ['closes the connection', (socket) => socket.end(), { detail: 'the server closed it' }],
  ['resets the connection', (socket) => socket.resetAndDestroy(), { detail: 'ECONNRESET' }],
  ['sends an alert that does not explain it', (socket) => socket.end(ALERT(50)), { alert: '50', name: 'decode error' }],
  ['sends the alert "handshake failure"', (socket) => socket.end(ALERT(40)), { alert: '40' }],
];

describe.each(WAYS_TO_FAIL)('a server that reads at most 1,400 bytes of a ClientHello and %s', (_, fail, evidence) => {
  test.concurrent('is client-hello-intolerant, with both sizes, and is not tried again', async () => {
    const seen = await see([after220(startTlsReadingOnce(fail))]);
    expect(seen).toMatchObject({ steps: 'ppfbb', codes: ['client-hello-intolerant'], transient: false });
    expect(seen.finding?.evidence).toMatchObject(evidence);
    const { helloBytes = '', smallHelloBytes = '' } = seen.finding?.evidence ?? {};
    expect(Number(helloBytes)).toBeGreaterThan(1400);
    expect(Number(smallHelloBytes)).toBeLessThan(500);
    expect(seen.finding?.message).toContain(`${helloBytes} bytes`);
    expect(seen.finding?.message).toContain(`${smallHelloBytes} bytes`);
    // Side connections send nothing after STARTTLS.
    expect(new Set(seen.aside)).toEqual(new Set(['EHLO gate.example.test', 'STARTTLS']));
  });

  test.concurrent('is client-hello-intolerant with implicit TLS too', async () => {
    const dialogue = { greeting: [startTlsReadingOnce(fail), '220 mail.example.test ESMTP'] };
    const seen = await see([dialogue], { transport: 'implicit' });
    expect(seen).toMatchObject({ steps: 'aafbb', codes: ['client-hello-intolerant'], transient: false, aside: [] });
  });
});

describe('a server that fails later', () => {
  /** The beginning of a record with a ServerHello. */
  const PART_OF_AN_ANSWER = Buffer.from('160303007a020000760303', 'hex');

  test('has a cause of its own', async () => {
    const fail = (socket: Socket): void => void socket.end(PART_OF_AN_ANSWER);
    const { codes, finding } = await see([after220(startTlsReadingOnce(fail))]);
    expect(codes).toEqual(['client-hello-intolerant']);
    expect(finding).toMatchObject({
      title: 'TLS handshake fails with a post-quantum key share',
      certainty: 'likely',
      remedy: expect.stringContaining('the server replies to the ClientHello, but the handshake fails later') as string,
    });
  });
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a server that requests a client certificate with %s does not receive it on additional connections',
  async (maxVersion) => {
    const clients = await createPki('Clients');
    const { chain, key } = await clients.issue({ commonName: 'gate', usage: ['clientAuth'] });
    const requests = { requestCert: true, rejectUnauthorized: false, maxVersion };
    const readsOnce = after220(startTlsReadingOnce((socket) => socket.end()));
    const client = { certificate: chain, key: new Secret(key) };
    for (const [dialogue, subjects] of [
      [readsOnce, [undefined, undefined]],
      [after220(startTls), ['CN=gate']],
    ] as const) {
      const seen = await see([{ ...dialogue, tls: requests }], {}, client);
      expect(seen.handshakes.map((one) => one.client)).toEqual(subjects);
    }
  },
);

describe('an honest server', () => {
  const good = after220(startTls);
  /** Replies to any ClientHello. */
  const internalError = after220(startTlsReadingOnce((socket) => socket.end(ALERT(80)), 0));
  const slow = (ms: number): Dialogue => after220(wait(ms), startTls);
  /** Longer than a handshake may take. */
  const TOO_SLOW = slow(10 * TIMEOUT_MS);

  test.concurrent.each<readonly [name: string, dialogues: readonly Dialogue[], expected: Partial<Seen>]>([
    ['is slow, but in time', [slow(TIMEOUT_MS / 3)], { steps: 'pppnn', codes: [], connections: 1 }],
    ['is always too slow', [TOO_SLOW], { codes: ['handshake-timeout'], transient: 'once', connections: 2 }],
    [
      'is too slow, but less so when the ClientHello is small',
      [TOO_SLOW, slow(0.75 * TIMEOUT_MS), TOO_SLOW],
      { codes: ['handshake-timeout'], connections: 2 },
    ],
    ['is too slow once', [TOO_SLOW, good], { codes: ['handshake-timeout'], transient: 'once', connections: 3 }],
    ['closes one connection', [after220(close), good], { codes: ['connection-lost'], transient: true, connections: 4 }],
    ['sends an alert once', [internalError, good], { codes: ['tls-handshake-failed'], connections: 4 }],
    [
      'fails in a different way each time',
      [after220(close), good, good, internalError],
      { codes: ['connection-lost'], connections: 4 },
    ],
  ])('that %s is not accused', async (_, dialogues, expected) => {
    expect(await see(dialogues)).toMatchObject(expected);
  });

  test('that has no cipher suite in common with the gate gets no additional connection', async () => {
    const odd = { maxVersion: 'TLSv1.2', ciphers: 'CAMELLIA@SECLEVEL=0' } as const;
    expect(await see([{ tls: odd }])).toMatchObject({ codes: ['tls-handshake-failed'], connections: 2 });
  });
});
