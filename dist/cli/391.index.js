export const id = 391;
export const ids = [391];
export const modules = {

/***/ 391:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  startDemo: () => (/* binding */ startDemo)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(1692);
;// CONCATENATED MODULE: ./src/servers/imap-syntax.ts
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

;// CONCATENATED MODULE: ./src/servers/imap-fetch.ts

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

;// CONCATENATED MODULE: ./src/servers/imap-search.ts


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

// EXTERNAL MODULE: ./src/servers/listener.ts
var servers_listener = __webpack_require__(8174);
;// CONCATENATED MODULE: ./src/servers/imap.ts






/**
 * Starts an IMAP server (RFC 9051, and IDLE and UIDPLUS as extensions of RFC 3501) with one folder or two.
 * It knows what a client needs to wait for a message, to read it and to remove it, and answers BAD to the rest.
 */
function startImap(options) {
    const { key, chain: cert } = options.identity;
    const serve = (socket) => {
        new ImapSession(options, socket).greet();
    };
    return (0,servers_listener/* listen */.K)(options.security === 'implicit'
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

;// CONCATENATED MODULE: ./src/servers/mailbox.ts
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

// EXTERNAL MODULE: ./src/servers/pki.ts + 1 modules
var servers_pki = __webpack_require__(3643);
// EXTERNAL MODULE: external "node:stream/consumers"
var consumers_ = __webpack_require__(8321);
// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ./node_modules/smtp-server/dist/esm/smtp-server.js + 5 modules
var smtp_server = __webpack_require__(4468);
;// CONCATENATED MODULE: ./src/servers/smtp.ts




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
    return (0,servers_listener/* listen */.K)(server.server, async () => {
        // Node crashes when the socket under a TLS handshake is destroyed, or a destroyed one is wrapped. So every
        // connection may get as far as its handshake, and the library, which knows the TLS sockets, ends those.
        await (0,promises_.setImmediate)();
        server.close();
    });
}
function traceField({ clientHostname, id, transmissionType }) {
    return `Received: from ${clientHostname} by ${SERVER_NAME} with ${transmissionType} id ${id};\r\n ${new Date().toUTCString()}\r\n`;
}

;// CONCATENATED MODULE: ./src/main/demo.ts







const SENDER = 'gate@demo.example';
const RECIPIENT = 'inbox@demo.example';
/**
 * Starts good, doubtful and broken mail servers with an authority and an inbox of their own, all in this process
 * and on free ports of loopback.
 */
async function startDemo() {
    const pki = await (0,servers_pki/* createPki */.Rp)();
    const mailbox = new Mailbox();
    const password = (0,external_node_crypto_.randomBytes)(12).toString('hex');
    const inboxPassword = (0,external_node_crypto_.randomBytes)(12).toString('hex');
    const inbox = await startImap({
        identity: await pki.issue({ addresses: [servers_listener/* LOOPBACK */.W] }),
        security: 'implicit',
        mailbox,
        knows: only(RECIPIENT, inboxPassword),
    });
    const url = `imaps://${servers_listener/* LOOPBACK */.W}:${inbox.port}/INBOX`;
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
        return { listener, endpoint: { name, host: servers_listener/* LOOPBACK */.W, port: listener.port, servername: SERVER_NAME, ...mapping } };
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
        'broken: certificate expired': { certificate: { notBefore: (0,servers_pki/* inDays */.DV)(-100), notAfter: (0,servers_pki/* inDays */.DV)(-10) } },
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


/***/ }),

/***/ 8174:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   K: () => (/* binding */ listen),
/* harmony export */   W: () => (/* binding */ LOOPBACK)
/* harmony export */ });
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8474);
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_events__WEBPACK_IMPORTED_MODULE_0__);

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
    const ready = (0,node_events__WEBPACK_IMPORTED_MODULE_0__.once)(server, 'listening');
    server.listen(0, LOOPBACK);
    await ready;
    return {
        port: server.address().port,
        close: async () => {
            const closed = (0,node_events__WEBPACK_IMPORTED_MODULE_0__.once)(server, 'close');
            server.close();
            await stop?.();
            for (const socket of sockets)
                socket.destroy();
            await closed;
        },
    };
}


/***/ }),

/***/ 3643:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Rp: () => (/* binding */ createPki),
  DV: () => (/* binding */ inDays)
});

// UNUSED EXPORTS: issue

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(7975);
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


/***/ })

};
