import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { TLSSocketOptions } from 'node:tls';
import { connect } from '../../../src/net/connect.js';
import { Deadline } from '../../../src/net/deadline.js';
import { SmtpSession } from '../../../src/smtp/session.js';
import { Transcript } from '../../../src/net/transcript.js';
import { beginHandshake } from '../../../src/tls/handshake.js';
import { TrustStore } from '../../../src/tls/trust.js';
import { beneath, reset, startTls, wait, type Dialogue } from '../../support/dialogue.js';
import { AUTH, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures } from '../../support/certificate-fixtures.js';

/** A reset while nothing reads the socket: an error without a listener would crash the whole run. */

let tls: TLSSocketOptions;
let ca: string[];
beforeAll(async () => {
  const { good, pki } = await createCertificateFixtures();
  tls = { key: good.key, cert: good.chain };
  ca = [pki.root.cert];
});

/** Longer than a reset takes to arrive. */
const RESET_ARRIVES_MS = 100;

describe('a server that resets the connection is reported', () => {
  test.each<[string, Dialogue, string, string[]]>([
    ['right after the connect', { greeting: reset }, 'fbbbb', ['connection-lost']],
    ['after the greeting', { greeting: ['220 mail.example.test', reset] }, 'fbbbb', ['connection-lost']],
    ['after the 220', { replies: { STARTTLS: ['220 go', reset] } }, 'ppfbb', ['tls-handshake-failed']],
    ['after the 220, later', { replies: { STARTTLS: ['220 go', wait(50), reset] } }, 'ppfbb', ['tls-handshake-failed']],
  ])('%s', async (_, dialogue, steps, found) => {
    await using server = await startScriptedServer({ tls, ...dialogue });
    const { report } = await gate(testEndpoint(server.port, { tls: { ...POLICY, ca } }));
    expect([letters(report.steps), codes(report.steps)]).toEqual([steps, found]);
  });

  test('right after the handshake', async () => {
    const replies = { STARTTLS: ['220 go', startTls, reset] };
    await using server = await startScriptedServer({ tls, replies });
    const { report } = await gate(testEndpoint(server.port, { tls: { ...POLICY, ca } }));
    expect(report.steps.flatMap(({ findings }) => findings.map(({ code }) => code))).toEqual(['connection-lost']);
  });

  test('below TLS, instead of a reply to AUTH', async () => {
    await using server = await startScriptedServer({ tls, replies: { AUTH: beneath(reset) } });
    const { report } = await gate(testEndpoint(server.port, { auth: AUTH, tls: { ...POLICY, ca } }));
    expect([letters(report.steps), codes(report.steps)]).toEqual(['pppfb', ['connection-lost']]);
  });

  // The server does not offer STARTTLS but accepts it, so its connection is kept and no longer read.
  test('during a probe', async () => {
    const hidden = { tls, offers: [], replies: { STARTTLS: ['220 go', wait(RESET_ARRIVES_MS / 2), reset] } };
    const probed = { greeting: [wait(2 * RESET_ARRIVES_MS), '220 mail.example.test'], replies: { AUTH: '530 no' } };
    await using server = await startScriptedServer([hidden, probed]);
    const { report } = await gate(testEndpoint(server.port, { probes: ['plaintext-auth'] }));
    expect([letters(report.steps), codes(report.steps)]).toEqual(['fbbbb', ['starttls-stripped']]);
    expect(server.connections).toBe(2);
  });
});

const POLICY = { minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;

describe('a reset is reported if it arrives', () => {
  test('while no session is attached to the socket', async () => {
    await using pair = await connected();
    const session = sessionOn(pair.socket);
    session.detach();
    await pair.reset();
    expect(pair.socket.errored).toMatchObject({ code: 'ECONNRESET' });
    await expect(sessionOn(pair.socket).greeting()).rejects.toThrow('connection lost: ECONNRESET');
  });

  test('before a session is attached to the socket', async () => {
    await using pair = await connected();
    await pair.reset();
    await expect(sessionOn(pair.socket).greeting()).rejects.toThrow('connection lost: ECONNRESET');
  });

  test('before the handshake begins', async () => {
    await using pair = await connected();
    await pair.reset();
    const { opening, outcome } = beginHandshake(pair.socket, {
      context: new TrustStore().anything(),
      servername: undefined,
      deadline: Deadline.after(5000),
    });
    expect(await opening).toEqual({ kind: 'nothing' });
    expect(await outcome).toMatchObject({ ok: false, failure: { kind: 'lost' } });
  });
});

function sessionOn(socket: Socket): SmtpSession {
  const budget = Deadline.after(5000);
  return new SmtpSession(socket, { transcript: new Transcript(), timeoutMs: 5000, budget });
}

interface Pair extends AsyncDisposable {
  readonly socket: Socket;
  /** Resets the connection; returns once our end has noticed. */
  reset(): Promise<void>;
}

async function connected(): Promise<Pair> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const accepted = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const socket = await connect([{ address: '127.0.0.1', family: 4 }], port, Deadline.after(5000));
  const [peer] = (await accepted) as [Socket];
  peer.on('error', () => undefined);
  return {
    socket,
    reset: async () => {
      // Not `once()`, which would also listen for errors.
      const closed = new Promise<void>((resolve) =>
        socket.on('close', () => {
          resolve();
        }),
      );
      socket.resume();
      peer.resetAndDestroy();
      await closed;
    },
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      peer.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
