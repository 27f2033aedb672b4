import { close, raw, silence } from '../../support/dialogue.js';
import type { Dialogue } from '../../support/dialogue.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { startInjectable } from '../../support/injectable-server.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createZoo } from '../../support/zoo.js';
import type { Zoo } from '../../support/zoo.js';
import { PROBES } from '../../../src/plan/schema.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { EndpointReport } from '../../../src/report/report.js';

/** The opt-in probes: for each finding a server that must raise it, and a near twin that must not. */

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo();
});

interface Seen {
  readonly steps: string;
  readonly codes: readonly string[];
  /** What the server heard on the connections of the probes, by connection. */
  readonly heard: readonly (readonly string[])[];
  readonly report: Omit<EndpointReport, 'attempts'>;
}

/** Gates a server that has one dialogue for the main connection, and others for the probes; the last one stays. */
async function see(
  probes: Endpoint['probes'],
  dialogues: readonly Dialogue[],
  endpoint: Partial<Endpoint> = {},
): Promise<Seen> {
  const tls = { key: zoo.good.key, cert: zoo.good.chain };
  await using server = await startScriptedServer(
    dialogues.map((dialogue) => ({ ...dialogue, tls: { ...tls, ...dialogue.tls } })),
  );
  const { report } = await gate(endpointOf(server.port, { probes, ...endpoint }));
  const probing = Array.from({ length: server.connections - 1 }, (_, index) => index + 1);
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    heard: probing.map((connection) => server.heard.filter((one) => one.connection === connection).map(lineOf)),
    report,
  };
}

function endpointOf(port: number, overrides: Partial<Endpoint>): Endpoint {
  const tls = { ca: [zoo.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  return testEndpoint(port, { tls, timeoutMs: 1000, ...overrides });
}

function lineOf({ phase, line }: { phase: string; line: string }): string {
  return phase === 'tls' ? `tls: ${line}` : line;
}

const EHLO = 'EHLO gate.example.test';
const STRICT: Dialogue = {
  replies: { 'plain:AUTH': '530 5.7.0 TLS first', 'plain:MAIL': '530 5.7.0 TLS first', 'tls:MAIL': '530 5.7.0 AUTH' },
};

test('nobody is probed unasked', async () => {
  expect(await see([], [{}])).toMatchObject({ steps: 'pppnn', codes: [], heard: [] });
});

test('a strict server passes them all, and hears neither a credential nor a recipient from them', async () => {
  const seen = await see(PROBES, [{}, STRICT], { auth: AUTH, delivery: DELIVERY });
  expect(seen).toMatchObject({ steps: 'ppppp', codes: ['receipt-not-verified'] });
  expect(seen.heard).toEqual([
    [EHLO, 'AUTH PLAIN', 'QUIT'],
    [EHLO, 'MAIL FROM:<>', 'QUIT'],
    [EHLO, 'STARTTLS', 'NOOP', 'tls: QUIT'],
    [EHLO, 'STARTTLS', `tls: ${EHLO}`, 'tls: MAIL FROM:<>', 'tls: QUIT'],
  ]);
});

describe('plaintext-auth', () => {
  test('a 334 to a bare AUTH PLAIN is an error of step 1, and the exchange is given up', async () => {
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': '334 ' } }]);
    expect(seen).toMatchObject({ steps: 'fppnn', codes: ['plaintext-auth-accepted'] });
    expect(seen.heard).toEqual([[EHLO, 'AUTH PLAIN', '*', 'QUIT']]);
    expect(seen.report.result).toBe('fail');
    expect(seen.report.steps[0]?.findings[0]?.evidence).toEqual({ sent: 'AUTH PLAIN', reply: '334' });
  });

  test('it counts though the server hangs up on the "*"', async () => {
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': ['334 ', close] } }]);
    expect(seen).toMatchObject({ steps: 'fppnn', codes: ['plaintext-auth-accepted'] });
  });

  test.each(['500 5.5.1 What?', '502 no', '504 no', '530 TLS first', '538 TLS first'])('%s is fine', async (reply) => {
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': reply } }]);
    expect(seen).toMatchObject({ steps: 'pppnn', codes: [] });
  });

  test('a waiver of the finding leaves a warning', async () => {
    const waive = [{ finding: 'plaintext-auth-accepted', until: '2099-12-31', reason: 'for the test' }] as const;
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': '334 ' } }], { waive });
    expect(seen).toMatchObject({ steps: 'wppnn', codes: ['(plaintext-auth-accepted)'] });
  });

  test('a waiver of the finding is not needed where it does not occur', async () => {
    const waive = [{ finding: 'plaintext-auth-accepted', until: '2099-12-31', reason: 'for the test' }] as const;
    expect(await see(['plaintext-auth'], [STRICT], { waive })).toMatchObject({ codes: ['waiver-unused'] });
  });
});

describe('plaintext-mail', () => {
  test('MAIL taken before TLS is a warning of step 1, MAIL taken without AUTH one of step 4', async () => {
    const seen = await see(['plaintext-mail'], [{}]);
    expect(seen).toMatchObject({
      steps: 'wppwn',
      codes: ['plaintext-mail-accepted', 'unauthenticated-mail-accepted'],
    });
    expect(seen.heard).toEqual([
      [EHLO, 'MAIL FROM:<>', 'RSET', 'QUIT'],
      [EHLO, 'STARTTLS', `tls: ${EHLO}`, 'tls: MAIL FROM:<>', 'tls: RSET', 'tls: QUIT'],
    ]);
    expect(seen.report.steps[3]).not.toHaveProperty('skipped');
  });

  test('each without the other', async () => {
    const [plain, tls] = [{ 'plain:MAIL': '530 TLS first' }, { 'tls:MAIL': '530 AUTH first' }];
    expect(await see(['plaintext-mail'], [{}, { replies: plain }])).toMatchObject({
      steps: 'pppwn',
      codes: ['unauthenticated-mail-accepted'],
    });
    expect(await see(['plaintext-mail'], [{}, { replies: tls }])).toMatchObject({
      steps: 'wppnn',
      codes: ['plaintext-mail-accepted'],
    });
  });
});

describe('command-injection', () => {
  test.each([
    ['keeps', 'pfpnn', ['starttls-command-injection']],
    ['drops', 'pppnn', []],
    ['answers in the clear', 'pppnn', []],
    ['hangs up', 'pppnn', []],
    ['refuses', 'pppnn', []],
    ['gives to TLS', 'pppnn', []],
    ['drops, and greets anew', 'pppnn', []],
  ] as const)('a server that %s what came with STARTTLS', async (manner, steps, found) => {
    await using server = await startInjectable(zoo.good, manner);
    const { report } = await gate(endpointOf(server.port, { probes: ['command-injection'] }));
    expect({ steps: letters(report.steps), codes: codes(report.steps) }).toEqual({ steps, codes: found });
    expect(server.probed).toBe(true);
  });

  test('the evidence is the answer to the NOOP', async () => {
    await using server = await startInjectable(zoo.good, 'keeps');
    const { report } = await gate(endpointOf(server.port, { probes: ['command-injection'] }));
    expect(report.steps[1]?.findings[0]).toMatchObject({
      severity: 'error',
      evidence: { sent: 'STARTTLS and NOOP in one write', reply: '250 2.0.0 answer to NOOP' },
    });
  });
});

describe('a probe that cannot be carried out leaves its step without green', () => {
  test.each<[string, Dialogue]>([
    ['421 as the greeting', { greeting: ['421 busy', close] }],
    ['554 as the greeting', { greeting: '554 too many connections' }],
    ['450 as the greeting', { greeting: '450 slow down' }],
    ['a close', { greeting: close }],
    ['silence', { greeting: silence }],
    ['no SMTP', { greeting: raw('hello\r\n') }],
    ['EHLO refused', { replies: { EHLO: '550 no' } }],
    ['a temporary answer', { replies: { 'plain:AUTH': '454 back-end away' } }],
    ['421 to AUTH', { replies: { 'plain:AUTH': ['421 busy', close] } }],
    ['a hang-up at AUTH', { replies: { 'plain:AUTH': close } }],
  ])('%s', async (_, dialogue) => {
    const seen = await see(['plaintext-auth'], [{}, dialogue]);
    expect(seen).toMatchObject({ steps: 'wppnn', codes: ['probe-inconclusive'] });
    expect(seen.report.steps[0]?.findings[0]?.evidence).toMatchObject({ probe: 'plaintext-auth' });
  });

  test.each<[string, Dialogue]>([
    ['a STARTTLS that is put off', { replies: { STARTTLS: '454 not now' } }],
    ['a handshake that stalls', { replies: { STARTTLS: ['220 go', silence] } }],
    ['no goodbye inside TLS', { replies: { 'tls:QUIT': close } }],
    ['silence inside TLS', { replies: { 'tls:QUIT': silence } }],
    ['one answer after another', { replies: { 'tls:QUIT': ['250 a', '250 b', '250 c', '250 d'] } }],
    ['a client certificate that is demanded', { tls: { requestCert: true, rejectUnauthorized: true } }],
  ])('command-injection: %s', async (_, dialogue) => {
    const seen = await see(['command-injection'], [{}, dialogue]);
    expect(seen).toMatchObject({ codes: ['probe-inconclusive'], steps: 'pwpnn' });
  });

  test('one probe in trouble is nothing to the others', async () => {
    const seen = await see(['plaintext-auth', 'plaintext-mail'], [{}, { greeting: close }, STRICT]);
    expect(seen).toMatchObject({ steps: 'wppnn', codes: ['probe-inconclusive'] });
  });
});

describe('the main dialogue', () => {
  test('that failed to connect or to greet is followed by no probe', async () => {
    const seen = await see(PROBES, [{ greeting: '554 no' }]);
    expect(seen).toMatchObject({ codes: ['greeting-rejected'], heard: [] });
  });

  test('that may go better next time is followed by no probe yet', async () => {
    const seen = await see(PROBES, [{ replies: { STARTTLS: '454 later' } }]);
    expect(seen).toMatchObject({ codes: ['starttls-refused'], heard: [] });
  });

  test('that got no further than EHLO is followed by the probes of step 1', async () => {
    const seen = await see(PROBES, [{ replies: { STARTTLS: '554 no' } }, STRICT]);
    expect(seen).toMatchObject({ steps: 'pfbbb', codes: ['starttls-refused'] });
    expect(seen.heard).toEqual([
      [EHLO, 'AUTH PLAIN', 'QUIT'],
      [EHLO, 'MAIL FROM:<>', 'QUIT'],
    ]);
  });

  test('is over before the first probe begins', async () => {
    const { report } = await see(['plaintext-auth'], [STRICT], { auth: AUTH });
    const said = report.transcript.filter(({ from }) => from === 'client').map(({ text }) => text);
    expect(said).toEqual([EHLO, 'STARTTLS', EHLO, 'AUTH PLAIN <redacted>', 'QUIT', EHLO, 'AUTH PLAIN', 'QUIT']);
  });
});
