export const id = 400;
export const ids = [400];
export const modules = {

/***/ 52400:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  startDemo: () => (/* binding */ startDemo)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(38815);
// EXTERNAL MODULE: ./src/demo/imap.ts + 3 modules
var imap = __webpack_require__(76991);
// EXTERNAL MODULE: ./src/demo/listener.ts
var demo_listener = __webpack_require__(83563);
// EXTERNAL MODULE: ./src/demo/mailbox.ts
var demo_mailbox = __webpack_require__(56499);
// EXTERNAL MODULE: ./src/demo/pki.ts
var demo_pki = __webpack_require__(94871);
// EXTERNAL MODULE: external "node:stream/consumers"
var consumers_ = __webpack_require__(38321);
// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(58500);
// EXTERNAL MODULE: ./node_modules/smtp-server/dist/esm/smtp-server.js + 5 modules
var smtp_server = __webpack_require__(54468);
;// CONCATENATED MODULE: ./src/demo/smtp.ts




/** The name under which the demo's mail servers present themselves. */
const SERVER_NAME = 'mail.demo.example';
/** Starts a submission server on a free port of loopback. */
async function startSmtp(options) {
    const { identity, security = 'starttls', authBeforeTls = false, knows, turnAway, deliver } = options;
    const disabledCommands = [...(security === 'none' ? ['STARTTLS'] : []), ...(knows ? [] : ['AUTH'])];
    const server = new smtp_server/* SMTPServer */.C({
        name: SERVER_NAME,
        banner: 'STARTTLS Gate demo',
        logger: false,
        disableReverseLookup: true,
        key: identity.key,
        cert: identity.chain,
        secure: security === 'implicit',
        hideSTARTTLS: security === 'none',
        disabledCommands,
        authMethods: ['PLAIN', 'LOGIN'],
        allowInsecureAuth: authBeforeTls,
        authOptional: knows === undefined,
        onConnect: (session, callback) => {
            // The library would offer AUTH before TLS in any case, if only to refuse it.
            if (!session.secure && !authBeforeTls)
                session.disabledCommands = [...disabledCommands, 'AUTH'];
            callback(turnAway && Object.assign(new Error(turnAway.text), { responseCode: turnAway.code }));
        },
        onSecure: (_socket, session, callback) => {
            session.disabledCommands = disabledCommands;
            callback();
        },
        onAuth: ({ username = '', password }, session, callback) => {
            if (knows?.(username, password ?? '', session.secure))
                callback(null, { user: username });
            else
                callback(null, { responseCode: 535, message: '5.7.8 Authentication credentials invalid' });
        },
        onData: (stream, session, callback) => {
            (0,consumers_.buffer)(stream).then((message) => {
                deliver(Buffer.concat([Buffer.from(traceField(session)), message]));
                callback();
            }, (error) => {
                callback(error instanceof Error ? error : new Error(String(error)));
            });
        },
    });
    server.on('error', () => {
        // A client that ends a handshake or a session early: it knows why, and here it is of no interest.
    });
    return (0,demo_listener/* listen */.K)(server.server, async () => {
        // Node crashes when the socket under a TLS handshake is destroyed, or a destroyed one is wrapped. So every
        // connection may get as far as its handshake, and the library, which knows the TLS sockets, ends those.
        await (0,promises_.setImmediate)();
        server.close();
    });
}
function traceField({ clientHostname, id, transmissionType }) {
    return `Received: from ${clientHostname} by ${SERVER_NAME} with ${transmissionType} id ${id};\r\n ${new Date().toUTCString()}\r\n`;
}

;// CONCATENATED MODULE: ./src/demo/demo.ts







const SENDER = 'gate@demo.example';
const RECIPIENT = 'inbox@demo.example';
/**
 * Starts good, doubtful and broken mail servers with an authority and an inbox of their own, all in this process
 * and on free ports of loopback.
 */
async function startDemo() {
    const pki = await (0,demo_pki/* createPki */.Rp)();
    const mailbox = new demo_mailbox/* Mailbox */.z();
    const password = (0,external_node_crypto_.randomBytes)(12).toString('hex');
    const inboxPassword = (0,external_node_crypto_.randomBytes)(12).toString('hex');
    const inbox = await (0,imap/* startImap */.i)({
        identity: await pki.issue({ addresses: [demo_listener/* LOOPBACK */.W] }),
        security: 'implicit',
        mailbox,
        knows: only(RECIPIENT, inboxPassword),
    });
    const url = `imaps://${demo_listener/* LOOPBACK */.W}:${inbox.port}/INBOX`;
    const delivery = { from: SENDER, to: RECIPIENT, inbox: url, username: RECIPIENT, password: inboxPassword };
    const exhibits = await Promise.all(Object.entries(exhibition(mailbox, delivery)).map(async ([name, { certificate, server, mapping }]) => {
        const listener = await startSmtp({
            identity: await pki.issue({ names: [SERVER_NAME], ...certificate }),
            knows: only(SENDER, password),
            deliver: (raw) => {
                mailbox.append(raw);
            },
            ...server,
        });
        return { listener, endpoint: { name, host: demo_listener/* LOOPBACK */.W, port: listener.port, servername: SERVER_NAME, ...mapping } };
    }));
    return {
        inputs: {
            endpoints: (0,dist/* stringify */.As)(exhibits.map(({ endpoint }) => endpoint)),
            ca: pki.root.cert,
            username: SENDER,
            password,
            'mail-from': SENDER,
            'rcpt-to': RECIPIENT,
            inbox: url,
            'inbox-username': RECIPIENT,
            'inbox-password': inboxPassword,
            timeout: '5',
            retries: '1',
        },
        close: async () => {
            await Promise.all([inbox, ...exhibits.map(({ listener }) => listener)].map((listener) => listener.close()));
        },
    };
}
/** What there is to see, by the names of the endpoints. */
function exhibition(mailbox, delivery) {
    return {
        'good: STARTTLS': {},
        'good: implicit TLS': { server: { security: 'implicit' }, mapping: { transport: 'implicit' } },
        'doubtful: AUTH before TLS': { server: { authBeforeTls: true } },
        'broken: certificate expired': { certificate: { notBefore: (0,demo_pki/* inDays */.DV)(-100), notAfter: (0,demo_pki/* inDays */.DV)(-10) } },
        'broken: certificate for another name': { certificate: { names: ['mail.other.example'] } },
        'broken: intermediate certificate not sent': { certificate: { sends: [] } },
        'broken: no STARTTLS': { server: { security: 'none' } },
        'broken: wrong password': { mapping: { auth: { username: SENDER, password: 'a password of last year' } } },
        'broken: accepted and lost': {
            server: { deliver: () => undefined },
            mapping: { delivery: { ...delivery, within: 2 } },
        },
        'broken: footer added': {
            server: {
                deliver: (raw) => {
                    mailbox.append(Buffer.concat([raw, Buffer.from('--\r\nScanned and found harmless.\r\n')]));
                },
            },
        },
        'busy: turned away for now': { server: { turnAway: { code: 421, text: '4.7.0 Too busy, try again later' } } },
    };
}
function only(username, password) {
    return (givenName, givenPassword) => givenName === username && givenPassword === password;
}


/***/ })

};
