export const id = 39;
export const ids = [39];
export const modules = {

/***/ 40039:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  selfTest: () => (/* binding */ selfTest)
});

// EXTERNAL MODULE: ./src/report/report.ts + 1 modules
var report = __webpack_require__(2123);
// EXTERNAL MODULE: ./src/run.ts + 94 modules
var run = __webpack_require__(79734);
// EXTERNAL MODULE: ./src/self-test/failed.ts
var failed = __webpack_require__(12);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(77030);
// EXTERNAL MODULE: external "node:readline"
var external_node_readline_ = __webpack_require__(80481);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(41692);
;// CONCATENATED MODULE: ./src/demo/imap-syntax.ts
/** A client that does not speak IMAP. */
class SyntaxFault extends Error {
}
/** Cuts what a client sends into commands (RFC 9051 section 2.2.1). */
class CommandReader {
    #buffered = '';
    #command = '';
    #literalLeft = 0;
    /**
     * Takes in octets.
     * @param onCommand gets each command once it is complete, its literals inside it, without the final CR LF
     * @param onLiteral is told each time that the client waits for leave to send a literal
     */
    feed(octets, onCommand, onLiteral) {
        this.#buffered += octets.toString('latin1');
        for (;;) {
            const literal = this.#buffered.slice(0, this.#literalLeft);
            this.#command += literal;
            this.#literalLeft -= literal.length;
            this.#buffered = this.#buffered.slice(literal.length);
            const end = this.#buffered.indexOf('\r\n');
            if (this.#literalLeft > 0 || end < 0)
                return;
            const line = this.#buffered.slice(0, end);
            this.#buffered = this.#buffered.slice(end + 2);
            const announced = /\{(\d+)(\+?)\}$/.exec(line);
            this.#command += line;
            if (announced) {
                this.#command += '\r\n';
                this.#literalLeft = Number(announced[1]);
                if (announced[2] === '')
                    onLiteral();
            }
            else {
                const command = this.#command;
                this.#command = '';
                onCommand(command);
            }
        }
    }
}
/**
 * Takes a command apart (RFC 9051 section 9). A section such as `BODY[HEADER.FIELDS (DATE)]<0.9>` stays one word.
 * @throws SyntaxFault where brackets or quotes do not close
 */
function tokenise(command) {
    let at = 0;
    const list = (closing) => {
        const tokens = [];
        for (;;) {
            while (command[at] === ' ')
                at++;
            const character = command[at] ?? '';
            if (character === closing) {
                at++;
                return tokens;
            }
            if (character === '' || character === ')')
                throw new SyntaxFault('Parentheses do not match');
            tokens.push(token(character));
        }
    };
    const token = (first) => {
        if (first === '(') {
            at++;
            return list(')');
        }
        const rest = command.slice(at);
        const literal = /^\{(\d+)\+?\}\r\n/.exec(rest);
        if (literal) {
            const start = literal[0].length;
            at += start + Number(literal[1]);
            return rest.slice(start, start + Number(literal[1]));
        }
        const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(rest);
        const word = quoted ?? /^(?:[^\s()"[]|\[[^\]]*\])+/.exec(rest);
        if (!word)
            throw new SyntaxFault('A quote or bracket does not close');
        at += word[0].length;
        return quoted?.[1]?.replace(/\\(.)/g, '$1') ?? word[0];
    };
    return list('');
}
/** A token as a keyword, in capitals; empty where it is a list or missing. */
function word(token) {
    return typeof token === 'string' ? token.toUpperCase() : '';
}
/** A quoted string, or a literal where the text does not fit into one. */
function quote(text) {
    return /^[\x20-\x7e]*$/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `{${text.length}}\r\n${text}`;
}
/**
 * Whether a number is in a sequence set such as `2,4:7,9:*` (RFC 9051 section 9).
 * @param largest what `*` stands for
 */
function inSet(set, number, largest) {
    const value = (text) => (text === '*' ? largest : Number(text));
    return set.split(',').some((range) => {
        const [from, to = from] = range.split(':');
        const [low = 0, high = 0] = [value(from), value(to)].sort((a, b) => a - b);
        return number >= low && number <= high;
    });
}

;// CONCATENATED MODULE: ./src/demo/imap-fetch.ts

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/**
 * The answer to one FETCH item (RFC 9051 section 6.4.5), octets as ISO 8859-1.
 * @param item such as `UID`, `FLAGS` or `BODY.PEEK[HEADER]`
 * @throws SyntaxFault for an item that this server does not know
 */
function fetched(message, item) {
    const name = item.toUpperCase();
    switch (name) {
        case 'UID':
            return `UID ${message.uid}`;
        case 'FLAGS':
            return `FLAGS (${[...message.flags].join(' ')})`;
        case 'INTERNALDATE':
            return `INTERNALDATE ${quote(dateTime(message.received))}`;
        case 'RFC822.SIZE':
            return `RFC822.SIZE ${message.raw.length}`;
        default:
            return bodySection(message, name);
    }
}
/** The header section and the body of a message; the empty line between them belongs to the header. */
function split(raw) {
    const end = raw.indexOf('\r\n\r\n');
    return end < 0 ? { header: raw, body: '' } : { header: raw.slice(0, end + 4), body: raw.slice(end + 4) };
}
/** The values of a header field, unfolded. */
function headerValues(raw, name) {
    return fields(raw).flatMap((field) => {
        const [fieldName = '', ...value] = field.split(':');
        return fieldName.toUpperCase() === name.toUpperCase() ? [value.join(':').replace(/\r\n/g, '').trim()] : [];
    });
}
function bodySection(message, name) {
    const match = /^BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?$/.exec(name);
    if (!match)
        throw new SyntaxFault('Unknown FETCH item');
    const [, section = '', from, length] = match;
    const whole = sectionText(message.raw.toString('latin1'), section);
    const text = from === undefined ? whole : whole.slice(Number(from), Number(from) + Number(length));
    return `BODY[${section}]${from === undefined ? '' : `<${from}>`} {${text.length}}\r\n${text}`;
}
function sectionText(raw, section) {
    const { header, body } = split(raw);
    if (section === '')
        return raw;
    if (section === 'HEADER')
        return header;
    if (section === 'TEXT')
        return body;
    const selection = /^HEADER\.FIELDS(\.NOT)? \(([^)]*)\)$/.exec(section);
    if (!selection)
        throw new SyntaxFault('Unknown body section');
    const names = (selection[2] ?? '').split(' ').map((name) => name.replace(/"/g, ''));
    const chosen = fields(raw).filter((field) => names.includes((field.split(':', 1)[0] ?? '').toUpperCase()) === (selection[1] === undefined));
    return [...chosen, ''].map((field) => `${field}\r\n`).join('');
}
function fields(raw) {
    return split(raw)
        .header.split(/\r\n(?![ \t])/)
        .filter((field) => field !== '');
}
function dateTime(date) {
    const two = (number) => String(number).padStart(2, '0');
    const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
    return `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()] ?? ''}-${date.getUTCFullYear()} ${time} +0000`;
}

;// CONCATENATED MODULE: ./src/demo/imap-search.ts


const FLAGS = new Map([
    ['SEEN', '\\Seen'],
    ['DELETED', '\\Deleted'],
]);
/**
 * Whether a message fulfils all criteria of a SEARCH (RFC 9051 section 6.4.4).
 * @param inSet whether it is in a sequence set, of UIDs or of places
 * @throws SyntaxFault for a criterion that this server does not know
 */
function matches(message, criteria, inSet) {
    const [first, ...rest] = criteria;
    if (first === undefined)
        return true;
    const key = word(first);
    const flag = FLAGS.get(key.replace(/^UN/, ''));
    if (flag !== undefined)
        return message.flags.has(flag) !== key.startsWith('UN') && matches(message, rest, inSet);
    switch (key) {
        case 'ALL':
            return matches(message, rest, inSet);
        case 'UID':
            return inSet(rest[0], true) && matches(message, rest.slice(1), inSet);
        case 'SUBJECT':
            return has(message, 'SUBJECT', rest[0]) && matches(message, rest.slice(1), inSet);
        case 'HEADER':
            return has(message, word(rest[0]), rest[1]) && matches(message, rest.slice(2), inSet);
        default:
            if (!/^[\d*]/.test(key))
                throw new SyntaxFault('Unknown SEARCH key');
            return inSet(first, false) && matches(message, rest, inSet);
    }
}
function has(message, field, wanted) {
    return headerValues(message.raw.toString('latin1'), field).some((value) => value.toUpperCase().includes(word(wanted)));
}

// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(78474);
;// CONCATENATED MODULE: ./src/demo/listener.ts

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

;// CONCATENATED MODULE: ./src/demo/imap.ts






/**
 * Starts an IMAP server (RFC 9051, and IDLE and UIDPLUS as extensions of RFC 3501) with one folder or two.
 * It knows what a client needs to wait for a message, to read it and to remove it, and answers BAD to the rest.
 */
function startImap(options) {
    const { key, chain: cert } = options.identity;
    const serve = (socket) => {
        new ImapSession(options, socket).greet();
    };
    return listen(options.security === 'implicit'
        ? (0,external_node_tls_.createServer)({ key, cert }, serve).on('tlsClientError', ignore)
        : (0,external_node_net_.createServer)(serve));
}
/** NO and BAD: the tagged answers to a command that cannot be carried out. */
class Refusal extends Error {
}
class ImapSession {
    #options;
    #socket;
    #reader = new CommandReader();
    #loggedIn = false;
    /** The mailbox that is open, if `unwatch` is there. */
    #selected;
    #unwatch;
    /** The messages as this client knows them: their places are its sequence numbers. */
    #known = [];
    #idleTag;
    constructor(options, socket) {
        this.#options = options;
        this.#selected = options.mailbox;
        this.#socket = socket;
        this.#attach(socket);
    }
    greet() {
        this.#send('* OK IMAP4rev1 ready');
    }
    #attach(socket) {
        this.#socket = socket;
        this.#reader = new CommandReader();
        socket.on('error', ignore);
        socket.on('close', () => this.#unwatch?.());
        socket.on('data', (octets) => {
            this.#reader.feed(octets, (command) => {
                this.#command(command);
            }, () => {
                this.#send('+ Go ahead');
            });
        });
    }
    #command(command) {
        if (this.#idleTag !== undefined) {
            this.#endIdle(command);
            return;
        }
        const [tag = '*'] = command.split(' ', 1);
        try {
            const [, verb, ...rest] = tokenise(command);
            const uid = word(verb) === 'UID';
            const name = uid ? `UID ${word(rest[0])}` : word(verb);
            const completion = this.#perform(name, uid ? rest.slice(1) : rest, tag);
            if (completion === undefined)
                return;
            // RFC 9051 section 7.5.1: no EXPUNGE during a FETCH, STORE or SEARCH, lest sequence numbers slip.
            if (!['FETCH', 'STORE', 'SEARCH'].includes(name))
                this.#synchronise();
            this.#send(`${tag} OK ${completion}`);
        }
        catch (error) {
            if (error instanceof Refusal)
                this.#send(`${tag} NO ${error.message}`);
            else if (error instanceof SyntaxFault)
                this.#send(`${tag} BAD ${error.message}`);
            else
                throw error;
        }
    }
    /** @returns the text of the tagged OK; undefined where that is sent later or otherwise */
    #perform(name, words, tag) {
        switch (name) {
            case 'CAPABILITY':
                this.#send(`* CAPABILITY ${this.#capabilities()}`);
                return 'Done';
            case 'NOOP':
                return 'Done';
            case 'LOGOUT':
                this.#send('* BYE See you');
                this.#send(`${tag} OK Done`);
                this.#socket.end();
                return undefined;
            case 'STARTTLS':
                this.#startTls(tag);
                return undefined;
            case 'LOGIN':
                return this.#login(String(words[0]), String(words[1]));
        }
        if (!this.#loggedIn)
            throw new Refusal('Log in first');
        switch (name) {
            case 'LIST':
                if (words[1] === '')
                    this.#send('* LIST (\\Noselect) "/" ""');
                else
                    this.#list(word(words[1]));
                return 'Done';
            case 'STATUS': {
                const { folder, mailbox } = this.#folder(words[0]);
                this.#send(`* STATUS ${folder} (MESSAGES ${mailbox.messages.length} UIDNEXT ${mailbox.uidNext})`);
                return 'Done';
            }
            case 'LSUB':
                return 'Done';
            case 'SELECT':
            case 'EXAMINE':
                return this.#select(this.#folder(words[0]).mailbox);
            case 'IDLE':
                this.#idleTag = tag;
                this.#send('+ Idling');
                this.#synchronise();
                return undefined;
        }
        if (!this.#unwatch)
            throw new Refusal('Select a mailbox first');
        switch (name) {
            case 'CLOSE':
            case 'UNSELECT':
                if (name === 'CLOSE')
                    this.#expunge(() => true);
                this.#unwatch();
                this.#unwatch = undefined;
                this.#known = [];
                return 'Done';
            case 'FETCH':
            case 'UID FETCH':
                return this.#fetch(this.#chosen(words[0], name), words[1] ?? [], name === 'UID FETCH');
            case 'STORE':
            case 'UID STORE':
                return this.#store(this.#chosen(words[0], name), word(words[1]), [words[2] ?? []].flat().map(String));
            case 'SEARCH':
            case 'UID SEARCH':
                return this.#search(words, name === 'UID SEARCH');
            case 'EXPUNGE':
                return this.#expunge(() => true);
            case 'UID EXPUNGE': {
                const chosen = this.#chosen(words[0], name);
                return this.#expunge((message) => chosen.includes(message));
            }
            default:
                throw new SyntaxFault('Unknown command');
        }
    }
    #capabilities() {
        const upgrade = this.#options.security === 'starttls' && !(this.#socket instanceof external_node_tls_.TLSSocket);
        return `IMAP4rev1 IDLE UIDPLUS UNSELECT LITERAL+ SPECIAL-USE${upgrade ? ' STARTTLS LOGINDISABLED' : ''}`;
    }
    #startTls(tag) {
        if (this.#options.security !== 'starttls' || this.#socket instanceof external_node_tls_.TLSSocket)
            throw new SyntaxFault('No TLS here');
        const { key, chain: cert } = this.#options.identity;
        const plain = this.#socket.removeAllListeners('data');
        plain.pause();
        this.#send(`${tag} OK Begin`);
        this.#attach(new external_node_tls_.TLSSocket(plain, { isServer: true, key, cert }));
    }
    #login(username, password) {
        if (this.#capabilities().includes('LOGINDISABLED'))
            throw new Refusal('[PRIVACYREQUIRED] STARTTLS first');
        if (!this.#options.knows(username, password, this.#socket instanceof external_node_tls_.TLSSocket))
            throw new Refusal('[AUTHENTICATIONFAILED] Wrong');
        this.#loggedIn = true;
        return `[CAPABILITY ${this.#capabilities()}] Welcome`;
    }
    #list(pattern) {
        const has = (folder) => ['*', '%', folder].includes(pattern);
        if (has('INBOX'))
            this.#send('* LIST () "/" INBOX');
        if (has('JUNK') && this.#options.junk)
            this.#send('* LIST (\\Junk) "/" Junk');
    }
    #folder(name) {
        const { mailbox, junk } = this.#options;
        if (word(name) === 'INBOX')
            return { folder: 'INBOX', mailbox };
        if (word(name) === 'JUNK' && junk)
            return { folder: 'Junk', mailbox: junk };
        throw new Refusal('[NONEXISTENT] No such mailbox');
    }
    #select(mailbox) {
        this.#selected = mailbox;
        this.#unwatch?.();
        this.#unwatch = mailbox.watch(() => {
            if (this.#idleTag !== undefined)
                this.#synchronise();
        });
        this.#known = mailbox.messages;
        this.#send(`* ${this.#known.length} EXISTS`);
        this.#send('* FLAGS (\\Seen \\Deleted \\Flagged \\Answered \\Draft)');
        this.#send('* OK [PERMANENTFLAGS (\\Seen \\Deleted \\Flagged \\Answered \\Draft \\*)] All');
        this.#send(`* OK [UIDVALIDITY ${mailbox.uidValidity}] Valid`);
        this.#send(`* OK [UIDNEXT ${mailbox.uidNext}] Next`);
        return '[READ-WRITE] Done';
    }
    #endIdle(line) {
        const tag = this.#idleTag ?? '*';
        this.#idleTag = undefined;
        this.#send(line.toUpperCase() === 'DONE' ? `${tag} OK Done` : `${tag} BAD DONE expected`);
    }
    /** Tells the client what has changed in the mailbox since it was told last. */
    #synchronise() {
        if (!this.#unwatch)
            return;
        const { messages } = this.#selected;
        const kept = this.#known.filter((message) => messages.includes(message));
        for (const [index, message] of [...this.#known.entries()].reverse()) {
            if (!kept.includes(message))
                this.#send(`* ${index + 1} EXPUNGE`);
        }
        this.#known = messages;
        if (messages.length > kept.length)
            this.#send(`* ${messages.length} EXISTS`);
    }
    /** The known messages that a sequence set names, by UID or by place. */
    #chosen(set, command) {
        const byUid = command.startsWith('UID');
        const number = (message, index) => byUid ? (message?.uid ?? 0) : index + 1;
        const largest = number(this.#known.at(-1), this.#known.length - 1);
        return this.#known.filter((message, index) => inSet(word(set), number(message, index), largest));
    }
    #fetch(messages, what, withUid) {
        const items = [what].flat().map(String);
        if (withUid && !items.some((item) => item.toUpperCase() === 'UID'))
            items.unshift('UID');
        for (const message of messages) {
            if (items.some((item) => /^BODY\[/i.test(item)))
                message.flags.add('\\Seen');
            const answers = items.map((item) => fetched(message, item));
            this.#send(`* ${this.#known.indexOf(message) + 1} FETCH (${answers.join(' ')})`);
        }
        return 'Done';
    }
    #store(messages, action, flags) {
        const match = /^([+-]?)FLAGS(\.SILENT)?$/.exec(action);
        if (!match)
            throw new SyntaxFault('Unknown STORE action');
        for (const message of messages) {
            if (match[1] === '')
                message.flags.clear();
            for (const flag of flags) {
                if (match[1] === '-')
                    message.flags.delete(flag);
                else
                    message.flags.add(flag);
            }
            if (!match[2]) {
                this.#send(`* ${this.#known.indexOf(message) + 1} FETCH (${fetched(message, 'UID')} ${fetched(message, 'FLAGS')})`);
            }
        }
        return 'Done';
    }
    #expunge(chosen) {
        this.#selected.remove((message) => message.flags.has('\\Deleted') && chosen(message));
        return 'Done';
    }
    #search(criteria, byUid) {
        const found = this.#known.filter((message) => matches(message, criteria, (set, uids) => this.#chosen(set, uids ? 'UID' : '').includes(message)));
        const numbers = found.map((message) => (byUid ? message.uid : this.#known.indexOf(message) + 1));
        this.#send(['* SEARCH', ...numbers].join(' '));
        return 'Done';
    }
    #send(line) {
        if (this.#socket.writable)
            this.#socket.write(`${line}\r\n`, 'latin1');
    }
}
/** A client that hangs up is an ordinary thing. */
function ignore() {
    // nothing to do
}

;// CONCATENATED MODULE: ./src/demo/mailbox.ts
/** A mailbox in memory, with what IMAP needs to know of one (RFC 9051 section 2.3.1). */
class Mailbox {
    uidValidity = Math.floor(Date.now() / 1000);
    #messages = [];
    #uidNext = 1;
    #watchers = new Set();
    /** The messages in ascending order of their UIDs; a later change gives a new array. */
    get messages() {
        return this.#messages;
    }
    /** The UID that the next message gets. */
    get uidNext() {
        return this.#uidNext;
    }
    /** Delivers a message. @param raw its octets, lines ending in CR LF */
    append(raw) {
        this.#messages = [...this.#messages, { uid: this.#uidNext++, raw, received: new Date(), flags: new Set() }];
        this.#changed();
    }
    /** Removes messages for good. */
    remove(doomed) {
        this.#messages = this.#messages.filter((message) => !doomed(message));
        this.#changed();
    }
    /** Calls back after every arrival and removal. @returns stops that */
    watch(watcher) {
        this.#watchers.add(watcher);
        return () => this.#watchers.delete(watcher);
    }
    #changed() {
        for (const watcher of this.#watchers)
            watcher();
    }
}

// EXTERNAL MODULE: ./node_modules/reflect-metadata/Reflect.js
var Reflect = __webpack_require__(80477);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
// EXTERNAL MODULE: ./node_modules/@peculiar/x509/build/x509.cjs.js
var x509_cjs = __webpack_require__(8927);
;// CONCATENATED MODULE: ./src/demo/pki.ts



x509_cjs/* cryptoProvider */.Ve.set(external_node_crypto_.webcrypto);
const DAY_MS = 86_400_000;
/** With digitalSignature, so that TLS libraries do not stop at a CA that plays a server before anybody can judge it. */
const SIGNS_ALL = (x509_cjs/* KeyUsageFlags */.Ob.keyCertSign | x509_cjs/* KeyUsageFlags */.Ob.digitalSignature);
const KEYS = {
    ec: { name: 'ECDSA', namedCurve: 'P-256' },
    ed25519: { name: 'Ed25519' },
    rsa2048: rsa(2048),
    rsa1024: rsa(1024),
    rsaPss: { ...rsa(2048), name: 'RSA-PSS' },
    rsaPssSha1: { ...rsa(2048), name: 'RSA-PSS', hash: 'SHA-1' },
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
/**
 * Makes one key and one certificate for it.
 * @throws what WebCrypto throws where it does not know the algorithm
 */
async function issue(options) {
    const { issuer, ca = false } = options;
    const keys = (await external_node_crypto_.webcrypto.subtle.generateKey(KEYS[options.key ?? 'ec'], true, [
        'sign',
        'verify',
    ]));
    const subject = [{ CN: [options.commonName ?? 'STARTTLS Gate demo'] }];
    const certificate = await x509_cjs/* X509CertificateGenerator */.Jy.create({
        serialNumber: Buffer.from(external_node_crypto_.webcrypto.getRandomValues(new Uint8Array(15))).toString('hex'),
        subject,
        issuer: issuer?.certificate.subjectName.toJSON() ?? subject,
        notBefore: options.notBefore ?? inDays(-1),
        notAfter: options.notAfter ?? inDays(90),
        publicKey: keys.publicKey,
        signingKey: (issuer?.keys ?? keys).privateKey,
        signingAlgorithm: signing((issuer?.keys ?? keys).privateKey, options.hash ?? 'SHA-256'),
        extensions: await extensions(options, keys, issuer),
    });
    const cert = pem(certificate);
    const sends = options.sends ?? (issuer && !(await issuer.certificate.isSelfSigned()) && !ca ? [issuer] : []);
    return {
        key: `-----BEGIN PRIVATE KEY-----\n${wrapped(await external_node_crypto_.webcrypto.subtle.exportKey('pkcs8', keys.privateKey))}\n-----END PRIVATE KEY-----\n`,
        cert,
        chain: [cert, ...sends.map((identity) => identity.cert)].join(''),
        certificate,
        keys,
    };
}
/** A moment so many days from now; negative for the past. */
function inDays(days) {
    return new Date(Date.now() + days * DAY_MS);
}
async function extensions(options, keys, issuer) {
    const { ca = false, usage = ca ? [] : ['serverAuth'] } = options;
    const names = [
        ...(options.names ?? []).map((value) => ({ type: 'dns', value })),
        ...(options.addresses ?? []).map((value) => ({ type: 'ip', value })),
    ];
    return [
        new x509_cjs/* BasicConstraintsExtension */.WA(ca, options.pathLength, true),
        new x509_cjs/* KeyUsagesExtension */.hy(ca ? SIGNS_ALL : x509_cjs/* KeyUsageFlags */.Ob.digitalSignature, true),
        await x509_cjs/* SubjectKeyIdentifierExtension */.QE.create(keys.publicKey),
        await x509_cjs/* AuthorityKeyIdentifierExtension */.Z$.create((issuer?.keys ?? keys).publicKey),
        ...(usage.length > 0 ? [new x509_cjs/* ExtendedKeyUsageExtension */.j6(usage.map((name) => x509_cjs/* ExtendedKeyUsage */.CD[name]))] : []),
        ...(names.length > 0 ? [new x509_cjs/* SubjectAlternativeNameExtension */.Wx(names)] : []),
        ...(options.further ?? []),
    ];
}
function signing(key, hash) {
    switch (key.algorithm.name) {
        case 'ECDSA':
            return { name: 'ECDSA', hash };
        case 'RSA-PSS':
            return { ...key.algorithm, saltLength: 32 };
        default:
            return key.algorithm;
    }
}
function rsa(modulusLength) {
    return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength, publicExponent: new Uint8Array([1, 0, 1]) };
}
function pem(certificate) {
    return `-----BEGIN CERTIFICATE-----\n${wrapped(certificate.rawData)}\n-----END CERTIFICATE-----\n`;
}
function wrapped(der) {
    return (Buffer.from(der)
        .toString('base64')
        .match(/.{1,64}/g) ?? []).join('\n');
}

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
    const [pki, strangers] = await Promise.all([createPki('Self-test'), createPki('Stranger')]);
    const mailbox = new Mailbox();
    const inboxIdentity = await pki.issue({ addresses: [LOOPBACK] });
    const inbox = await startImap({ identity: inboxIdentity, security: 'implicit', mailbox, knows: () => true });
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
            inbox: { scheme: 'imaps', host: LOOPBACK, port: inbox.port, mailbox: 'INBOX', username: MAILBOX, password },
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
