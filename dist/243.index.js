export const id = 243;
export const ids = [243];
export const modules = {

/***/ 67243:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  selfTest: () => (/* binding */ selfTest)
});

// EXTERNAL MODULE: ./src/gate/run.ts + 152 modules
var run = __webpack_require__(61593);
// EXTERNAL MODULE: ./src/report/report.ts + 1 modules
var report = __webpack_require__(2123);
// EXTERNAL MODULE: ./src/secrets/secret.ts
var secret = __webpack_require__(30793);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(78474);
;// CONCATENATED MODULE: ./src/servers/listener.ts

/** The IP address on which the servers of the demo and the self-test listen. */
const LOOPBACK = '127.0.0.1';
async function listen(server, host = LOOPBACK) {
    const sockets = new Set();
    server.on('connection', (socket) => {
        // A reply of several writes would wait for the client's delayed acknowledgment in between.
        socket.setNoDelay(true);
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
    });
    const ready = (0,external_node_events_.once)(server, 'listening');
    server.listen(0, host);
    await ready;
    return {
        port: server.address().port,
        sockets,
        close: async () => {
            const closed = (0,external_node_events_.once)(server, 'close');
            server.close();
            for (const socket of sockets)
                socket.destroy();
            await closed;
        },
    };
}

// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(41692);
;// CONCATENATED MODULE: ./src/servers/line-reader.ts
/** The first bytes of a TLS record that carries a ClientHello. */
const CLIENT_HELLO = '\x16\x03';
/** Reads a stream line by line. */
class LineReader {
    #partial = '';
    #ended = false;
    #wake;
    #lines = [];
    #stream;
    #received;
    /** @param received gets every line when it arrives, even if it is not read */
    constructor(stream, received) {
        this.#stream = stream;
        this.#received = received;
        stream.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd);
    }
    /** The next line without its end, bytes as ISO 8859-1; undefined once the peer has closed the connection. */
    async next() {
        while (this.#lines.length === 0 && !this.#ended) {
            await new Promise((resolve) => (this.#wake = resolve));
        }
        return this.#lines.shift();
    }
    /** Takes the lines that have arrived and were not read. */
    unread() {
        return this.#lines.splice(0);
    }
    /** Leaves the stream to a TLS handshake. A ClientHello that has already arrived goes back into the stream. */
    release() {
        this.#stream.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd);
        this.#stream.pause();
        const hello = this.#partial.indexOf(CLIENT_HELLO);
        const plain = hello < 0 ? this.#partial : this.#partial.slice(0, hello);
        if (plain !== '')
            this.#received(plain);
        if (hello >= 0)
            this.#stream.unshift(Buffer.from(this.#partial.slice(hello), 'latin1'));
    }
    #onData = (chunk) => {
        const text = this.#partial + chunk.toString('latin1');
        const hello = text.indexOf(CLIENT_HELLO);
        // A ClientHello is not a line, though it may contain a line feed.
        const lines = (hello < 0 ? text : text.slice(0, hello)).split('\n');
        this.#partial = (lines.pop() ?? '') + (hello < 0 ? '' : text.slice(hello));
        for (const line of lines.map((each) => each.replace(/\r$/, ''))) {
            this.#received(line);
            this.#lines.push(line);
        }
        this.#wake?.();
    };
    #onEnd = () => {
        if (!this.#ended && this.#partial !== '')
            this.#received(this.#partial);
        this.#ended = true;
        this.#wake?.();
    };
}

;// CONCATENATED MODULE: ./src/servers/connection.ts


/** The client or the server has closed the connection. */
class ConnectionClosed extends Error {
}
/** The server's side of a line-based connection, before and after STARTTLS. */
class Connection {
    socket;
    /** Where {@link write} sends: the socket, or TLS on top of it. */
    stream;
    #tls;
    #observer;
    #closed = new AbortController();
    #reader;
    /** @param tls the certificate and further options of a handshake */
    constructor(socket, tls = {}, observer = {}) {
        this.socket = socket.on('error', ignore).on('close', () => {
            this.#closed.abort();
        });
        this.stream = socket;
        this.#tls = tls;
        this.#observer = observer;
        this.#reader = this.#read('plain');
    }
    get phase() {
        return this.stream instanceof external_node_tls_.TLSSocket ? 'tls' : 'plain';
    }
    /** Aborts when the connection is closed. */
    get closed() {
        return this.#closed.signal;
    }
    /**
     * The next line without its end, bytes as ISO 8859-1.
     * @throws {ConnectionClosed}
     */
    async readLine() {
        const line = await this.#reader.next();
        if (line === undefined)
            throw this.#over();
        return line;
    }
    /** Takes the lines that have arrived and were not read. */
    unread() {
        return this.#reader.unread();
    }
    /** @throws {ConnectionClosed} */
    async write(bytes) {
        if (bytes.length === 0)
            return;
        if (!this.stream.writable)
            throw this.#over();
        await new Promise((resolve, reject) => {
            this.stream.write(bytes, (error) => {
                if (error)
                    reject(this.#over());
                else
                    resolve();
            });
        });
    }
    /** @throws {ConnectionClosed} */
    async perform(reply) {
        let lines = '';
        for (const act of [reply].flat()) {
            if (typeof act === 'string') {
                lines += `${act}\r\n`;
            }
            else {
                await this.write(Buffer.from(lines));
                lines = '';
                await act.perform(this);
            }
        }
        await this.write(Buffer.from(lines));
    }
    /**
     * Performs a TLS handshake as the server. Unread lines are dropped.
     * @param carrierOf what carries the TLS records; default: the socket itself
     * @throws {ConnectionClosed} if there is no handshake
     */
    async startTls(carrierOf = (socket) => socket) {
        this.#reader.release();
        // Node crashes when a destroyed socket is wrapped.
        if (this.socket.destroyed)
            throw this.#over();
        const tls = new external_node_tls_.TLSSocket(carrierOf(this.socket), { ...this.#tls, isServer: true }).on('error', ignore);
        const done = await new Promise((resolve) => {
            tls.once('secure', () => {
                resolve(true);
            });
            for (const socket of [tls, this.socket]) {
                socket.once('close', () => {
                    resolve(false);
                });
            }
        });
        if (!done)
            throw this.#over();
        this.#observer.handshake?.(tls);
        this.stream = tls;
        this.#reader = this.#read('tls');
    }
    #read(phase) {
        return new LineReader(this.stream, (line) => this.#observer.line?.(line, phase));
    }
    #over() {
        this.socket.destroy();
        return new ConnectionClosed();
    }
}
const connection_close = {
    perform: ({ stream }) => {
        stream.end();
        return Promise.reject(new ConnectionClosed());
    },
};
const startTls = { perform: (connection) => connection.startTls() };
/** Clients may close a connection at any time. Reads and writes notice it. */
const ignore = () => undefined;

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(77030);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(57975);
;// CONCATENATED MODULE: ./src/servers/der.ts
/*
 * The part of DER (X.690) that a certificate needs. The demo and the self-test issue new certificates in each run, and
 * a library for all of ASN.1 takes longer to load than the gate takes to judge their servers.
 */
/** @param contents are concatenated */
function der_element(tag, ...contents) {
    const content = Buffer.concat(contents);
    return Buffer.concat([Buffer.of(tag), lengthOf(content), content]);
}
function sequence(...elements) {
    return der_element(0x30, ...elements);
}
/** @param unused bits at the end of the last byte */
function bitString(bytes, unused = 0) {
    return der_element(0x03, Buffer.of(unused), bytes);
}
/** @param bytes big-endian, the shortest form of a number that is not negative */
function integer(...bytes) {
    return der_element(0x02, Buffer.from(bytes));
}
/** @param dotted such as `2.5.29.17` */
function objectIdentifier(dotted) {
    const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
    return der_element(0x06, Buffer.from([first * 40 + second, ...arcs].flatMap(base128)));
}
/** A date of a certificate's validity (RFC 5280 section 4.1.2.5): the year has two digits up to 2049. */
function time(moment) {
    const digits = `${moment.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
    return moment.getUTCFullYear() < 2050
        ? der_element(0x17, Buffer.from(digits.slice(2)))
        : der_element(0x18, Buffer.from(digits));
}
function lengthOf({ length }) {
    if (length < 0x80)
        return Buffer.of(length);
    const bytes = length > 0xff ? [length >> 8, length & 0xff] : [length];
    return Buffer.of(0x80 + bytes.length, ...bytes);
}
function base128(arc) {
    const bytes = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
        bytes.unshift(0x80 + (rest % 128));
    return bytes;
}

;// CONCATENATED MODULE: ./src/servers/pki.ts




const DAY_MS = 86_400_000;
const generate = (0,external_node_util_.promisify)(external_node_crypto_.generateKeyPair);
const P256 = {
    generate: () => generate('ec', { namedCurve: 'P-256' }),
    // ECDSA with SHA-256 (RFC 5758 section 3.2).
    signature: { algorithm: sequence(objectIdentifier('1.2.840.10045.4.3.2')), digest: 'SHA256' },
};
/** @param name distinguishes the subjects of several PKIs */
async function createPki(name = 'Demo') {
    const ca = { ca: true, notBefore: inDays(-900) };
    const root = await issue({ ...ca, commonName: `${name} Root CA`, notAfter: inDays(3000) });
    const intermediate = await issue({
        ...ca,
        commonName: `${name} Intermediate CA`,
        notAfter: inDays(2000),
        issuer: root,
    });
    return { root, intermediate, issue: (options) => issue({ issuer: intermediate, ...options }) };
}
/** Generates a key and issues a certificate for it (RFC 5280 section 4.1). */
async function issue(options) {
    const { commonName = 'STARTTLS Gate demo', key: type = P256, issuer, ca = false } = options;
    const keys = { type, ...(await type.generate()) };
    const signing = issuer?.keys ?? keys;
    const { algorithm, digest, how } = options.signature ?? signing.type.signature;
    const tbs = sequence(der_element(VERSION, integer(2)), integer(1, ...(0,external_node_crypto_.randomBytes)(15)), algorithm, nameOf(issuer?.commonName ?? commonName), sequence(time(options.notBefore ?? inDays(-1)), time(options.notAfter ?? inDays(90))), nameOf(commonName), spki(keys.publicKey), der_element(EXTENSIONS, sequence(...extensions(options, keys.publicKey, signing.publicKey))));
    const signed = (0,external_node_crypto_.sign)(digest, tbs, { key: signing.privateKey, ...how });
    const certificate = new external_node_crypto_.X509Certificate(sequence(tbs, algorithm, bitString(signed)));
    const cert = certificate.toString();
    const sends = options.sends ?? (issuer && !isSelfSigned(issuer) && !ca ? [issuer] : []);
    return {
        key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert,
        chain: [cert, ...sends.map((identity) => identity.cert)].join(''),
        certificate,
        commonName,
        keys,
    };
}
/** @param days negative for the past */
function inDays(days) {
    return new Date(Date.now() + days * DAY_MS);
}
/** Tags of the optional parts of a certificate. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
function isSelfSigned({ certificate }) {
    return certificate.verify(certificate.publicKey);
}
function spki(key) {
    return key.export({ type: 'spki', format: 'der' });
}
function nameOf(commonName) {
    const utf8 = der_element(0x0c, Buffer.from(commonName));
    return sequence(der_element(0x31, sequence(objectIdentifier('2.5.4.3'), utf8)));
}
const PURPOSES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' };
/** With digitalSignature too: otherwise TLS libraries refuse a CA as a server before the gate can judge it. */
const SIGNS_ALL = bitString(Buffer.of(0x84), 2);
const SIGNS_HANDSHAKES = bitString(Buffer.of(0x80), 7);
/** The extensions of RFC 5280 section 4.2.1. */
function extensions(options, own, signing) {
    const { ca = false, pathLength, usage = ca ? [] : ['serverAuth'], names = [], addresses = [] } = options;
    const basic = [
        ...(ca ? [der_element(0x01, Buffer.of(0xff))] : []),
        ...(pathLength === undefined ? [] : [integer(pathLength)]),
    ];
    const altNames = [
        ...names.map((name) => der_element(0x82, Buffer.from(name, 'latin1'))),
        ...addresses.map((address) => der_element(0x87, bytesOf(address))),
    ];
    const purposes = usage.map((name) => objectIdentifier(PURPOSES[name]));
    return [
        extension('2.5.29.19', sequence(...basic), 'critical'),
        extension('2.5.29.15', ca ? SIGNS_ALL : SIGNS_HANDSHAKES, 'critical'),
        extension('2.5.29.14', der_element(0x04, keyIdentifier(own))),
        extension('2.5.29.35', sequence(der_element(0x80, keyIdentifier(signing)))),
        ...(purposes.length > 0 ? [extension('2.5.29.37', sequence(...purposes))] : []),
        ...(altNames.length > 0 ? [extension('2.5.29.17', sequence(...altNames))] : []),
        ...(options.further ?? []).map(({ rawData }) => new Uint8Array(rawData)),
    ];
}
/** An extension in DER (RFC 5280 section 4.1). @param id such as `2.5.29.17` */
function extension(id, value, critical) {
    return sequence(objectIdentifier(id), ...(critical ? [der_element(0x01, Buffer.of(0xff))] : []), der_element(0x04, value));
}
/** The fourth method of RFC 7093 section 2. */
function keyIdentifier(key) {
    return (0,external_node_crypto_.createHash)('sha1').update(spki(key)).digest();
}
/** The bytes of an IP address, as a certificate contains them. */
function bytesOf(address) {
    if ((0,external_node_net_.isIPv4)(address))
        return Buffer.from(address.split('.').map(Number));
    const groups = (part = '') => part.split(':').filter((group) => group !== '');
    const [before, after] = address.split('::');
    const [left, right] = [groups(before), groups(after)];
    const zeros = Array(8 - left.length - right.length).fill('0');
    return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

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
        dialogue: { replies: { STARTTLS: ['220 2.0.0 Ready', '250 injected', startTls] } },
    },
    'presents an expired certificate': {
        expected: { step: 'certificate', finding: 'certificate-expired' },
        certificate: { notBefore: inDays(-100), notAfter: inDays(-10) },
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

// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(37067);
// EXTERNAL MODULE: external "node:stream/consumers"
var consumers_ = __webpack_require__(38321);
;// CONCATENATED MODULE: ./src/servers/inbox.ts



/**
 * Starts an inbox on a free port of loopback, with the part of Mailpit's API that the gate uses: it loads fastest.
 * @param server the name of the mail server that accepts the messages
 */
async function startInbox(server) {
    const messages = new Map();
    const answerTo = async (request) => {
        if (request.method === 'DELETE') {
            const { IDs } = (await (0,consumers_.json)(request));
            for (const id of IDs)
                messages.delete(id);
            return '';
        }
        const [, id] = /\/message\/(\d+)\/raw$/.exec(request.url ?? '') ?? [];
        // A search also gets all messages; the client selects its own.
        return id === undefined ? JSON.stringify({ messages: [...messages].map(summary) }) : messages.get(id);
    };
    const listener = await listen((0,external_node_http_.createServer)((request, response) => {
        answerTo(request).then((answer) => response.writeHead(answer === undefined ? 404 : 200).end(answer, 'latin1'), () => response.destroy());
    }));
    let delivered = 0;
    return {
        ...listener,
        deliver: (message) => {
            // RFC 5321 section 4.4.
            const trace = `Received: from [${LOOPBACK}] by ${server} with ESMTPSA; ${new Date().toUTCString()}`;
            messages.set(String((delivered += 1)), `${trace}\r\n${message}`);
        },
    };
}
function summary([id, message]) {
    const field = (name) => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(message)?.[1] ?? '';
    return { ID: id, MessageID: field('Message-ID').replace(/[<>]/g, ''), Subject: field('Subject') };
}

;// CONCATENATED MODULE: ./src/servers/smtp.ts



/** Starts an SMTP server on a free port of loopback. */
function startSmtp(dialogue, observer) {
    return listen((0,external_node_net_.createServer)((socket) => {
        void converse(socket, dialogue, observer);
    }));
}
/** Serves one client until the connection is closed. @throws only for a defect */
async function converse(socket, dialogue, observer = {}) {
    try {
        await new Conversation(dialogue, new Connection(socket, dialogue.tls, observer), observer).run();
    }
    catch (error) {
        if (!(error instanceof ConnectionClosed))
            throw error;
    }
}
const COMMON_KEYWORDS = ['PIPELINING', '8BITMIME'];
class Conversation {
    #dialogue;
    #connection;
    #observer;
    constructor(dialogue, connection, observer) {
        this.#dialogue = dialogue;
        this.#connection = connection;
        this.#observer = observer;
    }
    /** @throws {ConnectionClosed} in the end */
    async run() {
        const { implicit, greeting = `220 ${this.#name} ESMTP` } = this.#dialogue;
        if (implicit)
            await this.#connection.startTls();
        await this.#connection.perform(greeting);
        for (;;)
            await this.#turn(await this.#connection.readLine());
    }
    async #turn(line) {
        const { tls } = this.#dialogue;
        const verb = line.split(' ', 1)[0]?.toUpperCase() ?? '';
        switch (verb) {
            case 'EHLO':
                return this.#reply(verb, this.#capabilities());
            case 'STARTTLS':
                return this.#reply(verb, tls ? ['220 2.0.0 Ready', startTls] : '502 5.5.1 Command not implemented');
            case 'AUTH':
                return this.#auth(line);
            case 'DATA':
                return this.#data();
            case 'QUIT':
                return this.#reply(verb, ['221 2.0.0 Bye', connection_close]);
            case 'HELO':
            case 'MAIL':
            case 'RCPT':
            case 'RSET':
            case 'NOOP':
                return this.#reply(verb, '250 2.0.0 Ok');
            case 'LHLO':
                return this.#reply(verb, '500 5.5.2 Command not recognized');
            default:
                return this.#connection.perform('500 5.5.2 Command not recognized');
        }
    }
    #capabilities() {
        const { tls, offers, offersInTls } = this.#dialogue;
        const keywords = this.#connection.phase === 'tls'
            ? (offersInTls ?? [...COMMON_KEYWORDS, 'AUTH PLAIN LOGIN'])
            : (offers ?? [...COMMON_KEYWORDS, ...(tls ? ['STARTTLS'] : [])]);
        const lines = [this.#name, ...keywords];
        return lines.map((text, index) => `250${index === lines.length - 1 ? ' ' : '-'}${text}`);
    }
    async #auth(line) {
        const override = this.#override('AUTH');
        if (override !== undefined)
            return this.#connection.perform(override);
        const [, mechanism = '', initial] = line.split(' ');
        const sasl = { ...withPassword((...given) => this.#judge(...given)), ...this.#dialogue.sasl }[mechanism.toUpperCase()];
        if (!sasl)
            return this.#connection.perform('504 5.5.4 Unrecognized authentication type');
        const exchange = sasl(initial, this.#connection.stream);
        let turn = exchange.next();
        while (!turn.done) {
            await this.#connection.perform(`334 ${turn.value}`);
            const response = await this.#connection.readLine();
            if (response === '*')
                return this.#reply('CREDENTIALS', '501 5.7.0 Authentication canceled');
            turn = exchange.next(response);
        }
        return this.#connection.perform(turn.value);
    }
    #judge(username, password) {
        const { user } = this.#dialogue;
        const right = !user || (username === user.username && password === user.password);
        return this.#override('CREDENTIALS') ?? (right ? '235 2.7.0 Welcome' : '535 5.7.8 Authentication failed');
    }
    async #data() {
        const reply = [this.#override('DATA') ?? '354 Go ahead'].flat();
        await this.#connection.perform(reply);
        const sent = reply.map((act) => (typeof act === 'string' ? `${act}\r\n` : (act.text ?? ''))).join('');
        if (!/^354/m.test(sent))
            return;
        let message = '';
        for (;;) {
            const line = await this.#connection.readLine();
            if (line === '.')
                break;
            message += `${line.replace(/^\./, '')}\r\n`;
        }
        this.#observer.message?.(message);
        return this.#reply('MESSAGE', '250 2.0.0 Queued');
    }
    #reply(verb, usual) {
        return this.#connection.perform(this.#override(verb) ?? usual);
    }
    #override(verb) {
        const { replies = {} } = this.#dialogue;
        return replies[`${this.#connection.phase}:${verb}`] ?? replies[verb];
    }
    get #name() {
        return this.#dialogue.name ?? 'mail.example.test';
    }
}
/** PLAIN (RFC 4616) and LOGIN. */
function withPassword(judge) {
    return {
        *PLAIN(initial) {
            const [, username, password] = decoded(initial ?? (yield '')).split('\0');
            return judge(username, password);
        },
        *LOGIN(initial) {
            const username = decoded(initial ?? (yield 'VXNlcm5hbWU6'));
            return judge(username, decoded(yield 'UGFzc3dvcmQ6'));
        },
    };
}
function decoded(base64) {
    return Buffer.from(base64, 'base64').toString();
}

;// CONCATENATED MODULE: ./src/servers/scenarios.ts



/**
 * Starts one server for each scenario, and one inbox for all of them.
 * @param good what all servers have in common; the certificate of each has the name
 * @param scenarios by name
 */
async function startScenarios(good, scenarios) {
    const [pki, unknown, inbox] = await Promise.all([createPki(), createPki('Unknown'), startInbox(good.name)]);
    const running = await Promise.all(Object.entries(scenarios).map(async ([name, scenario]) => {
        const { certificate, unknownCa, dialogue, deliver = (message) => message } = scenario;
        const { key, chain } = await (unknownCa ? unknown : pki).issue({ names: [good.name], ...certificate });
        const heard = new Set();
        const listener = await startSmtp({ ...good, tls: { key, cert: chain }, ...dialogue }, {
            line: (line) => heard.add(line.split(' ', 1)[0]?.toUpperCase() ?? ''),
            message: (message) => {
                const delivered = deliver(message);
                if (delivered !== undefined)
                    inbox.deliver(delivered);
            },
        });
        return { listener, server: { name, scenario, port: listener.port, heard } };
    }));
    return {
        servers: running.map(({ server }) => server),
        ca: pki.root.cert,
        inboxPort: inbox.port,
        close: async () => {
            await Promise.all([inbox, ...running.map(({ listener }) => listener)].map((listener) => listener.close()));
        },
    };
}

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
    const running = await startScenarios({ name: NAME, offersInTls: ['AUTH PLAIN'] }, scenarios);
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
        host: LOOPBACK,
        port,
        transport: 'starttls',
        servername: NAME,
        addresses: 'first',
        role: 'submission',
        auth: { username: MAILBOX, secret: new secret/* Secret */.z('self-test'), kind: 'password', expect: 'accepted' },
        delivery: {
            from: MAILBOX,
            to: MAILBOX,
            inbox: { scheme: 'mailpit+http', host: LOOPBACK, port: inboxPort, basePath: '' },
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
