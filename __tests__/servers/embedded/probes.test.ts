import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { close, raw, reset, silence, wait, type Dialogue } from '../../support/dialogue.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { injectable } from '../../support/injectable-server.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { listen } from '../../../src/servers/listener.js';
import { PROBES } from '../../../src/plan/schema/enums.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { EndpointReport, StepReport } from '../../../src/report/report.js';

/** The opt-in probes: for each finding, a server that must cause it and a similar one that must not. */

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

interface Seen {
  readonly steps: string;
  readonly codes: readonly string[];
  /** The commands that the server received on each connection of the probes. */
  readonly heard: readonly (readonly string[])[];
  /** Every AUTH command on any connection. */
  readonly credentials: readonly string[];
  readonly report: Omit<EndpointReport, 'attempts'>;
}

/** Tests a server with one dialogue for the main connection, and others for the probes; the last one repeats. */
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
  await server.left();
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

test('no probe runs unless it is configured', async () => {
  expect(await see([], [{}])).toMatchObject({ steps: 'pppnn', codes: [], heard: [] });
});

test('a strict server passes all probes, which send neither credentials nor recipients', async () => {
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
  test('a 334 to AUTH PLAIN is an error of step 1, and the exchange is canceled', async () => {
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': '334 ' } }]);
    expect(seen).toMatchObject({ steps: 'fbbbb', codes: ['plaintext-auth-accepted'] });
    expect(seen.heard).toEqual([[EHLO, 'AUTH PLAIN', '*', 'QUIT']]);
    expect(seen.report.result).toBe('fail');
    expect(seen.report.steps[0]?.findings[0]?.evidence).toEqual({ sent: 'AUTH PLAIN', reply: '334' });
  });

  test.each(['235 2.7.0 Welcome', '250 fine', '252 perhaps'])('an accepted AUTH is an error too: %s', async (reply) => {
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': reply } }]);
    expect(seen).toMatchObject({ steps: 'fbbbb', codes: ['plaintext-auth-accepted'] });
    expect(seen.heard).toEqual([[EHLO, 'AUTH PLAIN', 'QUIT']]);
    expect(seen.report.steps[0]?.findings[0]?.evidence).toEqual({ sent: 'AUTH PLAIN', reply });
  });

  test('a 334 is an error even if the server then closes the connection', async () => {
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': ['334 ', close] } }]);
    expect(seen).toMatchObject({ steps: 'fbbbb', codes: ['plaintext-auth-accepted'] });
  });

  test('the finding has its own command to reproduce it', async () => {
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': '334 ' } }]);
    expect(seen.report.steps[0]?.findings[0]?.reproduce).toMatch(
      /'AUTH PLAIN' .* curl -sN -m 10 telnet:\/\/127\.0\.0\.1:\d+$/,
    );
  });

  test.each(['500 5.5.1 What?', '502 no', '504 no', '530 TLS first', '538 TLS first'])(
    '%s is not a finding',
    async (reply) => {
      const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': reply } }]);
      expect(seen).toMatchObject({ steps: 'pppnn', codes: [] });
    },
  );

  test.each<[string, Dialogue]>([
    ['the connection is closed', { replies: { 'plain:AUTH': close } }],
    ['the connection is reset', { replies: { 'plain:AUTH': reset } }],
    ['the server replies 221 and closes the connection', { replies: { 'plain:AUTH': ['221 2.7.0 Bye', close] } }],
  ])('AUTH is not accepted if %s', async (_, dialogue) => {
    expect(await see(['plaintext-auth'], [{}, dialogue])).toMatchObject({ steps: 'pppnn', codes: [] });
  });

  describe('AUTH that is offered before TLS', () => {
    const offering = (mechanisms: string, reply: Dialogue['greeting'] & {}): Dialogue => ({
      offers: ['STARTTLS', `AUTH ${mechanisms}`],
      replies: { 'plain:AUTH': reply },
    });
    const seeOffer = async (dialogue: Dialogue) => {
      const { report } = await see(['plaintext-auth'], [dialogue]);
      return { status: report.steps[0]?.status, findings: report.steps[0]?.findings };
    };

    test.each<[string, Dialogue['greeting'] & {}, RegExp]>([
      ['PLAIN LOGIN', '530 5.7.0 TLS first', /, but refuses AUTH PLAIN there with "530 5\.7\.0 TLS first"\.$/],
      ['PLAIN LOGIN', '504 5.5.4 no', /, but refuses AUTH PLAIN there with "504 5\.5\.4 no"\.$/],
      ['PLAIN LOGIN', close, /, but refuses AUTH PLAIN there by closing the connection\.$/],
      ['LOGIN', '538 5.7.11 Encryption required', /, but refuses AUTH PLAIN there with "538 /],
    ])('of %s is only a notice if the server refuses AUTH there: %j', async (mechanisms, reply, message) => {
      const { status, findings } = await seeOffer(offering(mechanisms, reply));
      expect(status).toBe('pass');
      expect(findings).toMatchObject([
        { code: 'plaintext-auth-advertised', severity: 'notice', title: 'AUTH offered, but refused before TLS' },
      ]);
      expect(findings?.[0]?.message).toMatch(message);
      expect(findings?.[0]?.remedy).not.toMatch(/smtpd_tls_auth_only/);
    });

    test('of LOGIN alone is a warning if the server only refuses PLAIN, which it does not offer', async () => {
      const { status, findings } = await seeOffer(offering('LOGIN', '504 5.5.4 no'));
      expect(status).toBe('warn');
      expect(findings).toMatchObject([{ code: 'plaintext-auth-advertised', severity: 'warning' }]);
    });

    test('is a warning, next to the error of the probe, if the server accepts AUTH there', async () => {
      const { status, findings } = await seeOffer(offering('PLAIN LOGIN', '334 '));
      expect(status).toBe('fail');
      expect(findings).toMatchObject([
        { code: 'plaintext-auth-advertised', severity: 'warning' },
        { code: 'plaintext-auth-accepted', severity: 'error' },
      ]);
    });
  });

  test('a waiver of the finding leaves a warning', async () => {
    const waive = [{ finding: 'plaintext-auth-accepted', until: '2099-12-31', reason: 'for the test' }] as const;
    const seen = await see(['plaintext-auth'], [{}, { replies: { 'plain:AUTH': '334 ' } }], { waive });
    expect(seen).toMatchObject({ steps: 'wppnn', codes: ['(plaintext-auth-accepted)'] });
  });

  test('a waiver of the finding is unused if it does not occur', async () => {
    const waive = [{ finding: 'plaintext-auth-accepted', until: '2099-12-31', reason: 'for the test' }] as const;
    expect(await see(['plaintext-auth'], [STRICT], { waive })).toMatchObject({ codes: ['waiver-unused'] });
  });
});

describe('plaintext-mail', () => {
  test('MAIL accepted before TLS is a warning of step 1, and MAIL accepted without AUTH is one of step 4', async () => {
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

  describe('a refusal that may apply only to the null sender', () => {
    const OTHER = 'MAIL FROM:<gate@example.invalid>';
    /** A server with a reply to MAIL from the null sender and one to MAIL from a different sender. */
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

    test('is ignored if a different sender is accepted', async () => {
      const seen = await answering('501 5.1.7 no null sender here', '250 ok');
      expect(seen.codes).toEqual(['plaintext-mail-accepted', 'starttls-refused']);
      expect(seen.said).toEqual(['MAIL FROM:<>', OTHER, 'RSET']);
      const [found] = seen.report.steps[0]?.findings ?? [];
      expect(found?.evidence).toEqual({ sent: OTHER, reply: '250 ok' });
      expect(found?.reproduce).toMatch(/--from gate@example\.invalid/);
    });

    test('is inconclusive if a different sender is rejected with a different reply', async () => {
      const seen = await answering('550 no null sender here', '550 no such domain');
      expect(seen.codes).toEqual(['probe-inconclusive', 'starttls-refused']);
      expect(seen.report.steps[0]?.findings[0]?.title).toBe('Reason for the rejection of MAIL unknown');
      expect(seen.said).toEqual(['MAIL FROM:<>', OTHER]);
    });

    test.each([
      ['503 5.5.1 STARTTLS first', '503 5.5.1 STARTTLS first'],
      ['550 no null sender here', '530 5.7.0 Must issue a STARTTLS command first'],
    ])('is confirmed if a different sender is rejected for a lack of TLS: %s, %s', async (first, second) => {
      const seen = await answering(first, second);
      expect(seen.codes).toEqual(['starttls-refused']);
      expect(seen.said).toEqual(['MAIL FROM:<>', OTHER]);
    });
  });

  test.each(['plain:MAIL', 'tls:MAIL'] as const)(
    'MAIL is not accepted if the connection is closed: %s',
    async (verb) => {
      const other = verb === 'plain:MAIL' ? 'tls:MAIL' : 'plain:MAIL';
      const seen = await see(['plaintext-mail'], [{}, { replies: { [verb]: close, [other]: '530 no' } }]);
      expect(seen).toMatchObject({ steps: 'pppnn', codes: [] });
    },
  );

  test('the two findings occur independently', async () => {
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
    ['keeps it', 'pfbbb', ['starttls-command-injection']],
    ['keeps it, and rejects QUIT', 'pfbbb', ['starttls-command-injection']],
    ['keeps it, and closes the connection on QUIT', 'pwpnn', ['probe-inconclusive']],
    ['drops it', 'pppnn', []],
    ['replies to it unencrypted', 'pppnn', []],
    ['closes the connection', 'pppnn', []],
    ['rejects it', 'pppnn', []],
    ['passes it to TLS', 'pppnn', []],
    ['drops it, and sends another greeting', 'pppnn', []],
  ] as const)('a server receives a command with STARTTLS and %s', async (manner, steps, found) => {
    const seen = await see(['command-injection'], [injectable(manner)]);
    expect(seen).toMatchObject({ steps, codes: found });
    expect(seen.heard.flat()).toContain('NOOP');
  });

  test.each(['keeps it', 'keeps it, and rejects QUIT'] as const)(
    'the evidence is the reply to the NOOP if the server %s',
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

  test('two replies to one QUIT are an error regardless of their codes', async () => {
    const seen = await see(['command-injection'], [{}, { replies: { 'tls:QUIT': ['250 a', '500 b', close] } }]);
    expect(seen).toMatchObject({ codes: ['starttls-command-injection'], steps: 'pfbbb' });
  });

  test('a server that carries a command into TLS receives no credentials', async () => {
    for (const [manner, expected] of [
      ['keeps it', 0],
      ['drops it', 1],
    ] as const) {
      const { credentials } = await see(['command-injection'], [injectable(manner)], { auth: AUTH });
      expect(credentials).toHaveLength(expected);
    }
  });

  test('a waiver of the finding lets later steps run', async () => {
    const waive = [{ finding: 'starttls-command-injection', until: '2099-12-31', reason: 'for the test' }] as const;
    const seen = await see(['command-injection'], [injectable('keeps it')], { auth: AUTH, waive });
    expect(seen).toMatchObject({ steps: 'pwppn', codes: ['(starttls-command-injection)'] });
  });
});

describe('a probe that cannot be completed causes a warning in its step', () => {
  test.concurrent.each<[string, Dialogue]>([
    ['421 as the greeting', { greeting: ['421 busy', close] }],
    ['554 as the greeting', { greeting: '554 too many connections' }],
    ['450 as the greeting', { greeting: '450 slow down' }],
    ['a closed connection', { greeting: close }],
    ['silence', { greeting: silence }],
    ['a different protocol', { greeting: raw('hello\r\n') }],
    ['EHLO rejected', { replies: { EHLO: '550 no' } }],
    ['a temporary reply', { replies: { 'plain:AUTH': '454 back-end away' } }],
    ['421 to AUTH', { replies: { 'plain:AUTH': ['421 busy', close] } }],
    ['a reply to AUTH that is cut off', { replies: { 'plain:AUTH': [raw('530 5.7'), close] } }],
  ])('%s', async (_, dialogue) => {
    const seen = await see(['plaintext-auth'], [{}, dialogue]);
    expect(seen).toMatchObject({ steps: 'wppnn', codes: ['probe-inconclusive'] });
    expect(seen.report.steps[0]?.findings[0]?.evidence).toMatchObject({ probe: 'plaintext-auth' });
  });

  test.concurrent.each<[string, Dialogue]>([
    ['a deferred STARTTLS', { replies: { STARTTLS: '454 not now' } }],
    ['a handshake that stalls', { replies: { STARTTLS: ['220 go', silence] } }],
    ['no reply to QUIT over TLS', { replies: { 'tls:QUIT': close } }],
    ['silence over TLS', { replies: { 'tls:QUIT': silence } }],
    ['a single reply other than 221', { replies: { 'tls:QUIT': ['250 a', close] } }],
    ['several greetings', { replies: { 'tls:QUIT': ['220 a', '220 b', '220 c', '221 d'] } }],
    ['a required client certificate', { tls: { requestCert: true, rejectUnauthorized: true } }],
  ])('command-injection: %s', async (_, dialogue) => {
    const seen = await see(['command-injection'], [{}, dialogue]);
    expect(seen).toMatchObject({ codes: ['probe-inconclusive'], steps: 'pwpnn' });
    const requiresCertificate = dialogue.tls?.requestCert === true;
    const title = requiresCertificate ? 'Client certificate required, but probes send none' : 'Probe inconclusive';
    expect(seen.report.steps[1]?.findings[0]?.title).toBe(title);
  });

  test.concurrent('the finding says so if the probe reaches its time limit', async () => {
    const late: Dialogue = {
      greeting: [wait(2200), '220 late'],
      replies: { EHLO: [wait(2400), '250 late'], AUTH: silence },
    };
    const seen = await see(['plaintext-auth'], [{}, late], { timeoutMs: 3000 });
    expect(seen.report.steps[0]?.findings).toMatchObject([
      {
        code: 'probe-inconclusive',
        message: expect.stringMatching(
          /within [012]\.\d s\. The probe reached its time limit of 6 s \(twice the timeout\)\.$/,
        ) as string,
      },
    ]);
    const silent = await see(['plaintext-auth'], [{}, { greeting: silence }], { timeoutMs: 3000 });
    expect(silent.report.steps[0]?.findings[0]?.message).toMatch(/within 3\.0 s\.$/);
  });

  test.concurrent('a probe that fails does not affect the others', async () => {
    const seen = await see(['plaintext-auth', 'plaintext-mail'], [{}, { greeting: close }, STRICT]);
    expect(seen).toMatchObject({ steps: 'wppnn', codes: ['probe-inconclusive'] });
  });
});

describe('the main session', () => {
  test('is followed by no probe if there was no valid greeting', async () => {
    const seen = await see(PROBES, [{ greeting: '554 no' }]);
    expect(seen).toMatchObject({ codes: ['greeting-rejected'], heard: [] });
  });

  test('is followed by no probe of a step that will be retried', async () => {
    const seen = await see(['plaintext-auth'], [{ replies: { 'plain:EHLO': '451 later' } }, STRICT]);
    expect(seen).toMatchObject({ codes: ['throttled'], heard: [] });
    const further = await see(PROBES, [{ replies: { STARTTLS: '454 later' } }, STRICT]);
    expect(further).toMatchObject({ codes: ['starttls-refused'], heard: [{}, {}] });
  });

  test('is followed by no probe of step 2 if its handshake fails', async () => {
    const seen = await see(['command-injection'], [{ replies: { STARTTLS: ['220 go', silence] } }]);
    // The connection that tries a small ClientHello is not a probe.
    expect(seen).toMatchObject({ steps: 'ppfbb', codes: ['handshake-timeout'] });
    expect(seen.heard.map((lines) => lines.slice(0, 2))).toEqual([[EHLO, 'STARTTLS']]);
  });

  test('is followed by no probe of step 4 if it is blocked before that step', async () => {
    const tls = { key: certs.expired.key, cert: certs.expired.chain };
    const seen = await see(['plaintext-mail'], [{ tls }, { tls, ...STRICT }]);
    expect(seen).toMatchObject({ steps: 'ppfbb', codes: ['certificate-expired'] });
    // The last connection compares the certificate with the one that is sent without SNI.
    expect(seen.heard).toEqual([
      [EHLO, 'MAIL FROM:<>', 'QUIT'],
      [EHLO, 'STARTTLS'],
    ]);
  });

  test('is followed by the probes of step 1 if it ends after EHLO', async () => {
    const seen = await see(PROBES, [{ replies: { STARTTLS: '554 no' } }, STRICT]);
    expect(seen).toMatchObject({ steps: 'pfbbb', codes: ['starttls-refused'] });
    expect(seen.heard).toEqual([
      [EHLO, 'AUTH PLAIN', 'QUIT'],
      [EHLO, 'MAIL FROM:<>', 'QUIT'],
    ]);
  });

  test('comes first and complete in the transcript, followed by the probe that ran at the same time', async () => {
    const { report } = await see(['plaintext-auth'], [STRICT], { auth: AUTH });
    const said = report.transcript.filter(({ from }) => from === 'client');
    const texts = said.map(({ text }) => text);
    expect(texts).toEqual([EHLO, 'STARTTLS', EHLO, 'AUTH PLAIN <redacted>', 'QUIT', EHLO, 'AUTH PLAIN', 'QUIT']);
    expect(said.at(-1)?.at).toBeLessThanOrEqual(said[1]?.at ?? 0);
  });

  test('gets additional time for slow probes', async () => {
    // Three probes that time out take longer than the time limit of the main session.
    const timeoutMs = 400;
    const late: Dialogue = { greeting: [wait(0.9 * timeoutMs), '220 late'], replies: { 'plain:EHLO': silence } };
    const seen = await see(PROBES, [{}, late, late, late, STRICT], { auth: AUTH, timeoutMs });
    expect(seen).toMatchObject({ steps: 'wwppn', codes: Array.from({ length: 3 }, () => 'probe-inconclusive') });
  });
});

/** What holds for every endpoint: all steps after a failed one are blocked. */
function expectCoherent(steps: readonly StepReport[]): void {
  const end = steps.findIndex(({ status, skipped }) => skipped === 'blocked' || /fail|inconclusive/.test(status));
  if (end < 0) return;
  for (const { status, skipped, findings } of steps.slice(end + 1)) {
    expect({ status, skipped, findings }).toEqual({ status: 'skip', skipped: 'blocked', findings: [] });
  }
}

test('regardless of the results of the probes, steps after a failed one are blocked and no credentials are sent', async () => {
  const reply = fc.constantFrom('250 ok', '334 ', '421 busy', '454 later', '530 no', close, silence);
  const dialogue: fc.Arbitrary<Dialogue> = fc
    .record({ 'plain:AUTH': reply, 'plain:MAIL': reply, 'tls:QUIT': reply, 'tls:MAIL': reply, 'tls:EHLO': reply })
    .map((replies) => ({ replies }));
  const generated = fc.record({
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
    fc.asyncProperty(fc.array(generated, { minLength: 8, maxLength: 8 }), async (batch) => {
      await Promise.all(
        batch.map(async ({ main, probed, waived }) => {
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
