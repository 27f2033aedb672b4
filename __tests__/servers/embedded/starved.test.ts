import type { TLSSocketOptions } from 'node:tls';
import { Deadline } from '../../../src/net/deadline.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import { close, silence, wait, type Dialogue } from '../../support/dialogue.js';
import { DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures } from '../../support/certificate-fixtures.js';

/** The gate does not attribute a failure to the server after a long standstill of its own process. */

const policy = { minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
let tls: TLSSocketOptions;
let ca: string[];
beforeAll(async () => {
  const { good, pki } = await createCertificateFixtures();
  tls = { key: good.key, cert: good.chain };
  ca = [pki.root.cert];
});

/** Runs the gate against a server, with a standstill of `stoodStillMs` before the greeting. */
async function afterStandstill(stoodStillMs: number, dialogue: Dialogue, endpoint: Partial<Endpoint> = {}) {
  await using server = await startScriptedServer({ tls, greeting: [wait(200), '220 mail.example.test'], ...dialogue });
  const standstill = { totalMs: 0, pausesMs: 0, waitBegins: () => undefined, waitEnds: () => undefined };
  const timer = setTimeout(() => Object.assign(standstill, { totalMs: stoodStillMs, pausesMs: stoodStillMs }), 100);
  try {
    const gated = testEndpoint(server.port, { tls: { ...policy, ca }, timeoutMs: 1000, ...endpoint });
    const end = Deadline.on(new AbortController().signal, standstill);
    const { report, transient } = await gate(gated, { end });
    return { steps: letters(report.steps), codes: codes(report.steps), transient };
  } finally {
    clearTimeout(timer);
  }
}

const LONG_MS = 6000;
const SHORT_MS = 500;
const GOODBYE = '421 4.4.2 Timeout';

test.each<[string, Dialogue, string, string, string]>([
  ['a lost connection', { replies: { 'plain:EHLO': close } }, 'ibbbb', 'f', 'connection-lost'],
  ['a silent server', { replies: { 'plain:EHLO': silence } }, 'ibbbb', 'f', 'reply-timeout'],
  ['421', { replies: { 'plain:EHLO': [GOODBYE, close] } }, 'ibbbb', 'i', 'throttled'],
  [
    'a closed connection instead of a handshake',
    { replies: { STARTTLS: ['220 go', close] } },
    'ppibb',
    'f',
    'tls-handshake-failed',
  ],
  ['a handshake that stalls', { replies: { STARTTLS: ['220 go', silence] } }, 'ppibb', 'f', 'handshake-timeout'],
  [
    '421 after the 220',
    { replies: { STARTTLS: ['220 go', GOODBYE, close] } },
    'pibbb',
    'f',
    'plaintext-after-starttls',
  ],
])('%s is runner-starved after a long standstill, and the usual finding after a short one', async (...row) => {
  const [, dialogue, steps, letter, code] = row;
  expect(await afterStandstill(LONG_MS, dialogue)).toEqual({ steps, codes: ['runner-starved'], transient: true });
  expect(await afterStandstill(SHORT_MS, dialogue)).toMatchObject({ steps: steps.replace('i', letter), codes: [code] });
});

test('a closed connection in a probe is runner-starved after a long standstill, and inconclusive after a short one', async () => {
  const closes: Dialogue = { replies: { 'plain:AUTH': close } };
  const probing: Partial<Endpoint> = { probes: ['plaintext-auth'] };
  const seen = await afterStandstill(LONG_MS, closes, probing);
  expect(seen).toEqual({ steps: 'ibbbb', codes: ['runner-starved'], transient: true });
  expect((await afterStandstill(SHORT_MS, closes, probing)).codes).toEqual(['probe-inconclusive']);
});

test.each<[string, Dialogue, string]>([
  ['an injected reply', { replies: { STARTTLS: ['220 go', '250 ok', close] } }, 'plaintext-after-starttls'],
  ['a refusal', { replies: { STARTTLS: '502 5.5.1 no' } }, 'starttls-refused'],
])('%s is reported as such even after a long standstill', async (_, dialogue, code) => {
  expect(await afterStandstill(LONG_MS, dialogue)).toEqual({ steps: 'pfbbb', codes: [code], transient: false });
});

test('nothing is retried after the final dot', async () => {
  const seen = await afterStandstill(LONG_MS, { replies: { MESSAGE: close } }, { delivery: DELIVERY });
  expect(seen).toEqual({ steps: 'pppni', codes: ['runner-starved'], transient: false });
});

test('a healthy server passes after a long standstill', async () => {
  expect(await afterStandstill(LONG_MS, {})).toEqual({ steps: 'pppnn', codes: [], transient: false });
});
