export const id = 510;
export const ids = [510];
export const modules = {

/***/ 8568:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   G: () => (/* binding */ BoundedBuffer)
/* harmony export */ });
const FIRST_BYTES = 16 * 1024;
/**
 * Keeps the first bytes of what is received in one buffer. In chunks as they are received, each byte could take several
 * hundred bytes of memory.
 */
class BoundedBuffer {
    maxBytes;
    #memory;
    #total = 0;
    constructor(maxBytes) {
        this.maxBytes = maxBytes;
        this.#memory = Buffer.alloc(Math.min(maxBytes, FIRST_BYTES));
    }
    /** How many bytes were added, kept or not. */
    get total() {
        return this.#total;
    }
    /** The bytes that were kept. */
    get bytes() {
        return this.#memory.subarray(0, Math.min(this.#total, this.maxBytes));
    }
    push(byte) {
        if (this.#total < this.maxBytes) {
            this.#makeRoomFor(this.#total + 1);
            this.#memory[this.#total] = byte;
        }
        this.#total += 1;
    }
    add(bytes) {
        const total = this.#total + bytes.length;
        this.#makeRoomFor(Math.min(this.maxBytes, total));
        if (this.#total < this.maxBytes)
            bytes.copy(this.#memory, this.#total);
        this.#total = total;
    }
    #makeRoomFor(size) {
        if (size <= this.#memory.length)
            return;
        const larger = Buffer.alloc(Math.min(this.maxBytes, Math.max(size, 2 * this.#memory.length)));
        this.#memory.copy(larger);
        this.#memory = larger;
    }
}


/***/ }),

/***/ 41030:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Yl: () => (/* binding */ headersOf),
/* harmony export */   k5: () => (/* binding */ boundedHeaders),
/* harmony export */   v8: () => (/* binding */ MAX_HEADER_BYTES)
/* harmony export */ });
/* harmony import */ var _message_fields_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(45158);

/** The fields are looked for in this much of a header. Postfix accepts up to 100 KiB, and adds to it. */
const MAX_HEADER_BYTES = 128 * 1024;
/** The fields of the gate's own message have about a hundred characters. */
const MAX_FIELD_LENGTH = 1024;
/** @param source a message, its header or a part of it */
function headersOf(source) {
    const message = (0,_message_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .parseMessage */ .vY)(source.subarray(0, MAX_HEADER_BYTES));
    const isReport = (0,_message_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .valuesOf */ .sm)(message, 'content-type').some((type) => /^multipart\/report\b/i.test(type));
    return {
        ...boundedHeaders((0,_message_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .valuesOf */ .sm)(message, 'message-id').join(' '), (0,_message_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .valuesOf */ .sm)(message, 'subject').join(' ')),
        ...(isReport && { isReport }),
    };
}
function boundedHeaders(messageId, subject) {
    return { messageId: bounded(messageId), subject: bounded(subject) };
}
/** A copy, because a slice would keep the whole header in memory. */
function bounded(text) {
    return Buffer.from(text.slice(0, MAX_FIELD_LENGTH)).toString();
}


/***/ }),

/***/ 89588:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   _: () => (/* binding */ PART_BYTES)
/* harmony export */ });
/** A large message has the time of one reply for each part of this size. */
const PART_BYTES = 1024 * 1024;


/***/ }),

/***/ 82510:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openPop3Inbox: () => (/* binding */ openPop3Inbox)
});

// EXTERNAL MODULE: ./src/net/deadline.ts
var net_deadline = __webpack_require__(47879);
// EXTERNAL MODULE: ./src/inbox/failure.ts
var failure = __webpack_require__(7358);
// EXTERNAL MODULE: ./src/inbox/headers.ts
var inbox_headers = __webpack_require__(41030);
// EXTERNAL MODULE: ./src/inbox/search.ts
var search = __webpack_require__(3510);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
;// CONCATENATED MODULE: ./src/inbox/pop3/identifier-counts.ts

/** Hexadecimal digits of a fingerprint: 48 bits, of which ten thousand have two alike once in a million times. */
const DIGITS = 12;
/**
 * Counts identifiers, and keeps a fingerprint of each instead of its text. A Map of 10,000 texts of 255 characters each,
 * for each of thirty mailboxes, does not fit into the memory that a run may use.
 */
class IdentifierCounts {
    /** Without it, a server could choose identifiers that all belong into the same slot. */
    #salt = (0,external_node_crypto_.randomBytes)(8).toString('hex');
    /** Each in the slot that its fingerprint says, or in the next free one; 0 is free. */
    #fingerprints;
    #counts;
    /** @param max how many identifiers are added at most */
    constructor(max) {
        const slots = 2 * max + 1;
        this.#fingerprints = new Float64Array(slots);
        this.#counts = new Uint32Array(slots);
    }
    /** @returns how often the identifier has been added now */
    add(identifier) {
        const { slot, fingerprint } = this.#find(identifier);
        const count = (this.#counts[slot] ?? 0) + 1;
        this.#fingerprints[slot] = fingerprint;
        this.#counts[slot] = count;
        return count;
    }
    /** How often the identifier has been added. */
    count(identifier) {
        return this.#counts[this.#find(identifier).slot] ?? 0;
    }
    #find(identifier) {
        const fingerprint = 1 + Number.parseInt((0,external_node_crypto_.hash)('sha256', this.#salt + identifier).slice(0, DIGITS), 16);
        const slots = this.#fingerprints.length;
        let slot = fingerprint % slots;
        while (this.#fingerprints[slot] !== 0 && this.#fingerprints[slot] !== fingerprint)
            slot = (slot + 1) % slots;
        return { slot, fingerprint };
    }
}

// EXTERNAL MODULE: ./src/text/reason.ts
var reason = __webpack_require__(32223);
// EXTERNAL MODULE: ./src/net/deferred.ts
var deferred = __webpack_require__(31124);
// EXTERNAL MODULE: ./src/net/line-channel.ts
var line_channel = __webpack_require__(76987);
// EXTERNAL MODULE: ./src/plan/schema/values.ts
var values = __webpack_require__(9661);
// EXTERNAL MODULE: ./src/text/peer.ts
var peer = __webpack_require__(50875);
// EXTERNAL MODULE: ./src/inbox/channel.ts
var inbox_channel = __webpack_require__(39367);
// EXTERNAL MODULE: ./src/inbox/inbox.ts
var inbox = __webpack_require__(89588);
// EXTERNAL MODULE: ./src/inbox/bounded-buffer.ts
var bounded_buffer = __webpack_require__(8568);
;// CONCATENATED MODULE: ./src/inbox/pop3/text.ts

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;
/**
 * The text of a multi-line reply, up to the line with a dot alone (RFC 1939 section 3): dots unstuffed, every line end a
 * CR LF. It is kept in one buffer, no matter how many lines it has.
 */
class Pop3Text extends bounded_buffer/* BoundedBuffer */.G {
    /** Whether the line with the dot has been received. */
    hasEnded = false;
    #before = 'nothing';
    #last = LF;
    /** @returns how many of the bytes belong to the text and its end */
    take(bytes) {
        let taken = 0;
        for (const byte of bytes) {
            if (this.hasEnded)
                break;
            taken += 1;
            this.#take(byte);
        }
        return taken;
    }
    #take(byte) {
        switch (this.#before) {
            case 'nothing':
                if (byte !== DOT)
                    break;
                this.#before = 'a dot';
                return;
            case 'a dot':
                if (byte === LF)
                    this.hasEnded = true;
                if (byte === CR)
                    this.#before = 'a dot and CR';
                if (byte === LF || byte === CR)
                    return;
                break;
            case 'a dot and CR':
                if (byte === LF)
                    this.hasEnded = true;
                if (byte === LF)
                    return;
                this.push(CR);
                break;
            case 'other bytes':
                break;
        }
        if (byte === LF && this.#last !== CR)
            this.push(CR);
        this.push(byte);
        this.#before = byte === LF ? 'nothing' : 'other bytes';
    }
    push(byte) {
        this.#last = byte;
        super.push(byte);
    }
}

// EXTERNAL MODULE: ./src/text/own.ts
var own = __webpack_require__(89203);
;// CONCATENATED MODULE: ./src/inbox/pop3/session.ts













const session_CR = 0x0d;
/** RFC 2449 section 4 allows 512 bytes. */
const MAX_LINE_BYTES = 4096;
/** In the mailbox. Every session lists all of them. */
const MAX_MESSAGES = 10_000;
/** Since the inbox was opened. The headers of each are requested and kept. */
const MAX_ARRIVED = 1000;
/** More than {@link MAX_HEADER_BYTES}: no server accepts a longer header. */
const MAX_TOP_BYTES = 1024 * 1024;
/** For the reply to QUIT, if nothing is deleted. */
const QUIT_WAIT_MS = 1000;
/**
 * The mailbox is open in another session, or there were too many sessions in a short time (RFC 2449 section 8.1).
 * Older servers use the words of RFC 1939 section 5.
 */
const BUSY = /^-ERR +(?:\[(?:IN-USE|LOGIN-DELAY)\]|maildrop already locked)/i;
/** The server has a temporary problem of its own (RFC 3206). */
const SERVER_ERROR = /^-ERR +\[SYS\/TEMP\]/i;
/**
 * One POP3 session (RFC 1939), logged in: `pop3s` with implicit TLS, `pop3` with STLS (RFC 2595). The server
 * locks the mailbox meanwhile, and shows messages that arrive only to the next session.
 */
class Pop3Session {
    timeoutMs;
    end;
    transcript;
    #channel;
    #deleted = (0,deferred/* deferred */.y)();
    #arrived;
    #hasMarks = false;
    /** What the server has to reply to. */
    #waitsFor = '';
    constructor(channel, timeoutMs, end, transcript) {
        this.timeoutMs = timeoutMs;
        this.end = end;
        this.transcript = transcript;
        this.#channel = new line_channel/* LineChannel */.M(channel);
        // Nobody waits for it if nothing is deleted.
        this.#deleted.promise.catch(() => undefined);
    }
    /**
     * @param end the end of every wait in the session
     * @throws {InboxError}
     */
    static async open(target, settings, end) {
        const { timeoutMs, transcript } = settings;
        const isImplicit = values/* INBOX_SCHEMES */.Yj[target.scheme].tls === 'implicit';
        const socket = await (0,inbox_channel/* connectTo */.m6)(target, settings, net_deadline/* Deadline */.B.after(timeoutMs, end));
        try {
            if (!isImplicit) {
                const plain = new Pop3Session(socket, timeoutMs, end, transcript);
                await plain.#greeting();
                await plain.#startTls();
            }
            const channel = await (0,inbox_channel/* secure */.ek)(socket, target.host, settings, net_deadline/* Deadline */.B.after(timeoutMs, end), !isImplicit);
            const session = new Pop3Session(channel, timeoutMs, end, transcript);
            if (isImplicit)
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
     * How many messages have each unique identifier (UIDL, RFC 1939 section 7).
     * @throws {InboxError}
     */
    identifiers() {
        return this.#list(() => undefined);
    }
    /**
     * The messages that have arrived since. They are listed once a session.
     * @param old how many messages had each identifier before
     * @returns the number of each message in this session, by identifier. If several have the same, the second and each
     *   further one gets a suffix
     * @throws {InboxError}
     */
    async arrived(old) {
        if (this.#arrived)
            return this.#arrived;
        const arrived = new Map();
        await this.#list((identifier, nth, message) => {
            if (nth <= old.count(identifier))
                return;
            if (arrived.size === MAX_ARRIVED) {
                throw (0,failure/* unusable */._P)('too-many-messages', (0,own/* own */.ZV) `more than ${MAX_ARRIVED} messages have arrived`);
            }
            // An identifier has no space.
            arrived.set(nth === 1 ? identifier : `${identifier} ${nth}`, message);
        });
        return (this.#arrived = arrived);
    }
    /** The beginning of the header of a message. TOP does not mark the message as seen. */
    async header(message) {
        await this.#demand(`TOP ${message} 0`, 'the header of a message');
        const header = new Pop3Text(inbox_headers/* MAX_HEADER_BYTES */.v8);
        await this.#readText(header, MAX_TOP_BYTES, this.#wait());
        if (header.hasEnded)
            return header.bytes;
        throw (0,failure/* unusable */._P)('too-much-data', (0,own/* own */.ZV) `the server sent a header of more than ${MAX_TOP_BYTES} bytes`);
    }
    /** A message. If it is longer than `maxBytes`, it is cut, and the session is over. */
    async message(message, maxBytes) {
        await this.#demand(`RETR ${message}`, 'the message');
        const source = new Pop3Text(maxBytes);
        const deadline = net_deadline/* Deadline */.B.after(this.timeoutMs * Math.ceil(maxBytes / inbox/* PART_BYTES */._), this.end);
        await this.#readText(source, maxBytes, deadline);
        if (!source.hasEnded)
            this.leave();
        return source.bytes;
    }
    /** Marks a message, which the server deletes when the session {@link quit | ends}. */
    async mark(message) {
        await this.#demand(`DELE ${message}`, 'the deletion of the message');
        this.#hasMarks = true;
    }
    /**
     * Resolves when the server has deleted the marked messages.
     * @throws {InboxError} if it rejects that, or the session was lost before
     */
    get deleted() {
        return this.#deleted.promise;
    }
    /** Ends the session, so that the server deletes the marked messages and unlocks the mailbox. Never throws. */
    async quit() {
        const deadline = this.#hasMarks ? this.#wait() : net_deadline/* Deadline */.B.after(QUIT_WAIT_MS, this.end);
        this.#deleted.resolve(deadline.race(this.#demand('QUIT', 'the end of the session'), () => (0,failure/* noReply */.c)('QUIT')));
        await this.#deleted.promise.catch(() => undefined);
        this.leave();
    }
    /** Closes the connection; nothing is deleted. */
    leave() {
        this.#channel.stream.destroy();
    }
    get isOver() {
        return this.#channel.stream.destroyed;
    }
    /**
     * @param onMessage gets the identifier of each message, how many have had the same so far, and its number
     * @returns how many messages have each identifier
     */
    async #list(onMessage) {
        await this.#demand('UIDL', 'the list of messages');
        const deadline = this.#wait();
        const counts = new IdentifierCounts(MAX_MESSAGES);
        for (let messages = 0;; messages += 1) {
            const line = (await this.#readLine(deadline)).toString('latin1');
            if (line === '.')
                return counts;
            if (messages === MAX_MESSAGES) {
                throw (0,failure/* unusable */._P)('too-many-messages', (0,own/* own */.ZV) `the mailbox has more than ${MAX_MESSAGES} messages`);
            }
            const [, message, text] = /^(\d{1,9}) +([!-~]{1,255})\s*$/.exec(line) ?? [];
            if (message === undefined || text === undefined) {
                throw (0,failure/* unusable */._P)('invalid-reply', (0,own/* own */.ZV) `the server replied to UIDL with an invalid line (${line.length} bytes)`);
            }
            // A copy, because a slice would keep the whole line in memory.
            const identifier = Buffer.from(text).toString('latin1');
            // Identical messages may have the same identifier (RFC 1939 section 7).
            onMessage(identifier, counts.add(identifier), Number(message));
        }
    }
    #wait() {
        return net_deadline/* Deadline */.B.after(this.timeoutMs, this.end);
    }
    async #greeting() {
        const line = await this.#readLine(this.#wait());
        const text = line.toString('utf8');
        this.transcript.add('server', text);
        if (isOk(text))
            return;
        if (!isError(text))
            throw (0,failure/* otherProtocol */.Fi)('POP3', line);
        throw (0,failure/* unusable */._P)('greeting-refused', (0,own/* own */.ZV) `the server refused the connection with the greeting "${(0,peer/* excerpt */.Kb)(text)}"`, (0,peer/* excerpt */.Kb)(text));
    }
    async #startTls() {
        const { ok, text } = await this.#command('STLS');
        if (!ok)
            throw (0,failure/* unusable */._P)('starttls-refused', (0,own/* own */.ZV) `the server replied to STLS with "${text}"`, text);
        this.#channel.detach();
        const early = this.#channel.received.unread;
        if (early.length > 0) {
            const data = (0,peer/* excerpt */.Kb)(early.toString('latin1'));
            throw (0,failure/* unusable */._P)('data-after-starttls', (0,own/* own */.ZV) `the server sent unencrypted data after its reply to STLS: "${data}"`);
        }
    }
    async #login({ username, password }) {
        for (const [verb, argument] of [
            ['USER', username],
            ['PASS', password.reveal()],
        ]) {
            const { ok, text } = await this.#command(`${verb} ${argument}`, verb === 'PASS' ? 'PASS <redacted>' : undefined);
            if (ok)
                continue;
            const problem = BUSY.test(text) ? 'in-use' : SERVER_ERROR.test(text) ? 'server-error' : undefined;
            if (problem)
                throw (0,failure/* busy */.S2)((0,own/* own */.ZV) `the server does not allow a login now: "${text}"`, problem, text);
            throw (0,failure/* rejected */.nS)('login-refused', (0,own/* own */.ZV) `"${text}"`, text);
        }
    }
    async #demand(line, about) {
        const { ok, text } = await this.#command(line);
        if (!ok)
            throw (0,failure/* rejected */.nS)('command-refused', (0,own/* own */.ZV) `the server rejected the request for ${(0,own/* fixed */.Zu)(about)}: "${text}"`, text);
    }
    /** @param shown the line as it is recorded, if it contains a secret */
    async #command(line, shown = line) {
        this.transcript.add('client', shown);
        [this.#waitsFor = ''] = line.split(' ', 1);
        this.#channel.stream.write(`${line}\r\n`);
        return this.#status();
    }
    /** The first line of a reply. A line that is none is not quoted: it may be a part of a message. */
    async #status() {
        const bytes = await this.#readLine(this.#wait());
        const line = bytes.toString('utf8');
        const [ok, error] = [isOk(line), isError(line)];
        this.transcript.add('server', ok || error ? line : `(${bytes.length} bytes that are not valid POP3)`);
        if (ok || error)
            return { ok, text: (0,peer/* excerpt */.Kb)(line) };
        const invalid = (0,own/* own */.ZV) `an invalid line (${bytes.length} bytes)`;
        throw (0,failure/* unusable */._P)('invalid-reply', (0,own/* own */.ZV) `the server replied to ${(0,own/* fixed */.Zu)(this.#waitsFor)} with ${invalid}`);
    }
    /** The next line, without its line end. */
    async #readLine(deadline) {
        const tooLong = () => (0,failure/* unusable */._P)('too-much-data', (0,own/* own */.ZV) `the server sent a line of more than ${MAX_LINE_BYTES} bytes`);
        for (;;) {
            const line = this.#channel.received.takeLine(MAX_LINE_BYTES, tooLong);
            if (line)
                return line.at(-1) === session_CR ? line.subarray(0, -1) : line;
            await this.#more(deadline);
        }
    }
    /** Reads a text to its end, or `maxBytes` of it. */
    async #readText(text, maxBytes, deadline) {
        const { received } = this.#channel;
        for (;;) {
            received.skip(text.take(received.unread));
            if (text.hasEnded || text.total >= maxBytes)
                return;
            await this.#more(deadline);
        }
    }
    async #more(deadline) {
        const { end } = this.#channel;
        if (end) {
            const cause = end.cause === undefined ? (0,own/* own */.ZV) `` : (0,own/* own */.ZV) ` (${(0,reason/* codeOf */.$)(end.cause)})`;
            throw (0,failure/* temporary */.q_)('connection-lost', (0,own/* own */.ZV) `the connection was lost${this.#meanwhile()}${cause}`);
        }
        await deadline.race(this.#channel.more(), () => this.#late());
    }
    #meanwhile() {
        return this.#waitsFor === '' ? (0,own/* own */.ZV) ` before the greeting` : (0,own/* own */.ZV) ` after ${(0,own/* fixed */.Zu)(this.#waitsFor)}`;
    }
    #late() {
        if (this.#waitsFor !== '')
            return (0,failure/* noReply */.c)(this.#waitsFor);
        const { unread } = this.#channel.received;
        return unread.length > 0 ? (0,failure/* otherProtocol */.Fi)('POP3', unread) : (0,failure/* noGreeting */.TL)();
    }
}
function isOk(line) {
    return /^\+OK(?: |$)/i.test(line);
}
function isError(line) {
    return /^-ERR(?: |$)/i.test(line);
}

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(58500);
// EXTERNAL MODULE: ./node_modules/p-limit/index.js + 1 modules
var p_limit = __webpack_require__(70370);
;// CONCATENATED MODULE: ./src/inbox/pop3/sessions.ts





/** A mailbox that a different client has open is usually free again soon. */
const RETRY_BUSY_MS = 1000;
/**
 * The sessions on a mailbox, one at a time, because a server allows only one. All who wait when a session begins
 * use it, one after the other: each login is expensive, and may find the mailbox locked by a different client.
 */
class Pop3Sessions {
    open;
    end;
    #oneAtATime = (0,p_limit/* default */.A)(1);
    #waiting = [];
    /** Why the last login failed, while the mailbox is busy. */
    #busy;
    /**
     * @param open logs in
     * @param end the end of every wait
     */
    constructor(open, end) {
        this.open = open;
        this.end = end;
    }
    /**
     * Does some work in a session that begins after the call, so that it sees every message that has arrived until now.
     * @param until when the session must have begun
     * @throws {InboxError} `busy` if it has not, or what `work` throws. The session ends then, unless the server only
     *   rejected something
     */
    async use(until, work) {
        const granted = (0,deferred/* deferred */.y)();
        const finished = (0,deferred/* deferred */.y)();
        this.#waiting.push({ until, granted, finished });
        void this.#oneAtATime(() => this.#serve(this.#waiting.splice(0)));
        try {
            const late = () => this.#busy ?? (0,failure/* busy */.S2)((0,own/* own */.ZV) `the server did not allow a login in time`);
            const session = await until.race(granted.promise, late);
            return await work(session).catch((error) => {
                if (!(0,failure/* isRejection */.aK)(error))
                    session.leave();
                throw error;
            });
        }
        finally {
            finished.resolve(undefined);
        }
    }
    /** All who wait use the same session, or a new one if it ended early. */
    async #serve(all) {
        let session;
        for (const [at, { until, granted, finished }] of all.entries()) {
            if (until.isOver)
                continue;
            try {
                if (session?.isOver) {
                    await session.quit();
                    session = undefined;
                }
                session ??= await this.#logIn(all.slice(at));
            }
            catch (error) {
                for (const each of all.slice(at))
                    each.granted.reject(error);
                return;
            }
            granted.resolve(session);
            await finished.promise;
        }
        await session?.quit();
    }
    async #logIn(waiting) {
        for (;;) {
            try {
                const session = await this.open();
                this.#busy = undefined;
                return session;
            }
            catch (error) {
                if (!(error instanceof failure/* InboxError */.j) || error.failure.kind !== 'busy')
                    throw error;
                if (!waiting.some(({ until }) => until.remainingMs > RETRY_BUSY_MS))
                    throw error;
                this.#busy = error;
                await this.end.race((0,promises_.setTimeout)(RETRY_BUSY_MS), () => error).catch(() => undefined);
            }
        }
    }
}

;// CONCATENATED MODULE: ./src/inbox/pop3/pop3.ts








/** POP3 does not announce new messages, so a new session looks for them. Servers reject logins in quick succession. */
const LOOK_AGAIN_MS = 3000;
/** Of the headers and identifiers of the messages that have arrived; two hundred for each is usual. */
const MAX_HEADERS_CHARACTERS = 256 * 1024;
/**
 * Opens a mailbox by POP3 (RFC 1939), and notes what is in it. POP3 has only one folder.
 * @param stop ends the use of the inbox
 * @throws {InboxError}
 */
async function openPop3Inbox(target, settings, stop) {
    const mailbox = new Pop3Mailbox(target, settings, net_deadline/* Deadline */.B.on(stop));
    await mailbox.noteOld();
    return (0,search/* polledInbox */.$W)('INBOX', mailbox, LOOK_AGAIN_MS, stop);
}
/** A mailbox over one session after the other. */
class Pop3Mailbox {
    settings;
    end;
    #sessions;
    /** How many messages had each identifier when the inbox was opened. */
    #old = new IdentifierCounts(0);
    /** The messages whose headers have been read since, by identifier. */
    #arrived = new Map();
    #headersCharacters = 0;
    constructor(target, settings, end) {
        this.settings = settings;
        this.end = end;
        this.#sessions = new Pop3Sessions(() => Pop3Session.open(target, settings, end), end);
    }
    /** Connecting and the list have the time of two replies. */
    async noteOld() {
        const until = net_deadline/* Deadline */.B.after(2 * this.settings.timeoutMs, this.end);
        await this.#sessions.use(until, async (session) => {
            this.#old = await until.race(session.identifiers(), late);
        });
    }
    async use(deadline, work) {
        const until = net_deadline/* Deadline */.B.after(deadline.remainingMs + this.settings.timeoutMs, this.end);
        let deleted;
        const result = await this.#sessions.use(until, (session) => work({
            look: async () => {
                await until.race(this.#readNewHeaders(session), late);
                return [...this.#arrived.values()];
            },
            read: async (id, maxBytes) => {
                const message = (await session.arrived(this.#old)).get(id);
                return message === undefined ? undefined : session.message(message, maxBytes);
            },
            remove: async (ids) => {
                await this.#mark(session, ids).catch(notDeleted);
                deleted = session.deleted;
            },
        }));
        // The server deletes marked messages when the session ends.
        await deleted?.catch(notDeleted);
        return result;
    }
    async #readNewHeaders(session) {
        for (const [id, message] of await session.arrived(this.#old)) {
            if (this.#arrived.has(id))
                continue;
            const headers = (0,inbox_headers/* headersOf */.Yl)(await session.header(message));
            this.#headersCharacters += id.length + headers.messageId.length + headers.subject.length;
            if (this.#arrived.size === MAX_ARRIVED || this.#headersCharacters > MAX_HEADERS_CHARACTERS) {
                throw (0,failure/* unusable */._P)('too-many-messages', (0,own/* own */.ZV) `more than ${MAX_ARRIVED} messages have arrived, or more than ${MAX_HEADERS_CHARACTERS} characters of their headers`);
            }
            this.#arrived.set(id, { id, ...headers });
        }
    }
    /** Some servers reuse the identifier of a deleted message, so the headers are compared first. */
    async #mark(session, ids) {
        const messages = await session.arrived(this.#old);
        for (const id of ids) {
            const message = messages.get(id);
            if (message === undefined)
                continue;
            const { messageId, subject } = (0,inbox_headers/* headersOf */.Yl)(await session.header(message));
            const known = this.#arrived.get(id);
            if (known?.messageId !== messageId || known.subject !== subject) {
                throw (0,failure/* rejected */.nS)('not-deleted', (0,own/* own */.ZV) `the server now uses the identifier of the test message for a different message`);
            }
            await session.mark(message);
        }
    }
}
function late() {
    return (0,failure/* busy */.S2)((0,own/* own */.ZV) `the server did not list the mailbox in time`);
}
/** @throws the error; a rejection with the remark that the message did arrive */
function notDeleted(error) {
    if (!(0,failure/* isRejection */.aK)(error))
        throw error;
    throw (0,failure/* rejected */.nS)('not-deleted', (0,own/* own */.ZV) `the server does not allow the test message to be deleted (${(0,failure/* describeFailure */.Ic)(error.failure)})`);
}


/***/ }),

/***/ 3510:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $P: () => (/* binding */ search),
/* harmony export */   $W: () => (/* binding */ polledInbox),
/* harmony export */   ON: () => (/* binding */ isLike),
/* harmony export */   hL: () => (/* binding */ hasMessageId),
/* harmony export */   kl: () => (/* binding */ alwaysOpen)
/* harmony export */ });
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(58500);
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_timers_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _message_alterations_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5079);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7358);
/* harmony import */ var _headers_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(41030);
/* harmony import */ var _text_own_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(89203);





/** One search reads this many messages that have the Message-ID or Subject of the gate's message. */
const MAX_READ = 16;
/** The same after the deadline, because each may take as long as one more reply. */
const MAX_READ_LATE = 2;
/** Of the bounces and other reports in a folder, the last look reads this many: any of them may be about the message. */
const MAX_REPORTS = 4;
/** @returns a folder that is open for as long as its inbox is */
function alwaysOpen(folder, junk) {
    return { ...(junk !== undefined && { junk }), use: (_deadline, work) => work(folder) };
}
/**
 * Waits until a message arrives in one of several folders.
 * @param folders in the order in which they are searched
 * @param watch called before each look; the function that it returns waits until there may be something new
 * @returns undefined if the message did not arrive by the deadline. It is a failure if some messages that may be the one
 *   sought were not read
 */
function search(folders, sought, deadline, watch) {
    const searches = folders.map((folder) => new FolderSearch(folder, sought, deadline));
    return (0,_failure_js__WEBPACK_IMPORTED_MODULE_2__/* .resultOf */ .Bg)(searchAll(searches, deadline, watch));
}
async function searchAll(searches, deadline, watch) {
    for (;;) {
        const last = deadline.isOver;
        const wait = watch();
        for (const each of searches) {
            const source = await each.look(last);
            if (source)
                return foundMessage(source, each, searches);
        }
        if (last) {
            for (const each of searches) {
                const source = each.claimAltered();
                if (source)
                    return foundMessage(source, each, searches);
            }
            if (searches.some(({ hasMore }) => hasMore))
                throw (0,_failure_js__WEBPACK_IMPORTED_MODULE_2__/* .unusable */ ._P)('not-all-read', NOT_ALL_READ);
            return undefined;
        }
        await wait(deadline);
    }
}
/**
 * An inbox of one folder that is asked again and again, and keeps no connection: it ends only with the run.
 * @param name of the folder
 */
function polledInbox(name, folder, everyMs, stop) {
    /** Shared, so that one look serves everybody who waits. */
    let pause;
    const wait = async (deadline) => {
        pause ??= (0,node_timers_promises__WEBPACK_IMPORTED_MODULE_0__.setTimeout)(everyMs, undefined, { ref: false }).finally(() => {
            pause = undefined;
        });
        await deadline.race(pause, () => new Error('no time left')).catch(() => undefined);
    };
    return {
        find: (sought, deadline) => search([folder], sought, deadline, () => wait),
        explain: () => Promise.resolve({ folders: [name] }),
        ended: new Promise((resolve) => {
            stop.addEventListener('abort', () => {
                resolve();
            });
        }),
        close: () => Promise.resolve(),
    };
}
/**
 * The search for a message in one folder. A message counts as the one sought, to be judged and deleted, only because of
 * its own source: a server may respond to a search with other mail, or reuse its identifiers.
 */
class FolderSearch {
    folder;
    sought;
    deadline;
    /** The messages that were read. */
    #read = new Set();
    /** Those of them that are the message sought, or a copy. */
    copies = new Set();
    /** Whether the last look found more messages than are read. */
    hasMore = false;
    /** The first message that has the Message-ID but is not the one: altered beyond recognition, or forged. */
    #altered;
    constructor(folder, sought, deadline) {
        this.folder = folder;
        this.sought = sought;
        this.deadline = deadline;
    }
    /** @returns the message, if this look found it */
    async look(last) {
        try {
            return await this.folder.use(this.deadline, (folder) => this.#lookIn(folder, last));
        }
        catch (error) {
            if (!last && error instanceof _failure_js__WEBPACK_IMPORTED_MODULE_2__/* .InboxError */ .j && error.failure.kind === 'busy')
                return undefined;
            throw error;
        }
    }
    /**
     * Treats the altered message as the one sought. Only after the deadline, because such a message always fails.
     * @returns undefined if there is none
     */
    claimAltered() {
        if (this.#altered)
            this.copies.add(this.#altered.id);
        return this.#altered?.source;
    }
    /** Looks once more, then deletes the message and its copies. */
    remove() {
        return this.folder.use(this.deadline, async (folder) => {
            await this.#lookIn(folder, true);
            if (this.copies.size > 0)
                await folder.remove([...this.copies]);
        });
    }
    async #lookIn(folder, last) {
        const { is, size } = this.sought;
        let found;
        let gone = false;
        let late = 0;
        const arrivals = await folder.look(this.sought, last);
        this.hasMore = false;
        for (const arrived of arrivals) {
            const { id } = arrived;
            if (this.#read.has(id) || !isLike(this.sought, arrived))
                continue;
            this.hasMore = this.#read.size === MAX_READ || (this.deadline.isOver && late === MAX_READ_LATE);
            if (this.hasMore)
                break;
            if (this.deadline.isOver)
                late += 1;
            this.#read.add(id);
            const source = await folder.read(id, (0,_message_alterations_js__WEBPACK_IMPORTED_MODULE_1__/* .maxReadBytes */ .qi)(size));
            if (!source) {
                gone ||= hasMessageId(this.sought, arrived);
                continue;
            }
            const headers = (0,_headers_js__WEBPACK_IMPORTED_MODULE_3__/* .headersOf */ .Yl)(source);
            if (isLike(this.sought, headers) && is(source)) {
                this.copies.add(id);
                found ??= source;
            }
            else if (hasMessageId(this.sought, headers)) {
                this.#altered ??= { id, source };
            }
            else if (isLike(this.sought, headers)) {
                this.sought.onOther?.(source);
            }
        }
        if (last && !found && this.copies.size === 0)
            await this.#readReports(folder, arrivals);
        if (gone && !found && !this.#altered && this.copies.size === 0)
            throw new _failure_js__WEBPACK_IMPORTED_MODULE_2__/* .InboxError */ .j({ kind: 'message-gone' });
        return found;
    }
    /** Looks for a report that quotes the message. Whether that succeeds changes nothing about the search. */
    async #readReports(folder, arrivals) {
        const { nonce, size, onOther } = this.sought;
        if (!onOther)
            return;
        const reports = arrivals.filter(({ id, isReport }) => isReport && !this.#read.has(id)).slice(-MAX_REPORTS);
        for (const { id } of reports) {
            const source = await folder.read(id, (0,_message_alterations_js__WEBPACK_IMPORTED_MODULE_1__/* .maxReadBytes */ .qi)(size)).catch(() => undefined);
            if (source?.includes(nonce))
                onOther(source);
        }
    }
}
/** Whether a message may be the one sought, or a copy of it: it must be read to know. */
function isLike(sought, headers) {
    const { nonce } = sought;
    return hasMessageId(sought, headers) || headers.messageId.includes(nonce) || headers.subject.includes(nonce);
}
function hasMessageId(sought, { messageId }) {
    return messageId.includes(sought.messageId);
}
const NOT_ALL_READ = (0,_text_own_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .ZV) `the inbox has more messages with the Message-ID or the nonce of the test message than the gate reads, and none of those that it read is the test message`;
function foundMessage(source, { folder }, searches) {
    return {
        source,
        ...(folder.junk !== undefined && { junk: folder.junk }),
        get copies() {
            return searches.reduce((sum, { copies }) => sum + copies.size, 0);
        },
        get hasMore() {
            return searches.some(({ hasMore }) => hasMore);
        },
        recount: () => (0,_failure_js__WEBPACK_IMPORTED_MODULE_2__/* .resultOf */ .Bg)(inTurn(searches, (each) => each.look(true))),
        delete: () => (0,_failure_js__WEBPACK_IMPORTED_MODULE_2__/* .resultOf */ .Bg)(inTurn(searches, (each) => each.remove())),
    };
}
async function inTurn(all, act) {
    for (const one of all)
        await act(one);
}


/***/ })

};
