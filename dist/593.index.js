export const id = 593;
export const ids = [593];
export const modules = {

/***/ 593:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  selfTest: () => (/* binding */ selfTest)
});

// EXTERNAL MODULE: ./src/report/report.ts + 1 modules
var report = __webpack_require__(2123);
// EXTERNAL MODULE: ./src/gate/run.ts + 95 modules
var run = __webpack_require__(81736);
// EXTERNAL MODULE: ./src/main/failed.ts
var failed = __webpack_require__(94632);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(77030);
// EXTERNAL MODULE: external "node:readline"
var external_node_readline_ = __webpack_require__(80481);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(41692);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(78474);
;// CONCATENATED MODULE: ./src/servers/listener.ts

/** The only address on which anything of the demo listens. */
const LOOPBACK = '127.0.0.1';
/**
 * Has a TCP server listen on a free port of loopback, and keeps track of its connections.
 * @param stop what must be done once it no longer listens and before its sockets are destroyed
 */
async function listen(server, stop) {
    const sockets = new Set();
    server.on('connection', (socket) => {
        // Answers of several writes would wait for the client's delayed acknowledgement in between.
        socket.setNoDelay(true);
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
    });
    const ready = (0,external_node_events_.once)(server, 'listening');
    server.listen(0, LOOPBACK);
    await ready;
    return {
        port: server.address().port,
        close: async () => {
            const closed = (0,external_node_events_.once)(server, 'close');
            server.close();
            await stop?.();
            for (const socket of sockets)
                socket.destroy();
            await closed;
        },
    };
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(57975);
;// CONCATENATED MODULE: ./src/servers/der.ts
/*
 * What is needed of DER (X.690) to write a certificate. The demonstration and the self-test issue theirs anew each time,
 * and a library that can do all of ASN.1 takes longer to load than the servers of both take to be judged.
 */
/**
 * One element.
 * @param tag its octet
 * @param contents one behind the other
 */
function der_element(tag, ...contents) {
    const content = Buffer.concat(contents);
    return Buffer.concat([Buffer.of(tag), lengthOf(content), content]);
}
/** A SEQUENCE. */
function sequence(...elements) {
    return der_element(0x30, ...elements);
}
/** A BIT STRING. @param unused bits at the end of its last octet */
function bitString(octets, unused = 0) {
    return der_element(0x03, Buffer.of(unused), octets);
}
/** An INTEGER. @param octets big-endian, of a number that is not negative, and no more of them than it takes */
function integer(...octets) {
    return der_element(0x02, Buffer.from(octets));
}
/** An OBJECT IDENTIFIER. @param dotted such as `2.5.29.17` */
function objectIdentifier(dotted) {
    const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
    return der_element(0x06, Buffer.from([first * 40 + second, ...arcs].flatMap(base128)));
}
/** A moment of a certificate's validity (RFC 5280 section 4.1.2.5): two digits for the year up to 2049. */
function time(moment) {
    const digits = `${moment.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
    return moment.getUTCFullYear() < 2050
        ? der_element(0x17, Buffer.from(digits.slice(2)))
        : der_element(0x18, Buffer.from(digits));
}
function lengthOf({ length }) {
    if (length < 0x80)
        return Buffer.of(length);
    const octets = length > 0xff ? [length >> 8, length & 0xff] : [length];
    return Buffer.of(0x80 + octets.length, ...octets);
}
function base128(arc) {
    const octets = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
        octets.unshift(0x80 + (rest % 128));
    return octets;
}

;// CONCATENATED MODULE: ./src/servers/pki.ts




const DAY_MS = 86_400_000;
const generate = (0,external_node_util_.promisify)(external_node_crypto_.generateKeyPair);
const rsa = (modulusLength) => () => generate('rsa', { modulusLength });
/** How keys are made, by what is told apart of them. */
const KEYS = {
    ec: () => generate('ec', { namedCurve: 'P-256' }),
    ed25519: () => generate('ed25519', {}),
    rsa2048: rsa(2048),
    rsa1024: rsa(1024),
    rsaPss: rsa(2048),
    rsaPssSha1: rsa(2048),
};
/**
 * Makes a root and an intermediate authority of its own.
 * @param name distinguishes the subjects of several authorities
 */
async function createPki(name = 'Demo') {
    const root = await issue({
        commonName: `${name} Root CA`,
        ca: true,
        notBefore: inDays(-900),
        notAfter: inDays(3000),
    });
    const intermediate = await issue({
        commonName: `${name} Intermediate CA`,
        ca: true,
        notBefore: inDays(-900),
        notAfter: inDays(2000),
        issuer: root,
    });
    return { root, intermediate, issue: (options) => issue({ issuer: intermediate, ...options }) };
}
/** Makes one key and one certificate for it (RFC 5280 section 4.1). */
async function issue(options) {
    const { commonName = 'STARTTLS Gate demo', key: kind = 'ec', issuer, ca = false } = options;
    const keys = { kind, ...(await KEYS[kind]()) };
    const signing = issuer?.keys ?? keys;
    const { algorithm, digest, how } = signature(signing.kind, options.hash ?? 'SHA-256');
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
/** A moment so many days from now; negative for the past. */
function inDays(days) {
    return new Date(Date.now() + days * DAY_MS);
}
/** Tags of what a certificate may leave out. */
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
/** With digitalSignature, so that TLS libraries do not stop at a CA that plays a server before anybody can judge it. */
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
        ...addresses.map((address) => der_element(0x87, octetsOf(address))),
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
function extension(id, value, critical) {
    return sequence(objectIdentifier(id), ...(critical ? [der_element(0x01, Buffer.of(0xff))] : []), der_element(0x04, value));
}
/** By the fourth method of RFC 7093 section 2. */
function keyIdentifier(key) {
    return (0,external_node_crypto_.createHash)('sha1').update(spki(key)).digest();
}
/** The octets of an address, as a certificate has them. */
function octetsOf(address) {
    if ((0,external_node_net_.isIPv4)(address))
        return Buffer.from(address.split('.').map(Number));
    const groups = (part = '') => part.split(':').filter((group) => group !== '');
    const [before, after] = address.split('::');
    const [left, right] = [groups(before), groups(after)];
    const zeros = Array(8 - left.length - right.length).fill('0');
    return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
/** RFC 5758 section 3.2, and for SHA-1 RFC 3279 section 2.2.3. */
const ECDSA = {
    'SHA-1': '1.2.840.10045.4.1',
    'SHA-256': '1.2.840.10045.4.3.2',
    'SHA-384': '1.2.840.10045.4.3.3',
    'SHA-512': '1.2.840.10045.4.3.4',
};
const NULL = der_element(0x05);
const SALT_OCTETS = 32;
function signature(kind, hash) {
    switch (kind) {
        case 'ec':
            return { algorithm: sequence(objectIdentifier(ECDSA[hash])), digest: hash.replace('-', '') };
        case 'ed25519':
            return { algorithm: sequence(objectIdentifier('1.3.101.112')), digest: null };
        case 'rsa2048':
        case 'rsa1024':
            return { algorithm: sequence(objectIdentifier('1.2.840.113549.1.1.11'), NULL), digest: 'SHA256' };
        case 'rsaPss':
            return pss('SHA256', SHA256_BY_NAME);
        case 'rsaPssSha1':
            // Where neither hash is named, both are SHA-1.
            return pss('SHA1', []);
    }
}
/** The hash of the message, and that of the mask. */
const SHA256 = sequence(objectIdentifier('2.16.840.1.101.3.4.2.1'), NULL);
const SHA256_BY_NAME = [
    der_element(0xa0, SHA256),
    der_element(0xa1, sequence(objectIdentifier('1.2.840.113549.1.1.8'), SHA256)),
];
/** RSASSA-PSS (RFC 4055 section 3.1). */
function pss(digest, hashes) {
    const parameters = sequence(...hashes, der_element(0xa2, integer(SALT_OCTETS)));
    return {
        algorithm: sequence(objectIdentifier('1.2.840.113549.1.1.10'), parameters),
        digest,
        how: { padding: external_node_crypto_.constants.RSA_PKCS1_PSS_PADDING, saltLength: SALT_OCTETS },
    };
}

// EXTERNAL MODULE: ./src/secrets/secret.ts
var secret = __webpack_require__(30793);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(37067);
// EXTERNAL MODULE: external "node:stream/consumers"
var consumers_ = __webpack_require__(38321);
;// CONCATENATED MODULE: ./src/servers/inbox.ts



/**
 * Starts an inbox on a free port of loopback. It has as much of Mailpit's API as the gate asks for: of all the inboxes
 * that the gate knows, this takes it the least to load, and one message is like another to the judgement.
 */
async function startInbox() {
    const messages = new Map();
    const answerTo = async (request) => {
        if (request.method === 'DELETE') {
            const { IDs } = (await (0,consumers_.json)(request));
            for (const id of IDs)
                messages.delete(id);
            return '';
        }
        const [, id] = /\/message\/(\d+)\/raw$/.exec(request.url ?? '') ?? [];
        // To a search too: whoever asks picks out what is his.
        return id === undefined ? JSON.stringify({ messages: [...messages].map(summary) }) : messages.get(id);
    };
    const listener = await listen((0,external_node_http_.createServer)((request, response) => {
        answerTo(request).then((answer) => response.writeHead(answer === undefined ? 404 : 200).end(answer), () => response.destroy());
    }));
    let delivered = 0;
    return {
        ...listener,
        deliver: (message) => {
            messages.set(String((delivered += 1)), message);
        },
    };
}
function summary([id, message]) {
    const field = (name) => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(message)?.[1] ?? '';
    return { ID: id, MessageID: field('Message-ID').replace(/[<>]/g, ''), Subject: field('Subject') };
}

;// CONCATENATED MODULE: ./src/servers/scenarios.ts

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
        certificate: { notBefore: inDays(-100), notAfter: inDays(-10) },
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

;// CONCATENATED MODULE: ./src/servers/misbehaving.ts








const MAILBOX = `gate@${NAME}`;
const WAIT_MS = 2000;
/**
 * So long each message is waited for, and copies of one that came. It is there before it is looked for, and the gate
 * looks once more at the end.
 */
const WITHIN_MS = 20;
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
    const [pki, strangers] = await Promise.all([createPki('Self-test'), createPki('Stranger')]);
    const inbox = await startInbox();
    const servers = await Promise.all(Object.entries(conducts).map(async ([name, conduct]) => {
        const { lie, certificate, stranger = false, replies, deliver = (message) => message } = conduct;
        const identity = await (stranger ? strangers : pki).issue({ names: [NAME], ...certificate });
        const heard = new Set();
        const listener = await startServer(identity, { ...HONEST, ...replies }, heard, (message) => {
            const delivered = deliver(message);
            if (delivered !== undefined)
                inbox.deliver(delivered);
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
    return listen((0,external_node_net_.createServer)((socket) => {
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
    return `Received: from [${LOOPBACK}] by ${NAME} with ESMTPSA; ${new Date().toUTCString()}`;
}
function endpointOf(name, { port }, inbox, ca) {
    const password = new secret/* Secret */.z('self-test');
    return {
        name,
        host: LOOPBACK,
        port,
        transport: 'starttls',
        servername: NAME,
        addresses: 'first',
        role: 'submission',
        auth: { username: MAILBOX, secret: password, kind: 'password', expect: 'accepted' },
        delivery: {
            from: MAILBOX,
            to: MAILBOX,
            inbox: { scheme: 'mailpit+http', host: LOOPBACK, port: inbox.port, basePath: '' },
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

;// CONCATENATED MODULE: ./src/main/self-test.ts





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
