export const id = 134;
export const ids = [134];
export const modules = {

/***/ 57134:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  selfTest: () => (/* binding */ selfTest)
});

// EXTERNAL MODULE: ./src/run.ts + 97 modules
var run = __webpack_require__(10864);
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
var mailbox = __webpack_require__(56499);
// EXTERNAL MODULE: ./src/demo/pki.ts
var demo_pki = __webpack_require__(94871);
// EXTERNAL MODULE: ./src/text/secret.ts
var secret = __webpack_require__(78091);
;// CONCATENATED MODULE: ./src/self-test/liars.ts








const NAME = 'mail.self-test.example';
const MAILBOX = `gate@${NAME}`;
const WAIT_MS = 2000;
/** As long as a message that never comes is waited for: an honest server on loopback is quicker. */
const WITHIN_MS = 100;
const LIES = {
    'hides STARTTLS': { mustFind: 'starttls-stripped', replies: { EHLO: `250 ${NAME}` } },
    'speaks in the clear behind STARTTLS': {
        mustFind: 'plaintext-after-starttls',
        replies: { STARTTLS: '220 go ahead\r\n250 injected' },
    },
    'shows an expired certificate': {
        mustFind: 'certificate-expired',
        certificate: { notBefore: (0,demo_pki/* inDays */.DV)(-100), notAfter: (0,demo_pki/* inDays */.DV)(-10) },
    },
    'shows the certificate of another': {
        mustFind: 'certificate-hostname-mismatch',
        certificate: { names: ['mail.other.example'] },
    },
    'refuses the password': { mustFind: 'auth-rejected', replies: { AUTH: '535 5.7.8 no' } },
    'accepts the message and loses it': { mustFind: 'message-not-received' },
};
const HONEST = {
    EHLO: `250-${NAME}\r\n250-STARTTLS\r\n250 AUTH PLAIN`,
    STARTTLS: '220 go ahead',
    AUTH: '235 2.7.0 welcome',
    MAIL: '250 2.1.0 ok',
    RCPT: '250 2.1.5 ok',
    DATA: '354 go ahead',
    '.': '250 2.0.0 accepted',
    QUIT: '221 2.0.0 bye',
};
/**
 * Starts liars, and an inbox that stays empty, all in this process and on free ports of loopback.
 * @param lies what each of them does, by its name
 */
async function startLiars(lies = LIES) {
    const pki = await (0,demo_pki/* createPki */.Rp)('Self-test');
    const [honest, inbox] = await Promise.all([
        pki.issue({ names: [NAME] }),
        pki
            .issue({ addresses: [listener/* LOOPBACK */.W] })
            .then((identity) => (0,imap/* startImap */.i)({ identity, security: 'implicit', mailbox: new mailbox/* Mailbox */.z(), knows: () => true })),
    ]);
    const liars = await Promise.all(Object.entries(lies).map(async ([name, { mustFind, certificate, replies }]) => {
        const identity = certificate ? await pki.issue({ names: [NAME], ...certificate }) : honest;
        const listener = await startLiar(identity, { ...HONEST, ...replies });
        return { listener, mustFind, endpoint: endpointOf(name, listener, inbox, pki.root.cert) };
    }));
    return {
        endpoints: liars,
        close: async () => {
            await Promise.all([inbox, ...liars.map(({ listener }) => listener)].map((listener) => listener.close()));
        },
    };
}
function startLiar({ key, chain }, replies) {
    return (0,listener/* listen */.K)((0,external_node_net_.createServer)((socket) => {
        socket.write(`220 ${NAME} ESMTP\r\n`);
        answer(socket, replies, () => {
            const secured = new external_node_tls_.TLSSocket(socket, { isServer: true, key, cert: chain });
            answer(secured, { ...replies, EHLO: HONEST.EHLO ?? '' }, () => undefined);
        });
    }));
}
/** Answers line by line. @param upgrade takes the socket over once STARTTLS has been answered */
function answer(socket, replies, upgrade) {
    const lines = (0,external_node_readline_.createInterface)({ input: socket });
    // A client that has seen enough hangs up, in the midst of a handshake too.
    for (const end of [socket, lines])
        end.on('error', () => undefined);
    let inMessage = false;
    lines.on('line', (line) => {
        const verb = (/^\w+|^\.$/.exec(line)?.[0] ?? '').toUpperCase();
        if (inMessage && verb !== '.')
            return;
        inMessage = verb === 'DATA';
        if (verb !== 'STARTTLS') {
            socket.write(`${replies[verb] ?? '502 5.5.1 not known'}\r\n`);
            return;
        }
        lines.close();
        socket.removeAllListeners('data');
        socket.write(`${replies[verb] ?? ''}\r\n`, upgrade);
    });
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
 * Has the gate show on servers that lie, in this process, that it still finds them out.
 * @param lies what they do, by name; all that are known here, unless a test brings others
 * @returns how many there were
 * @throws {SelfTestFailed} if one of them passes, or fails for another reason than its own
 */
async function selfTest(lies) {
    const liars = await startLiars(lies);
    try {
        const plan = {
            endpoints: liars.endpoints.map(({ endpoint }) => endpoint),
            policy: { failOn: 'fail', onInconclusive: 'fail' },
            concurrency: liars.endpoints.length,
            retries: 0,
        };
        const { report } = await (0,run/* run */.e)(plan, {}, () => undefined);
        const believed = liars.endpoints.filter(({ mustFind }, i) => {
            const { result, steps = [] } = report.endpoints[i] ?? {};
            return result !== 'fail' || !steps.some(({ findings }) => findings.some(({ code }) => code === mustFind));
        });
        if (believed.length > 0) {
            const names = believed.map(({ endpoint, mustFind }) => `a server that ${endpoint.name} (${mustFind})`);
            throw new failed/* SelfTestFailed */.k(`The self-test failed: the gate did not find out ${names.join(', ')}.`);
        }
        return liars.endpoints.length;
    }
    finally {
        await liars.close();
    }
}


/***/ })

};
