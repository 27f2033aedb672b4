export const id = 139;
export const ids = [139];
export const modules = {

/***/ 8568:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   J: () => (/* binding */ Kept)
/* harmony export */ });
const FIRST_OCTETS = 16 * 1024;
/**
 * Keeps the first octets of what arrives, in one piece: in as many as they arrive in, each octet could take a hundred
 * times its room.
 */
class Kept {
    #most;
    #room;
    #total = 0;
    /** @param most octets that are kept */
    constructor(most) {
        this.#most = most;
        this.#room = Buffer.alloc(Math.min(most, FIRST_OCTETS));
    }
    /** Octets so far, kept or not. */
    get total() {
        return this.#total;
    }
    /** Those that are kept, until it is emptied. */
    get octets() {
        return this.#room.subarray(0, Math.min(this.#total, this.#most));
    }
    /** Takes one more. */
    push(octet) {
        if (this.#total < this.#most) {
            this.#makeRoomFor(this.#total + 1);
            this.#room[this.#total] = octet;
        }
        this.#total += 1;
    }
    /** Takes more. */
    add(octets) {
        const total = this.#total + octets.length;
        this.#makeRoomFor(Math.min(this.#most, total));
        // What is over finds no room.
        if (this.#total < this.#most)
            octets.copy(this.#room, this.#total);
        this.#total = total;
    }
    /** Begins anew, in the same room. */
    empty() {
        this.#total = 0;
    }
    #makeRoomFor(octets) {
        if (octets <= this.#room.length)
            return;
        const larger = Buffer.alloc(Math.min(this.#most, Math.max(octets, 2 * this.#room.length)));
        this.#room.copy(larger);
        this.#room = larger;
    }
}


/***/ }),

/***/ 39367:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   ek: () => (/* binding */ secure),
/* harmony export */   m6: () => (/* binding */ connectTo),
/* harmony export */   qI: () => (/* binding */ beginSecuring)
/* harmony export */ });
/* unused harmony export noConnection */
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(77030);
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_net__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _net_connect_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(78141);
/* harmony import */ var _tls_handshake_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(28807);
/* harmony import */ var _inbox_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(89588);




/**
 * Connects to the server of an inbox.
 * @throws {InboxUnreachable}
 */
async function connectTo({ host, port }, deadline) {
    try {
        return await (0,_net_connect_js__WEBPACK_IMPORTED_MODULE_1__/* .connect */ .Ng)(await (0,_net_connect_js__WEBPACK_IMPORTED_MODULE_1__/* .resolve */ .hd)(host, deadline, (0,_net_connect_js__WEBPACK_IMPORTED_MODULE_1__/* .systemResolver */ .IC)()), port, deadline);
    }
    catch (error) {
        if (error instanceof _net_connect_js__WEBPACK_IMPORTED_MODULE_1__/* .ConnectFailure */ .Vm)
            throw noConnection(error);
        throw error;
    }
}
function noConnection({ message, transient, inconclusive }) {
    return new _inbox_js__WEBPACK_IMPORTED_MODULE_3__/* .InboxUnreachable */ .F3(`no connection (${message})`, { transient, inconclusive });
}
/**
 * Begins to make a TLS channel of a connection. Its certificates are judged before anything but the handshake is sent.
 * @param socket with nothing unread
 */
function beginSecuring(socket, host, settings, deadline) {
    const { stream, outcome } = (0,_tls_handshake_js__WEBPACK_IMPORTED_MODULE_2__/* .beginHandshake */ .Nr)(socket, {
        context: settings.context,
        servername: (0,node_net__WEBPACK_IMPORTED_MODULE_0__.isIP)(host) === 0 ? host : undefined,
        deadline,
    });
    const judged = outcome.then((result) => {
        const objection = result.ok ? settings.objection(result.channel) : `no TLS: ${inWords(result.failure)}`;
        if (objection === undefined)
            return stream;
        stream.destroy();
        socket.destroy();
        const transient = !result.ok && (result.failure.kind === 'lost' || result.failure.kind === 'timed-out');
        throw new _inbox_js__WEBPACK_IMPORTED_MODULE_3__/* .InboxUnreachable */ .F3(objection, { transient });
    });
    return { stream, judged };
}
/**
 * Makes a TLS channel of a connection, as {@link beginSecuring} does.
 * @throws {InboxUnreachable}
 */
function secure(socket, host, settings, deadline) {
    return beginSecuring(socket, host, settings, deadline).judged;
}
function inWords(failure) {
    switch (failure.kind) {
        case 'timed-out':
            return 'the handshake did not end in time';
        case 'lost':
            return `the connection was lost (${failure.detail})`;
        case 'alert':
            return `the server refuses the handshake (alert ${failure.number}, ${failure.name})`;
        case 'refused-here':
            return `the handshake fails (${failure.reason})`;
        case 'cleartext':
            return 'the server speaks in the clear';
    }
}


/***/ }),

/***/ 41030:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   OM: () => (/* binding */ MAX_HEADER_OCTETS),
/* harmony export */   Ok: () => (/* binding */ marksOf),
/* harmony export */   Z8: () => (/* binding */ marks)
/* harmony export */ });
/* harmony import */ var _message_fields_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(45158);

/** A header is looked through so far; Postfix takes none of over 100 KiB, and adds to it. */
const MAX_HEADER_OCTETS = 128 * 1024;
/** As much is kept of either field; those of the probe have some hundred characters. */
const MAX_MARK_LENGTH = 1024;
/** Picks the marks out of a header, wherever in it they stand. @param source a message, its header or a part of it */
function marksOf(source) {
    const message = (0,_message_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .parseMessage */ .vY)(source.subarray(0, MAX_HEADER_OCTETS));
    return marks((0,_message_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .valuesOf */ .sm)(message, 'message-id').join(' '), (0,_message_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .valuesOf */ .sm)(message, 'subject').join(' '));
}
/** The marks of a message whose fields are known. */
function marks(messageId, subject) {
    return { messageId: kept(messageId), subject: kept(subject) };
}
/** A copy: a part of a text would keep the whole header in memory. */
function kept(text) {
    return Buffer.from(text.slice(0, MAX_MARK_LENGTH)).toString();
}


/***/ }),

/***/ 34139:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openPop3Inbox: () => (/* binding */ openPop3Inbox)
});

// EXTERNAL MODULE: ./src/net/deadline.ts
var net_deadline = __webpack_require__(47879);
// EXTERNAL MODULE: ./src/inbox/inbox.ts
var inbox = __webpack_require__(89588);
// EXTERNAL MODULE: ./src/inbox/headers.ts
var headers = __webpack_require__(41030);
// EXTERNAL MODULE: ./src/text/reason.ts
var reason = __webpack_require__(32223);
// EXTERNAL MODULE: ./src/net/line-channel.ts
var line_channel = __webpack_require__(76987);
// EXTERNAL MODULE: ./src/text/peer.ts
var peer = __webpack_require__(50875);
// EXTERNAL MODULE: ./src/inbox/channel.ts
var inbox_channel = __webpack_require__(39367);
// EXTERNAL MODULE: ./src/inbox/bounded-buffer.ts
var bounded_buffer = __webpack_require__(8568);
;// CONCATENATED MODULE: ./src/inbox/pop3/text.ts

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;
/**
 * Takes the text of an answer of several lines out of what arrives, up to the line with a dot alone (RFC 1939 section
 * 3): dots unstuffed, every line end a CR LF. What it keeps it keeps in one piece, be it a line or a million of them.
 */
class Pop3Text {
    #kept;
    #at = 'line start';
    #last = LF;
    #hasEnded = false;
    /** @param most octets that are kept */
    constructor(most) {
        this.#kept = new bounded_buffer/* Kept */.J(most);
    }
    /** Whether the line with the dot has come. */
    get hasEnded() {
        return this.#hasEnded;
    }
    /** Octets so far, kept or not. */
    get octets() {
        return this.#kept.total;
    }
    /** The text so far, as much of it as is kept. */
    get text() {
        return this.#kept.octets;
    }
    /** @returns how many of the octets belong to the text and its end */
    take(octets) {
        let taken = 0;
        for (const octet of octets) {
            if (this.#hasEnded)
                break;
            taken += 1;
            this.#take(octet);
        }
        return taken;
    }
    #take(octet) {
        switch (this.#at) {
            case 'line start':
                if (octet !== DOT)
                    break;
                this.#at = 'behind a dot';
                return;
            case 'behind a dot':
                if (octet === LF)
                    this.#hasEnded = true;
                if (octet === CR)
                    this.#at = 'behind a dot and CR';
                if (octet === LF || octet === CR)
                    return;
                break;
            case 'behind a dot and CR':
                if (octet === LF)
                    this.#hasEnded = true;
                if (octet === LF)
                    return;
                this.#keep(CR);
                break;
            case 'in a line':
                break;
        }
        if (octet === LF && this.#last !== CR)
            this.#keep(CR);
        this.#keep(octet);
        this.#at = octet === LF ? 'line start' : 'in a line';
    }
    #keep(octet) {
        this.#last = octet;
        this.#kept.push(octet);
    }
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
;// CONCATENATED MODULE: ./src/inbox/tally.ts

/** Hexadecimal digits of a fingerprint: 48 bits, of which ten thousand have two alike once in a million times. */
const DIGITS = 12;
/**
 * Counts how often each of many texts is there, and keeps a fingerprint of each and no text: some twenty octets,
 * however long it is.
 */
class Tally {
    /** Without it, somebody could choose texts that are all looked for in the same place. */
    #salt = (0,external_node_crypto_.randomBytes)(8).toString('hex');
    /** Each where its fingerprint says, or in the next free slot; 0 is free. */
    #fingerprints;
    #counts;
    /** @param most texts that are ever added */
    constructor(most) {
        // So many that a free one is never far away, and that there is always one.
        const slots = 2 * most + 1;
        this.#fingerprints = new Float64Array(slots);
        this.#counts = new Uint32Array(slots);
    }
    /** @returns how often the text is there now */
    add(text) {
        const { slot, fingerprint } = this.#find(text);
        const count = (this.#counts[slot] ?? 0) + 1;
        this.#fingerprints[slot] = fingerprint;
        this.#counts[slot] = count;
        return count;
    }
    /** How often the text is there. */
    count(text) {
        return this.#counts[this.#find(text).slot] ?? 0;
    }
    #find(text) {
        const fingerprint = 1 + Number.parseInt((0,external_node_crypto_.hash)('sha256', this.#salt + text).slice(0, DIGITS), 16);
        const slots = this.#fingerprints.length;
        let slot = fingerprint % slots;
        while (this.#fingerprints[slot] !== 0 && this.#fingerprints[slot] !== fingerprint)
            slot = (slot + 1) % slots;
        return { slot, fingerprint };
    }
}

;// CONCATENATED MODULE: ./src/inbox/pop3/session.ts









const session_CR = 0x0d;
/** RFC 2449 section 4 allows 512 octets; eight times that is read. */
const MAX_LINE_OCTETS = 4096;
/** Every session is told of all messages in the maildrop, and counts how many have each identifier. */
const MAX_MESSAGES = 10_000;
/** As many of them may have come since the inbox was opened: each is kept, and asked for by itself. More is a flood. */
const MAX_ARRIVED = 1000;
/** As much is read of a header, which is more than is looked through: no server takes a longer one. */
const MAX_TOP_OCTETS = 1024 * 1024;
/** What comes of a session that only looked does not depend on the answer to QUIT. */
const GOODBYE_MS = 1000;
/**
 * The maildrop is open in another session, or too many came one after the other (RFC 2449 section 8.1, RFC 3206); older
 * servers say it in the words of RFC 1939 section 5.
 */
const BUSY = /^-ERR +(?:\[(?:IN-USE|LOGIN-DELAY|SYS\/TEMP)\]|maildrop already locked)/i;
/** No login for now; another try may find the maildrop free. */
class MaildropBusy extends inbox/* InboxUnreachable */.F3 {
    constructor(message) {
        super(message, { transient: true });
    }
}
/**
 * One session on a maildrop by POP3 (RFC 1939), logged in: `pop3s` with TLS from the first byte, `pop3` with STLS
 * (RFC 2595) or not at all. The server locks the maildrop meanwhile, and what comes is seen by the next session.
 */
class Pop3Session {
    #channel;
    #timeoutMs;
    #end;
    #arrived;
    constructor(channel, timeoutMs, end) {
        this.#channel = new line_channel/* LineChannel */.M(channel);
        this.#timeoutMs = timeoutMs;
        this.#end = end;
    }
    /**
     * @param end of everything that is waited for in the session
     * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
     * @throws {InboxRejected} if the login is refused
     */
    static async open(target, settings, end) {
        const { timeoutMs } = settings;
        const socket = await (0,inbox_channel/* connectTo */.m6)(target, net_deadline/* Deadline */.B.after(timeoutMs, end));
        try {
            if (target.scheme === 'pop3') {
                const plain = new Pop3Session(socket, timeoutMs, end);
                await plain.#greeting();
                await plain.#prepareTls();
            }
            const channel = await (0,inbox_channel/* secure */.ek)(socket, target.host, settings, net_deadline/* Deadline */.B.after(timeoutMs, end));
            const session = new Pop3Session(channel, timeoutMs, end);
            if (target.scheme === 'pop3s')
                await session.#greeting();
            await session.#login(target);
            return session;
        }
        catch (error) {
            socket.destroy();
            throw error;
        }
    }
    /**
     * How many messages have each unique identifier (RFC 1939 section 7, UIDL).
     * @throws {InboxUnreachable} if there are more than a maildrop may have
     * @throws {InboxRejected} if the server does not tell messages apart
     */
    identifiers() {
        return this.#list(() => undefined);
    }
    /**
     * The messages that have come since others were counted, asked for once a session.
     * @param old how many had each identifier then
     * @returns the number of each in this session by its identifier; of several with the same, each further one has a
     *   number of its own behind it
     * @throws as {@link identifiers} does, and {InboxUnreachable} if too many have come
     */
    async arrived(old) {
        this.#arrived ??= await this.#listArrived(old);
        return this.#arrived;
    }
    /** The header of a message, as much of it as is looked through; the message is not marked as seen by that. */
    async header(message) {
        await this.#demand(`TOP ${message} 0`, 'the header of a message');
        const header = new Pop3Text(headers/* MAX_HEADER_OCTETS */.OM);
        await this.#readText(header, MAX_TOP_OCTETS, this.#wait());
        if (header.hasEnded)
            return header.text;
        throw new inbox/* InboxUnreachable */.F3(`the server sent a header of over ${MAX_TOP_OCTETS} octets`);
    }
    /** A whole message, or `most` octets of it; then the session is over. */
    async message(message, most) {
        await this.#demand(`RETR ${message}`, 'the message');
        const source = new Pop3Text(most);
        // Each part of a large message has as long as one answer.
        const deadline = net_deadline/* Deadline */.B.after(this.#timeoutMs * Math.ceil(most / inbox/* PART_OCTETS */.jz), this.#end);
        await this.#readText(source, most, deadline);
        if (!source.hasEnded)
            this.leave();
        return source.text;
    }
    /** Marks a message; it is deleted when the session ends with {@link quit}. */
    async mark(message) {
        await this.#demand(`DELE ${message}`, 'its deletion');
    }
    /** Ends the session and has the server delete what was marked. */
    async quit() {
        await this.#demand('QUIT', 'the end of the session');
        this.leave();
    }
    /** Ends the session, so that the maildrop is free for the next. Never throws. */
    async goodbye() {
        const deadline = net_deadline/* Deadline */.B.after(GOODBYE_MS, this.#end);
        if (!this.isOver)
            await deadline.race(this.quit(), () => new Error('no goodbye')).catch(() => undefined);
        this.leave();
    }
    /** Hangs up; nothing is deleted. */
    leave() {
        this.#channel.stream.destroy();
    }
    /** Whether nothing can be asked any more. */
    get isOver() {
        return this.#channel.stream.destroyed;
    }
    async #listArrived(old) {
        const arrived = new Map();
        await this.#list((identifier, nth, message) => {
            if (nth <= old.count(identifier))
                return;
            if (arrived.size === MAX_ARRIVED)
                throw new inbox/* InboxUnreachable */.F3(`over ${MAX_ARRIVED} messages have come`);
            // A blank is in no identifier. A copy: a part of a line would keep the whole in memory.
            arrived.set(Buffer.from(nth === 1 ? identifier : `${identifier} ${nth}`).toString(), message);
        });
        return arrived;
    }
    /** @param tell gets the identifier of each message, how many have had the same so far, and its number */
    async #list(tell) {
        await this.#demand('UIDL', 'the list of messages');
        const deadline = this.#wait();
        const listed = new Tally(MAX_MESSAGES);
        for (let messages = 0;; messages += 1) {
            const line = (await this.#readLine(deadline)).toString('latin1');
            if (line === '.')
                return listed;
            if (messages === MAX_MESSAGES)
                throw new inbox/* InboxUnreachable */.F3(`there are over ${MAX_MESSAGES} messages`);
            const [, message, identifier] = /^(\d{1,9}) +([!-~]{1,255})\s*$/.exec(line) ?? [];
            if (message === undefined || identifier === undefined) {
                throw new inbox/* InboxUnreachable */.F3(`the server sent a line that is no answer to UIDL: ${(0,peer/* excerpt */.Kb)(line)}`);
            }
            // Identical messages may have the same identifier (RFC 1939 section 7).
            tell(identifier, listed.add(identifier), Number(message));
        }
    }
    #wait() {
        return net_deadline/* Deadline */.B.after(this.#timeoutMs, this.#end);
    }
    async #greeting() {
        const { ok, text } = await this.#status();
        if (!ok)
            throw new inbox/* InboxUnreachable */.F3(`the server greets with ${text}`);
    }
    async #prepareTls() {
        const { ok, text } = await this.#command('STLS');
        if (!ok)
            throw new inbox/* InboxUnreachable */.F3(`no TLS: to STLS the server says ${text}`);
        this.#channel.detach();
        const early = this.#channel.received.unread;
        if (early.length > 0) {
            throw new inbox/* InboxUnreachable */.F3(`the server sent more in the clear behind its answer to STLS: ${(0,peer/* excerpt */.Kb)(early.toString('latin1'))}`);
        }
    }
    async #login({ username, password }) {
        for (const line of [`USER ${username}`, `PASS ${password.reveal()}`]) {
            const { ok, text } = await this.#command(line);
            if (ok)
                continue;
            if (BUSY.test(text))
                throw new MaildropBusy(`no login now: ${text}`);
            throw new inbox/* InboxRejected */.ty(`login refused: ${text}`);
        }
    }
    async #demand(line, about) {
        const { ok, text } = await this.#command(line);
        if (!ok)
            throw new inbox/* InboxRejected */.ty(`asked for ${about}, the server says: ${text}`);
    }
    async #command(line) {
        this.#channel.stream.write(`${line}\r\n`);
        return this.#status();
    }
    /** The first line of an answer. */
    async #status() {
        const line = (await this.#readLine(this.#wait())).toString('utf8');
        const text = (0,peer/* excerpt */.Kb)(line);
        if (/^\+OK(?: |$)/i.test(line))
            return { ok: true, text };
        if (/^-ERR(?: |$)/i.test(line))
            return { ok: false, text };
        throw new inbox/* InboxUnreachable */.F3(`the server does not speak POP3: ${text}`);
    }
    /** The next line, without its line end. */
    async #readLine(deadline) {
        const tooLong = () => new inbox/* InboxUnreachable */.F3(`the server sent a line of over ${MAX_LINE_OCTETS} octets`);
        for (;;) {
            const line = this.#channel.received.takeLine(MAX_LINE_OCTETS, tooLong);
            if (line)
                return line.at(-1) === session_CR ? line.subarray(0, -1) : line;
            await this.#more(deadline);
        }
    }
    /** Reads a text to its end, or until it has so many octets. */
    async #readText(text, most, deadline) {
        const { received } = this.#channel;
        for (;;) {
            received.skip(text.take(received.unread));
            if (text.hasEnded || text.octets >= most)
                return;
            await this.#more(deadline);
        }
    }
    async #more(deadline) {
        const { end } = this.#channel;
        if (end) {
            throw (0,inbox/* inboxLost */.N_)(end.cause === undefined ? 'the connection was lost' : `the connection was lost (${(0,reason/* codeOf */.$)(end.cause)})`);
        }
        await deadline.race(this.#channel.more(), () => (0,inbox/* inboxLost */.N_)('the server gave no answer in time'));
    }
}

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(58500);
;// CONCATENATED MODULE: ./src/inbox/pop3/sessions.ts



/** A maildrop that is open elsewhere is mostly free again in a moment. */
const BUSY_AGAIN_MS = 1000;
/**
 * The sessions on a maildrop, one at a time, for that is all that a server allows. What is asked for while a session is
 * open, or at once in answer to what it has shown, is done in it, if it can be: each further login costs the server
 * much, and it may find the maildrop locked by somebody else.
 */
class Pop3Sessions {
    #open;
    #end;
    #tasks = [];
    #isServing = false;
    #busy;
    /**
     * @param open logs in
     * @param end of everything that is waited for
     */
    constructor(open, end) {
        this.#open = open;
        this.#end = end;
    }
    /** Has a look in a session whose login is still to come, so that it sees all that has come until now. */
    look(until, work) {
        return this.#ask(work, { until, isLook: true, isDeletion: false });
    }
    /** Reads, in whatever session comes next. */
    read(until, work) {
        return this.#ask(work, { until, isLook: false, isDeletion: false });
    }
    /** Marks messages as deleted. Returns when the session has ended, and the server has deleted them. */
    delete(until, work) {
        return this.#ask(work, { until, isLook: false, isDeletion: true });
    }
    #ask(work, how) {
        const { until } = how;
        const late = () => this.#busy ?? (0,inbox/* inboxLost */.N_)('the server gave no answer in time');
        const done = new Promise((resolve, reject) => {
            const perform = async (session) => {
                const value = await until.race(work(session), late);
                return () => {
                    resolve(value);
                };
            };
            this.#tasks = [...this.#tasks, { ...how, perform, fail: reject }];
        });
        if (!this.#isServing)
            void this.#serve();
        // The turn may not come in time.
        return until.race(done, late);
    }
    async #serve() {
        this.#isServing = true;
        for (;;) {
            // Whoever has asked for these has been told that they come too late.
            this.#drop(({ until }) => until.isOver);
            if (this.#tasks.length === 0)
                break;
            await this.#serveInOne(new Set(this.#tasks));
        }
        this.#isServing = false;
    }
    /** @param before those that were asked for before the login */
    async #serveInOne(before) {
        try {
            const session = await this.#open();
            this.#busy = undefined;
            await this.#use(session, before);
        }
        catch (error) {
            const longest = Math.max(...[...before].map(({ until }) => until.remainingMs));
            if (error instanceof MaildropBusy && longest > BUSY_AGAIN_MS) {
                this.#busy = error;
                await this.#end.race((0,promises_.setTimeout)(BUSY_AGAIN_MS), () => error).catch(() => undefined);
                return;
            }
            this.#drop((task) => before.has(task));
            for (const { fail } of before)
                fail(error);
        }
    }
    /** Does all that can be done in a session, and ends it. */
    async #use(session, before) {
        const marked = [];
        for (;;) {
            const task = this.#next(before, marked.length > 0);
            if (!task)
                break;
            this.#drop((each) => each === task);
            try {
                const done = await task.perform(session);
                if (task.isDeletion)
                    marked.push({ done, fail: task.fail });
                else
                    done();
            }
            catch (error) {
                task.fail(error);
                if (!(error instanceof inbox/* InboxRejected */.ty))
                    session.leave();
            }
            if (session.isOver)
                break;
            // Those who have been served ask at once for what comes next.
            await (0,promises_.setImmediate)();
        }
        if (marked.length === 0) {
            await session.goodbye();
            return;
        }
        try {
            await session.quit();
            for (const { done } of marked)
                done();
        }
        catch (error) {
            for (const { fail } of marked)
                fail(error);
            session.leave();
        }
    }
    /** @param isEnding something is marked as deleted: what may cost the session its good end waits for the next */
    #next(before, isEnding) {
        const possible = this.#tasks.filter((task) => !task.until.isOver && (!task.isLook || before.has(task)));
        const deletion = possible.find(({ isDeletion }) => isDeletion);
        return isEnding ? deletion : (possible.find(({ isDeletion }) => !isDeletion) ?? deletion);
    }
    #drop(isDone) {
        this.#tasks = this.#tasks.filter((task) => !isDone(task));
    }
}

// EXTERNAL MODULE: ./src/inbox/search.ts
var search = __webpack_require__(3510);
;// CONCATENATED MODULE: ./src/inbox/pop3/pop3.ts







/** POP3 tells of nothing by itself: a new session looks after so long. Servers dislike it more often. */
const LOOK_AGAIN_MS = 3000;
/** As many characters are kept of what makes known those that have come; two hundred each would be usual. */
const MAX_MARKS_CHARACTERS = 256 * 1024;
/**
 * Opens a maildrop by POP3 (RFC 1939) and notes what is in it. POP3 has one folder, none for junk.
 * @param stop says that nobody wants the inbox any more
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused, or the server does not tell messages apart (UIDL)
 */
async function openPop3Inbox(target, settings, stop) {
    const maildrop = new Maildrop(target, settings, stop);
    await maildrop.noteOld();
    const watch = (0,search/* every */.Si)(LOOK_AGAIN_MS);
    return {
        find: (sought, deadline) => (0,search/* search */.$P)([maildrop], sought, deadline, () => watch),
        ended: (0,search/* ended */.v6)(stop),
        close: () => Promise.resolve(),
    };
}
/** What has come into a maildrop, over one session after the other. */
class Maildrop {
    #sessions;
    #timeoutMs;
    #end;
    /** Those that were there before. */
    #old = new Tally(0);
    /** Those that have been looked at since. */
    #arrived = new Map();
    #marksCharacters = 0;
    constructor(target, settings, stop) {
        this.#end = net_deadline/* Deadline */.B.on(stop);
        this.#timeoutMs = settings.timeoutMs;
        this.#sessions = new Pop3Sessions(() => Pop3Session.open(target, settings, this.#end), this.#end);
    }
    /** Connecting and the list have as long together as two answers. */
    async noteOld() {
        const until = net_deadline/* Deadline */.B.after(2 * this.#timeoutMs, this.#end);
        await this.#sessions.look(until, async (session) => {
            this.#old = await session.identifiers();
        });
    }
    async look(_sought, deadline, last) {
        const until = this.#until(deadline, 1);
        try {
            await this.#sessions.look(until, (session) => this.#lookAtNew(session));
        }
        catch (error) {
            // Whoever has the maildrop open lets go of it, and what there was no time for is still there: there is another look.
            if (last || !(error instanceof MaildropBusy || until.isOver))
                throw error;
        }
        return [...this.#arrived.values()];
    }
    read(id, most, deadline) {
        const until = this.#until(deadline, 1 + Math.ceil(most / inbox/* PART_OCTETS */.jz));
        return this.#sessions.read(until, async (session) => {
            const message = (await session.arrived(this.#old)).get(id);
            return message === undefined ? undefined : session.message(message, most);
        });
    }
    async remove(ids, deadline) {
        try {
            await this.#sessions.delete(this.#until(deadline, 1), (session) => this.#mark(session, ids));
        }
        catch (error) {
            if (!(error instanceof inbox/* InboxRejected */.ty))
                throw error;
            throw new inbox/* InboxRejected */.ty(`the message arrived, and the server does not let it be deleted (${error.message})`);
        }
    }
    /** Whatever it is, it may take some time beyond the end of the search. */
    #until(deadline, answers) {
        return net_deadline/* Deadline */.B.after(deadline.remainingMs + answers * this.#timeoutMs, this.#end);
    }
    async #lookAtNew(session) {
        for (const [id, message] of await session.arrived(this.#old)) {
            if (this.#arrived.has(id))
                continue;
            const marks = (0,headers/* marksOf */.Ok)(await session.header(message));
            this.#marksCharacters += id.length + marks.messageId.length + marks.subject.length;
            if (this.#arrived.size === MAX_ARRIVED || this.#marksCharacters > MAX_MARKS_CHARACTERS) {
                throw new inbox/* InboxUnreachable */.F3(`over ${MAX_ARRIVED} messages have come, or over ${MAX_MARKS_CHARACTERS} characters of their names`);
            }
            this.#arrived.set(id, { id, ...marks });
        }
    }
    /** Some servers give an identifier to another message once its own is gone, so each is looked at first. */
    async #mark(session, ids) {
        const messages = await session.arrived(this.#old);
        for (const id of ids) {
            const message = messages.get(id);
            if (message === undefined)
                continue;
            const { messageId, subject } = (0,headers/* marksOf */.Ok)(await session.header(message));
            const noted = this.#arrived.get(id);
            if (noted?.messageId !== messageId || noted.subject !== subject)
                throw new inbox/* InboxRejected */.ty('another message has its name');
            await session.mark(message);
        }
    }
}


/***/ }),

/***/ 3510:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $P: () => (/* binding */ search),
/* harmony export */   ON: () => (/* binding */ isLike),
/* harmony export */   Si: () => (/* binding */ every),
/* harmony export */   v6: () => (/* binding */ ended)
/* harmony export */ });
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(58500);
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_timers_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _message_alterations_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(73289);
/* harmony import */ var _inbox_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(89588);
/* harmony import */ var _headers_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(41030);




/** As many messages with the probe's Message-ID or Subject are read in one search. */
const MAX_READ = 16;
/** As many of them once the time is over: each may take as long as one answer more. */
const MAX_READ_LATE = 2;
/**
 * Waits for a message to come into one of several folders.
 * @param folders in the order in which they are looked through
 * @param watch called before each look; what it returns waits until another look is worth while
 * @returns undefined if it was not there by the deadline
 * @throws {InboxUnreachable} {InboxRejected}, the first also where there was more that may be the message than is read
 */
async function search(folders, sought, deadline, watch) {
    const hunts = folders.map((folder) => new Hunt(folder, sought, deadline));
    for (;;) {
        const last = deadline.isOver;
        const wait = watch();
        for (const hunt of hunts) {
            const source = await hunt.look(last);
            if (source)
                return new FoundMessage(source, hunt.junk, hunts);
        }
        if (last) {
            for (const hunt of hunts) {
                const source = hunt.claimAltered();
                if (source)
                    return new FoundMessage(source, hunt.junk, hunts);
            }
            if (hunts.some(({ passedOver }) => passedOver))
                throw new _inbox_js__WEBPACK_IMPORTED_MODULE_1__/* .InboxUnreachable */ .F3(PASSED_OVER);
            return undefined;
        }
        await wait(deadline);
    }
}
/** @returns waits for so many milliseconds; all who wait meanwhile wake at once, so that one look serves them all */
function every(ms) {
    let pause;
    return async (deadline) => {
        pause ??= (0,node_timers_promises__WEBPACK_IMPORTED_MODULE_0__.setTimeout)(ms, undefined, { ref: false }).finally(() => {
            pause = undefined;
        });
        await deadline.race(pause, () => new Error('no time left')).catch(() => undefined);
    };
}
/** For an inbox without a connection of its own: nothing ends it but the end of the run. */
function ended(stop) {
    return new Promise((resolve) => {
        stop.addEventListener('abort', () => {
            resolve();
        });
    });
}
/**
 * The search for a message in one folder. A message is ours, to be judged and deleted, only if its own source says so:
 * a server may answer a search with mail of others, or know it by identifiers that it uses again.
 */
class Hunt {
    #folder;
    #sought;
    #deadline;
    /** Those that were read. */
    #read = new Set();
    /** Those of them that are the message, or a copy. */
    #ours = new Set();
    /** The first message that has the Message-ID but is not the one: altered beyond recognition, or forged. */
    #altered;
    #passedOver = false;
    constructor(folder, sought, deadline) {
        this.#folder = folder;
        this.#sought = sought;
        this.#deadline = deadline;
    }
    get junk() {
        return this.#folder.junk;
    }
    get copies() {
        return this.#ours.size;
    }
    /** Whether there was more to read in the last look than is read. */
    get passedOver() {
        return this.#passedOver;
    }
    /** @returns the message, where this look found it */
    async look(last) {
        const { is, octets } = this.#sought;
        let found;
        let gone = false;
        let late = 0;
        const arrivals = await this.#folder.look(this.#sought, this.#deadline, last);
        this.#passedOver = false;
        for (const arrived of arrivals) {
            const { id } = arrived;
            if (!isLike(this.#sought, arrived))
                continue;
            if (this.#read.has(id))
                continue;
            this.#passedOver = this.#read.size === MAX_READ || (this.#deadline.isOver && late === MAX_READ_LATE);
            if (this.#passedOver)
                break;
            if (this.#deadline.isOver)
                late += 1;
            this.#read.add(id);
            const source = await this.#folder.read(id, (0,_message_alterations_js__WEBPACK_IMPORTED_MODULE_2__/* .mostOctets */ .QG)(octets), this.#deadline);
            if (!source) {
                gone ||= isNamed(this.#sought, arrived);
                continue;
            }
            const marks = (0,_headers_js__WEBPACK_IMPORTED_MODULE_3__/* .marksOf */ .Ok)(source);
            if (isLike(this.#sought, marks) && is(source)) {
                this.#ours.add(id);
                found ??= source;
            }
            else if (isNamed(this.#sought, marks)) {
                this.#altered ??= { id, source };
            }
        }
        if (gone && !found && !this.#altered && this.copies === 0)
            throw new _inbox_js__WEBPACK_IMPORTED_MODULE_1__/* .MessageGone */ .$w();
        return found;
    }
    /**
     * Treats the altered message as the one that is sought. Only when the time is over, because such a message always
     * fails.
     * @returns undefined if there is none
     */
    claimAltered() {
        if (this.#altered)
            this.#ours.add(this.#altered.id);
        return this.#altered?.source;
    }
    async remove() {
        if (this.#ours.size > 0)
            await this.#folder.remove([...this.#ours], this.#deadline);
    }
}
/** Whether a message may be the sought one, or a copy of it: it must be read to know. */
function isLike(sought, marks) {
    const { nonce } = sought;
    return isNamed(sought, marks) || marks.messageId.includes(nonce) || marks.subject.includes(nonce);
}
function isNamed(sought, { messageId }) {
    return messageId.includes(sought.messageId);
}
const PASSED_OVER = 'more messages came with its Message-ID or in its Subject than are read, and it is none of those that were read';
class FoundMessage {
    source;
    junk;
    #hunts;
    constructor(source, junk, hunts) {
        this.source = source;
        if (junk !== undefined)
            this.junk = junk;
        this.#hunts = hunts;
    }
    get copies() {
        return this.#hunts.reduce((sum, { copies }) => sum + copies, 0);
    }
    get hasMore() {
        return this.#hunts.some(({ passedOver }) => passedOver);
    }
    async recount() {
        for (const hunt of this.#hunts)
            await hunt.look(true);
    }
    async delete() {
        await this.recount();
        for (const hunt of this.#hunts)
            await hunt.remove();
    }
}


/***/ })

};
