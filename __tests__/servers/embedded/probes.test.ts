import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { close, raw, silence, wait, type Dialogue } from '../../support/dialogue.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { injectable } from '../../support/injectable-server.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { listen } from '../../../src/servers/listener.js';
import { PROBES } from '../../../src/plan/schema/enums.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { EndpointReport, StepReport } from '../../../src/report/report.js';

/** The opt-in probes: for each finding a server that must raise it, and a near twin that must not. */

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

interface Seen {
  readonly steps: string;
  readonly codes: readonly string[];
  /** What the server heard on the connections of the probes, by connection. */
  readonly heard: readonly (readonly string[])[];
  /** Every AUTH command, whatever the connection. */
  readonly credentials: readonly string[];
  readonly report: Omit<EndpointReport, 'attempts'>;
}

/** Gates a server that has one dialogue for the main connection, and others for the probes; the last one stays. */
async function see(
  probes: Endpoint['probes'],
  dialogues: readonly Dialogue[],
  endpoint: Partial<Endpoint> = {},
): Promise<Seen> {
  const tls = { key: certs.good.key, cert: certs.good.chain };
  await using server = await startScriptedServer(
    dialogues.map((dialogue) => ({ ...dialogue, tls: { ...tls, ...dialogue.tls } })),
  );
  const { report } = await gate(endpointOf(server.port, { probes, ...endpoint }));
  const probing = Array.from({ length: server.connections - 1 }, (_, index) => index + 1);
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    heard: probing.map((connection) => server.heard.filter((one) => one.connection === connection).map(lineOf)),
    credentials: server.heard.map(({ line }) => line).filter((line) => line.startsWith('AUTH')),
    report,
  };
}

function endpointOf(port: number, overrides: Partial<Endpoint>): Endpoint {
  const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  return testEndpoint(port, { tls, timeoutMs: 3000, ...overrides });
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
    expect(seen).toMatchObject({ steps: 'fbbbb', codes: ['plaintext-auth-accepted'] });
    expect(seen.heard).toEqual([[EHLO, 'AUTH PLAIN', '*', 'QUIT']]);
    expect(seen.report.result).toBe('fail');
    expect(seen.report.steps[0]?.findings[0]?.evidence).toEqual({ sent: 'AUTH PLAIN', reply: '334' });
  });

  test.each(['235 2.7.0 Welcome', '250 fine', '252 perhaps'])('an AUTH that is taken counts too: %s', async (reply) => {
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': reply } }]);
    expect(seen).toMatchObject({ steps: 'fbbbb', codes: ['plaintext-auth-accepted'] });
    expect(seen.heard).toEqual([[EHLO, 'AUTH PLAIN', 'QUIT']]);
    expect(seen.report.steps[0]?.findings[0]?.evidence).toEqual({ sent: 'AUTH PLAIN', reply });
  });

  test('it counts though the server hangs up on the "*"', async () => {
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': ['334 ', close] } }]);
    expect(seen).toMatchObject({ steps: 'fbbbb', codes: ['plaintext-auth-accepted'] });
  });

  test('it is shown by a command, which is not that of the step', async () => {
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': '334 ' } }]);
    expect(seen.report.steps[0]?.findings[0]?.reproduce).toMatch(
      /'AUTH PLAIN' .* curl -s telnet:\/\/127\.0\.0\.1:\d+$/,
    );
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

  test.each(['251 will forward', '200 fine'])('%s is an acceptance', async (reply) => {
    const seen = await see(['plaintext-mail'], [{}, { replies: { MAIL: reply } }]);
    expect(seen).toMatchObject({
      steps: 'wppwn',
      codes: ['plaintext-mail-accepted', 'unauthenticated-mail-accepted'],
    });
    expect(seen.heard[0]).toEqual([EHLO, 'MAIL FROM:<>', 'RSET', 'QUIT']);
  });

  describe('a refusal that may be of the null sender alone', () => {
    const OTHER = 'MAIL FROM:<gate@example.invalid>';
    /** Answers MAIL before TLS, and then MAIL from another sender. */
    const answering = async (
      first: string,
      second: string,
    ): Promise<Pick<Seen, 'codes' | 'report'> & { said: string[] }> => {
      const said: string[] = [];
      const server = createServer((socket) => {
        socket.on('error', () => undefined).write('220 mail\r\n');
        createInterface(socket).on('line', (line) => {
          if (/^(MAIL|RSET)/.test(line)) said.push(line);
          const answers: Record<string, string> = {
            EHLO: '250-mail\r\n250 STARTTLS',
            STARTTLS: '502 no',
            MAIL: line === OTHER ? second : first,
          };
          socket.write(`${answers[line.split(' ', 1)[0] ?? ''] ?? '250 ok'}\r\n`);
        });
      });
      const listener = await listen(server);
      try {
        const { report } = await gate(endpointOf(listener.port, { probes: ['plaintext-mail'] }));
        return { codes: codes(report.steps), report, said };
      } finally {
        await listener.close();
      }
    };

    test('is no refusal of mail, where another sender is taken', async () => {
      const seen = await answering('501 5.1.7 no null sender here', '250 ok');
      expect(seen.codes).toEqual(['plaintext-mail-accepted', 'starttls-refused']);
      expect(seen.said).toEqual(['MAIL FROM:<>', OTHER, 'RSET']);
      const [found] = seen.report.steps[0]?.findings ?? [];
      expect(found?.evidence).toEqual({ sent: OTHER, reply: '250 ok' });
      expect(found?.reproduce).toMatch(/--from gate@example\.invalid/);
    });

    test('leaves the question open, where another sender is refused in other words', async () => {
      const seen = await answering('550 no null sender here', '550 no such domain');
      expect(seen.codes).toEqual(['probe-inconclusive', 'starttls-refused']);
      expect(seen.said).toEqual(['MAIL FROM:<>', OTHER]);
    });

    test.each([
      ['503 5.5.1 STARTTLS first', '503 5.5.1 STARTTLS first'],
      ['550 no null sender here', '530 5.7.0 Must issue a STARTTLS command first'],
    ])('is one where another sender is refused so, too: %s, %s', async (first, second) => {
      const seen = await answering(first, second);
      expect(seen.codes).toEqual(['starttls-refused']);
      expect(seen.said).toEqual(['MAIL FROM:<>', OTHER]);
    });
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
    ['keeps', 'pfbbb', ['starttls-command-injection']],
    ['keeps, and knows no QUIT', 'pfbbb', ['starttls-command-injection']],
    ['keeps, and closes the connection on QUIT', 'pwpnn', ['probe-inconclusive']],
    ['drops', 'pppnn', []],
    ['answers unencrypted', 'pppnn', []],
    ['closes the connection instead of accepting', 'pppnn', []],
    ['refuses', 'pppnn', []],
    ['passes to TLS', 'pppnn', []],
    ['drops, and greets again', 'pppnn', []],
  ] as const)('a server that %s what came with STARTTLS', async (manner, steps, found) => {
    const seen = await see(['command-injection'], [injectable(manner)]);
    expect(seen).toMatchObject({ steps, codes: found });
    expect(seen.heard.flat()).toContain('NOOP');
  });

  test.each(['keeps', 'keeps, and knows no QUIT'] as const)(
    'the evidence is the answer to the NOOP: %s',
    async (manner) => {
      const { report } = await see(['command-injection'], [injectable(manner)]);
      const [found] = report.steps[1]?.findings ?? [];
      expect(found).toMatchObject({
        severity: 'error',
        evidence: { sent: 'STARTTLS and NOOP in one write', reply: '250 2.0.0 answer to NOOP' },
      });
      expect(found).not.toHaveProperty('reproduce');
    },
  );

  test('two answers to one QUIT are one too many, whatever they say', async () => {
    const seen = await see(['command-injection'], [{}, { replies: { 'tls:QUIT': ['250 a', '500 b', close] } }]);
    expect(seen).toMatchObject({ codes: ['starttls-command-injection'], steps: 'pfbbb' });
  });

  test('who carries a command into TLS gets no credential', async () => {
    for (const [manner, expected] of [
      ['keeps', 0],
      ['drops', 1],
    ] as const) {
      const { credentials } = await see(['command-injection'], [injectable(manner)], { auth: AUTH });
      expect(credentials).toHaveLength(expected);
    }
  });

  test('a waiver of the finding lets the endpoint go on', async () => {
    const waive = [{ finding: 'starttls-command-injection', until: '2099-12-31', reason: 'for the test' }] as const;
    const seen = await see(['command-injection'], [injectable('keeps')], { auth: AUTH, waive });
    expect(seen).toMatchObject({ steps: 'pwppn', codes: ['(starttls-command-injection)'] });
  });
});

describe('a probe that cannot be carried out leaves its step without green', () => {
  test.concurrent.each<[string, Dialogue]>([
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

  test.concurrent.each<[string, Dialogue]>([
    ['a STARTTLS that is put off', { replies: { STARTTLS: '454 not now' } }],
    ['a handshake that stalls', { replies: { STARTTLS: ['220 go', silence] } }],
    ['no goodbye over TLS', { replies: { 'tls:QUIT': close } }],
    ['silence over TLS', { replies: { 'tls:QUIT': silence } }],
    ['one answer that is no goodbye', { replies: { 'tls:QUIT': ['250 a', close] } }],
    ['one greeting after another', { replies: { 'tls:QUIT': ['220 a', '220 b', '220 c', '221 d'] } }],
    ['a client certificate that is demanded', { tls: { requestCert: true, rejectUnauthorized: true } }],
  ])('command-injection: %s', async (_, dialogue) => {
    const seen = await see(['command-injection'], [{}, dialogue]);
    expect(seen).toMatchObject({ codes: ['probe-inconclusive'], steps: 'pwpnn' });
  });

  test.concurrent('says so where its time is spent', async () => {
    const late: Dialogue = {
      greeting: [wait(600), '220 late'],
      replies: { EHLO: [wait(700), '250 late'], AUTH: silence },
    };
    const seen = await see(['plaintext-auth'], [{}, late], { timeoutMs: 900 });
    expect(seen.report.steps[0]?.findings).toMatchObject([
      {
        code: 'probe-inconclusive',
        message: expect.stringMatching(
          /within 0\.\d s\. The probe reached its time limit of 1\.8 s \(twice the timeout\)\.$/,
        ) as string,
      },
    ]);
    const silent = await see(['plaintext-auth'], [{}, { greeting: silence }], { timeoutMs: 900 });
    expect(silent.report.steps[0]?.findings[0]?.message).toMatch(/within 0\.9 s\.$/);
  });

  test.concurrent('one probe in trouble is nothing to the others', async () => {
    const seen = await see(['plaintext-auth', 'plaintext-mail'], [{}, { greeting: close }, STRICT]);
    expect(seen).toMatchObject({ steps: 'wppnn', codes: ['probe-inconclusive'] });
  });
});

describe('the main dialogue', () => {
  test('that failed to connect or to greet is followed by no probe', async () => {
    const seen = await see(PROBES, [{ greeting: '554 no' }]);
    expect(seen).toMatchObject({ codes: ['greeting-rejected'], heard: [] });
  });

  test('that may go better next time is followed by no probe of its step yet', async () => {
    const seen = await see(['plaintext-auth'], [{ replies: { 'plain:EHLO': '451 later' } }, STRICT]);
    expect(seen).toMatchObject({ codes: ['throttled'], heard: [] });
    const further = await see(PROBES, [{ replies: { STARTTLS: '454 later' } }, STRICT]);
    expect(further).toMatchObject({ codes: ['starttls-refused'], heard: [{}, {}] });
  });

  test('whose handshake fails is followed by no probe of step 2', async () => {
    const seen = await see(['command-injection'], [{ replies: { STARTTLS: ['220 go', silence] } }]);
    expect(seen).toMatchObject({ steps: 'ppfbb', codes: ['handshake-timeout'], heard: [] });
  });

  test('that is blocked before step 4 is followed by no probe of it', async () => {
    const tls = { key: certs.expired.key, cert: certs.expired.chain };
    const seen = await see(['plaintext-mail'], [{ tls }, { tls, ...STRICT }]);
    expect(seen).toMatchObject({ steps: 'ppfbb', codes: ['certificate-expired'] });
    expect(seen.heard).toEqual([[EHLO, 'MAIL FROM:<>', 'QUIT']]);
  });

  test('that got no further than EHLO has had the probes of step 1', async () => {
    const seen = await see(PROBES, [{ replies: { STARTTLS: '554 no' } }, STRICT]);
    expect(seen).toMatchObject({ steps: 'pfbbb', codes: ['starttls-refused'] });
    expect(seen.heard).toEqual([
      [EHLO, 'AUTH PLAIN', 'QUIT'],
      [EHLO, 'MAIL FROM:<>', 'QUIT'],
    ]);
  });

  test('stands in the transcript as a whole, and the probe, which was made meanwhile, behind it', async () => {
    const { report } = await see(['plaintext-auth'], [STRICT], { auth: AUTH });
    const said = report.transcript.filter(({ from }) => from === 'client');
    const texts = said.map(({ text }) => text);
    expect(texts).toEqual([EHLO, 'STARTTLS', EHLO, 'AUTH PLAIN <redacted>', 'QUIT', EHLO, 'AUTH PLAIN', 'QUIT']);
    expect(said.at(-1)?.at).toBeLessThanOrEqual(said[1]?.at ?? 0);
  });

  test('that waits for slow probes is given the time that they took', async () => {
    // Three probes that are waited for to their end take longer than the whole of the main dialogue may.
    const timeoutMs = 400;
    const late: Dialogue = { greeting: [wait(0.9 * timeoutMs), '220 late'], replies: { 'plain:EHLO': silence } };
    const seen = await see(PROBES, [{}, late, late, late, STRICT], { auth: AUTH, timeoutMs });
    expect(seen).toMatchObject({ steps: 'wwppn', codes: Array.from({ length: 3 }, () => 'probe-inconclusive') });
  });
});

/** What holds of every endpoint: behind a step that did not hold, nothing was done. */
function expectCoherent(steps: readonly StepReport[]): void {
  const end = steps.findIndex(({ status, skipped }) => skipped === 'blocked' || /fail|inconclusive/.test(status));
  if (end < 0) return;
  for (const { status, skipped, findings } of steps.slice(end + 1)) {
    expect({ status, skipped, findings }).toEqual({ status: 'skip', skipped: 'blocked', findings: [] });
  }
}

test('whatever the probes come upon, nothing stands behind a step that failed, and no credential goes out there', async () => {
  const reply = fc.constantFrom('250 ok', '334 ', '421 busy', '454 later', '530 no', close, silence);
  const dialogue: fc.Arbitrary<Dialogue> = fc
    .record({ 'plain:AUTH': reply, 'plain:MAIL': reply, 'tls:QUIT': reply, 'tls:MAIL': reply, 'tls:EHLO': reply })
    .map((replies) => ({ replies }));
  const scene = fc.record({
    main: fc.constantFrom<Dialogue>(
      {},
      {},
      { replies: { STARTTLS: '454 later' } },
      { replies: { 'tls:EHLO': '550 no' } },
    ),
    probed: fc.array(dialogue, { minLength: 1, maxLength: 4 }),
    waived: fc.subarray(['plaintext-auth-accepted', 'starttls-command-injection'] as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(scene, { minLength: 8, maxLength: 8 }), async (scenes) => {
      await Promise.all(
        scenes.map(async ({ main, probed, waived }) => {
          const tls = { key: certs.good.key, cert: certs.good.chain };
          await using server = await startScriptedServer([main, ...probed].map((one) => ({ ...one, tls })));
          const waive = waived.map((code) => ({ finding: code, until: '2099-12-31', reason: 'for the test' }));
          const { report } = await gate(endpointOf(server.port, { probes: PROBES, auth: AUTH, waive, timeoutMs: 300 }));
          expect(codes(report.steps)).not.toContain('internal-error');
          expectCoherent(report.steps);
          const early = report.steps.slice(0, 3).some(({ status }) => status === 'fail' || status === 'inconclusive');
          if (early) expect(server.heard.filter(({ line }) => /^AUTH PLAIN ./.test(line))).toEqual([]);
        }),
      );
    }),
    { numRuns: 6 },
  );
}, 60_000);
