export const id = 383;
export const ids = [383];
export const modules = {

/***/ 383:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  selfTest: () => (/* binding */ selfTest)
});

// EXTERNAL MODULE: ./src/gate/run.ts + 151 modules
var run = __webpack_require__(491);
// EXTERNAL MODULE: ./src/report/report.ts + 1 modules
var report = __webpack_require__(2123);
// EXTERNAL MODULE: ./src/secrets/secret.ts
var secret = __webpack_require__(793);
// EXTERNAL MODULE: ./src/servers/listener.ts
var listener = __webpack_require__(8174);
// EXTERNAL MODULE: ./src/servers/connection.ts + 1 modules
var connection = __webpack_require__(7512);
// EXTERNAL MODULE: ./src/servers/pki.ts + 1 modules
var pki = __webpack_require__(3643);
;// CONCATENATED MODULE: ./src/servers/misbehaving.ts


/**
 * What each server of the self-test does, by name. The good one comes last, so that a gate that only reads the last
 * result does not pass.
 */
const MISBEHAVING = {
    'hides STARTTLS': {
        expected: { step: 'capability', finding: 'starttls-stripped' },
        dialogue: { offers: [] },
    },
    'sends plaintext after STARTTLS': {
        expected: { step: 'upgrade', finding: 'plaintext-after-starttls' },
        dialogue: { replies: { STARTTLS: ['220 2.0.0 Ready', '250 injected', connection/* startTls */.w1] } },
    },
    'presents an expired certificate': {
        expected: { step: 'certificate', finding: 'certificate-expired' },
        certificate: { notBefore: (0,pki/* inDays */.DV)(-100), notAfter: (0,pki/* inDays */.DV)(-10) },
    },
    'presents a certificate for a different name': {
        expected: { step: 'certificate', finding: 'certificate-hostname-mismatch' },
        certificate: { names: ['mail.other.example'] },
    },
    'presents a certificate from an unknown CA': {
        expected: { step: 'certificate', finding: 'certificate-untrusted' },
        unknownCa: true,
    },
    'rejects the password': {
        expected: { step: 'authentication', finding: 'auth-rejected' },
        dialogue: { replies: { AUTH: '535 5.7.8 Authentication failed' } },
    },
    'alters the message': {
        expected: { step: 'delivery', finding: 'message-altered' },
        deliver: (message) => `${message}Scanned for viruses.\r\n`,
    },
    'accepts the message and loses it': {
        expected: { step: 'delivery', finding: 'message-not-received' },
        deliver: () => undefined,
    },
    'behaves correctly': {},
};

// EXTERNAL MODULE: ./src/servers/scenarios.ts + 2 modules
var servers_scenarios = __webpack_require__(6041);
;// CONCATENATED MODULE: ./src/main/self-test.ts






const NAME = 'mail.self-test.example';
const MAILBOX = `gate@${NAME}`;
const WAIT_MS = 2000;
/** The message is in the inbox before the gate looks there, and the gate looks once more at the end. */
const WITHIN_MS = 20;
/**
 * Runs the gate against misbehaving servers in this process: each must fail in its own step, by its own finding alone,
 * and the gate must fail. A server that behaves correctly must pass.
 * @param scenarios the servers by name; a test may use others
 * @returns how many misbehaving servers the gate detected, or what it got wrong
 */
async function selfTest(scenarios = MISBEHAVING) {
    const running = await (0,servers_scenarios/* startScenarios */.U)({ name: NAME, offersInTls: ['AUTH PLAIN'] }, scenarios);
    const { servers } = running;
    try {
        const plan = {
            endpoints: servers.map((server) => endpointOf(server, running)),
            policy: { failOn: 'fail', onInconclusive: 'fail' },
            concurrency: servers.length,
            retries: 0,
        };
        const { report, verdict } = await (0,run/* run */.e)(plan, {}, () => undefined);
        const misjudged = servers.filter((server, i) => {
            const endpoint = report.endpoints[i];
            const mustFail = server.scenario.expected !== undefined;
            return !endpoint || verdict.failed.includes(endpoint) !== mustFail || !isJudgedCorrectly(server, endpoint);
        });
        if (misjudged.length > 0) {
            const names = misjudged.map(({ name, scenario }) => `a server that ${name} (${scenario.expected?.finding ?? 'pass'})`);
            return { ok: false, reason: `The self-test failed: the gate misjudged ${names.join(', ')}.` };
        }
        const detected = servers.filter(({ scenario }) => scenario.expected !== undefined).length;
        if (detected > 0 && !(report.result === 'fail' && verdict.result === 'fail' && verdict.blocks)) {
            return { ok: false, reason: 'The self-test failed: the gate passed although it detected misbehaving servers.' };
        }
        return { ok: true, detected };
    }
    finally {
        await running.close();
    }
}
/** Commands that disclose something, with the first step that may send them. */
const DISCLOSING = { AUTH: 'authentication', MAIL: 'delivery' };
/** Whether only the expected step fails, by the expected finding alone, and nothing is tried or disclosed after it. */
function isJudgedCorrectly({ scenario: { expected }, heard }, { result, steps }) {
    const last = expected ? report/* STEP_IDS */.W1.indexOf(expected.step) : report/* STEP_IDS */.W1.length;
    const asExpected = report/* STEP_IDS */.W1.every((id, i) => {
        const step = steps[i];
        if (step?.id !== id)
            return false;
        if (i < last)
            return step.status === 'pass';
        if (i > last)
            return step.status === 'skip' && step.skipped === 'blocked';
        const errors = step.findings.filter(({ severity }) => severity === 'error');
        return step.status === 'fail' && errors.length > 0 && errors.every(({ code }) => code === expected?.finding);
    });
    const heardInTime = Object.entries(DISCLOSING).every(([command, step]) => heard.has(command) === report/* STEP_IDS */.W1.indexOf(step) <= last);
    return result === (expected ? 'fail' : 'pass') && asExpected && heardInTime;
}
function endpointOf({ name, port }, { ca, inboxPort }) {
    return {
        name,
        host: listener/* LOOPBACK */.W,
        port,
        transport: 'starttls',
        servername: NAME,
        addresses: 'first',
        role: 'submission',
        auth: { username: MAILBOX, secret: new secret/* Secret */.z('self-test'), kind: 'password', expect: 'accepted' },
        delivery: {
            from: MAILBOX,
            to: MAILBOX,
            inbox: { scheme: 'mailpit+http', host: listener/* LOOPBACK */.W, port: inboxPort, basePath: '' },
            withinMs: WITHIN_MS,
            expect: 'received',
            keep: false,
            attachmentBytes: 0,
        },
        tls: { ca: [ca], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
        probes: [],
        require: [],
        waive: [],
        timeoutMs: WAIT_MS,
    };
}


/***/ })

};
