export const id = 200;
export const ids = [200];
export const modules = {

/***/ 55200:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  selfTest: () => (/* binding */ selfTest)
});

// EXTERNAL MODULE: ./src/report/report.ts + 1 modules
var report = __webpack_require__(2123);
// EXTERNAL MODULE: ./src/run.ts + 96 modules
var run = __webpack_require__(37325);
// EXTERNAL MODULE: ./src/self-test/failed.ts
var failed = __webpack_require__(12);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(77030);
// EXTERNAL MODULE: external "node:readline"
var external_node_readline_ = __webpack_require__(80481);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(41692);
// EXTERNAL MODULE: ./src/demo/imap.ts + 3 modules
var imap = __webpack_require__(76991);
// EXTERNAL MODULE: ./src/demo/listener.ts
var listener = __webpack_require__(83563);
// EXTERNAL MODULE: ./src/demo/mailbox.ts
var demo_mailbox = __webpack_require__(56499);
// EXTERNAL MODULE: ./src/demo/pki.ts
var demo_pki = __webpack_require__(94871);
// EXTERNAL MODULE: ./src/text/secret.ts
var secret = __webpack_require__(78091);
;// CONCATENATED MODULE: ./src/self-test/lies.ts

/** The name that all of them bear. */
const NAME = 'mail.self-test.example';
/** What a server does, by its name; the honest one comes last, so that a good end makes up for nothing before it. */
const CONDUCTS = {
    'hides STARTTLS': {
        lie: { step: 'capability', finding: 'starttls-stripped' },
        replies: { EHLO: `250 ${NAME}` },
    },
    'speaks in the clear behind STARTTLS': {
        lie: { step: 'upgrade', finding: 'plaintext-after-starttls' },
        replies: { STARTTLS: '220 go ahead\r\n250 injected' },
    },
    'shows an expired certificate': {
        lie: { step: 'certificate', finding: 'certificate-expired' },
        certificate: { notBefore: (0,demo_pki/* inDays */.DV)(-100), notAfter: (0,demo_pki/* inDays */.DV)(-10) },
    },
    'shows the certificate of another': {
        lie: { step: 'certificate', finding: 'certificate-hostname-mismatch' },
        certificate: { names: ['mail.other.example'] },
    },
    'shows a certificate of an unknown authority': {
        lie: { step: 'certificate', finding: 'certificate-untrusted' },
        stranger: true,
    },
    'refuses the password': {
        lie: { step: 'authentication', finding: 'auth-rejected' },
        replies: { AUTH: '535 5.7.8 no' },
    },
    'alters the message': {
        lie: { step: 'delivery', finding: 'message-altered' },
        deliver: (message) => `${message}Scanned and found harmless.\r\n`,
    },
    'accepts the message and loses it': {
        lie: { step: 'delivery', finding: 'message-not-received' },
        deliver: () => undefined,
    },
    'is honest': {},
};

;// CONCATENATED MODULE: ./src/self-test/liars.ts









const MAILBOX = `gate@${NAME}`;
const WAIT_MS = 2000;
/** So long each message is waited for, and copies of one that came: on loopback it takes a tenth of that. */
const WITHIN_MS = 150;
const HONEST = {
    EHLO: `250-${NAME}\r\n250 STARTTLS`,
    STARTTLS: '220 go ahead',
    AUTH: '235 2.7.0 welcome',
    MAIL: '250 2.1.0 ok',
    RCPT: '250 2.1.5 ok',
    DATA: '354 go ahead',
    '.': '250 2.0.0 accepted',
    QUIT: '221 2.0.0 bye',
};
const EHLO_SECURED = `250-${NAME}\r\n250 AUTH PLAIN`;
/**
 * Starts servers and their common inbox, all in this process and on free ports of loopback.
 * @param conducts what each of them does, by its name
 */
async function startLiars(conducts) {
    const [pki, strangers] = await Promise.all([(0,demo_pki/* createPki */.Rp)('Self-test'), (0,demo_pki/* createPki */.Rp)('Stranger')]);
    const mailbox = new demo_mailbox/* Mailbox */.z();
    const inboxIdentity = await pki.issue({ addresses: [listener/* LOOPBACK */.W] });
    const inbox = await (0,imap/* startImap */.i)({ identity: inboxIdentity, security: 'implicit', mailbox, knows: () => true });
    const servers = await Promise.all(Object.entries(conducts).map(async ([name, conduct]) => {
        const { lie, certificate, stranger = false, replies, deliver = (message) => message } = conduct;
        const identity = await (stranger ? strangers : pki).issue({ names: [NAME], ...certificate });
        const heard = new Set();
        const listener = await startServer(identity, { ...HONEST, ...replies }, heard, (message) => {
            const delivered = deliver(message);
            if (delivered !== undefined)
                mailbox.append(Buffer.from(delivered));
        });
        return { listener, ...(lie && { lie }), heard, endpoint: endpointOf(name, listener, inbox, pki.root.cert) };
    }));
    return {
        servers,
        close: async () => {
            await Promise.all([inbox, ...servers.map(({ listener }) => listener)].map((listener) => listener.close()));
        },
    };
}
function startServer({ key, chain }, replies, heard, deliver) {
    return (0,listener/* listen */.K)((0,external_node_net_.createServer)((socket) => {
        socket.write(`220 ${NAME} ESMTP\r\n`);
        answer(socket, replies, heard, deliver, () => {
            const secured = new external_node_tls_.TLSSocket(socket, { isServer: true, key, cert: chain });
            answer(secured, { ...replies, EHLO: EHLO_SECURED }, heard, deliver, () => undefined);
        });
    }));
}
/**
 * Answers line by line.
 * @param heard gets every command
 * @param deliver gets every accepted message
 * @param upgrade takes the socket over once STARTTLS has been answered
 */
function answer(socket, replies, heard, deliver, upgrade) {
    const lines = (0,external_node_readline_.createInterface)({ input: socket });
    // A client that has seen enough hangs up, in the midst of a handshake too.
    for (const end of [socket, lines])
        end.on('error', () => undefined);
    let message;
    lines.on('line', (line) => {
        if (message && line !== '.') {
            message.push(line.replace(/^\./, ''));
            return;
        }
        const verb = (/^\w+|^\.$/.exec(line)?.[0] ?? '').toUpperCase();
        heard.add(verb);
        // It is there before the client may look for it.
        if (message)
            deliver([...message, ''].join('\r\n'));
        message = verb === 'DATA' ? [traceField()] : undefined;
        if (verb !== 'STARTTLS') {
            socket.write(`${replies[verb] ?? '502 5.5.1 not known'}\r\n`);
            return;
        }
        lines.close();
        socket.removeAllListeners('data');
        socket.write(`${replies[verb] ?? ''}\r\n`, upgrade);
    });
}
function traceField() {
    return `Received: from [${listener/* LOOPBACK */.W}] by ${NAME} with ESMTPSA; ${new Date().toUTCString()}`;
}
function endpointOf(name, { port }, inbox, ca) {
    const password = new secret/* Secret */.z('self-test');
    return {
        name,
        host: listener/* LOOPBACK */.W,
        port,
        transport: 'starttls',
        servername: NAME,
        addresses: 'first',
        role: 'submission',
        auth: { username: MAILBOX, secret: password, kind: 'password', expect: 'accepted' },
        delivery: {
            from: MAILBOX,
            to: MAILBOX,
            inbox: { scheme: 'imaps', host: listener/* LOOPBACK */.W, port: inbox.port, mailbox: 'INBOX', username: MAILBOX, password },
            withinMs: WITHIN_MS,
            expect: 'received',
            keep: false,
            attachmentOctets: 0,
        },
        tls: { ca: [ca], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
        probes: [],
        require: [],
        waive: [],
        timeoutMs: WAIT_MS,
    };
}

;// CONCATENATED MODULE: ./src/self-test/self-test.ts





/**
 * Has the gate show on servers that lie, in this process, that it still finds them out, and on an honest one that it
 * finds nothing there.
 * @param conducts what they do, by name; all that are known here, unless a test brings others
 * @returns how many liars there were
 * @throws {SelfTestFailed} if one of them passes or fails for another reason than its own, an honest one does not
 *   pass, or the gate stays open
 */
async function selfTest(conducts = CONDUCTS) {
    const liars = await startLiars(conducts);
    const { servers } = liars;
    try {
        const plan = {
            endpoints: servers.map(({ endpoint }) => endpoint),
            policy: { failOn: 'fail', onInconclusive: 'fail' },
            concurrency: servers.length,
            retries: 0,
        };
        const { report, verdict } = await (0,run/* run */.e)(plan, {}, () => undefined);
        const misjudged = servers.filter((server, i) => {
            const endpoint = report.endpoints[i];
            const failed = endpoint !== undefined && verdict.failed.includes(endpoint);
            return !endpoint || failed !== (server.lie !== undefined) || !isJudgedRightly(server, endpoint);
        });
        if (misjudged.length > 0) {
            const names = misjudged.map(({ endpoint, lie }) => `a server that ${endpoint.name} (${lie?.finding ?? 'pass'})`);
            throw new failed/* SelfTestFailed */.k(`The self-test failed: the gate misjudged ${names.join(', ')}.`);
        }
        const count = servers.filter(({ lie }) => lie !== undefined).length;
        if (count > 0 && !(report.result === 'fail' && verdict.result === 'fail' && verdict.blocks)) {
            throw new failed/* SelfTestFailed */.k('The self-test failed: the gate stays open in spite of what it found.');
        }
        return count;
    }
    finally {
        await liars.close();
    }
}
/** Commands that give something away, with the first step in which they may be heard. */
const GIVE_AWAY = { AUTH: 'authentication', MAIL: 'delivery' };
/** Whether all steps before the lie pass, its own fails by it alone, and nothing is tried or given away after that. */
function isJudgedRightly({ lie, heard }, { result, steps }) {
    const last = lie ? report/* STEP_IDS */.W1.indexOf(lie.step) : report/* STEP_IDS */.W1.length;
    const asExpected = report/* STEP_IDS */.W1.every((id, i) => {
        const step = steps[i];
        if (step?.id !== id)
            return false;
        if (i < last)
            return step.status === 'pass';
        if (i > last)
            return step.status === 'skip' && step.skipped === 'blocked';
        const errors = step.findings.filter(({ severity }) => severity === 'error');
        return step.status === 'fail' && errors.length > 0 && errors.every(({ code }) => code === lie?.finding);
    });
    const heardInTime = Object.entries(GIVE_AWAY).every(([command, step]) => {
        const mayBeHeard = report/* STEP_IDS */.W1.indexOf(step) <= last;
        return heard.has(command) === mayBeHeard;
    });
    return result === (lie ? 'fail' : 'pass') && asExpected && heardInTime;
}


/***/ })

};
