export const id = 781;
export const ids = [781];
export const modules = {

/***/ 39367:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ secure),
/* harmony export */   m: () => (/* binding */ connectTo)
/* harmony export */ });
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
        return await (0,_net_connect_js__WEBPACK_IMPORTED_MODULE_1__/* .connect */ .Ng)(await (0,_net_connect_js__WEBPACK_IMPORTED_MODULE_1__/* .resolve */ .hd)(host, deadline, _net_connect_js__WEBPACK_IMPORTED_MODULE_1__/* .systemResolver */ .IC), port, deadline);
    }
    catch (error) {
        if (error instanceof _net_connect_js__WEBPACK_IMPORTED_MODULE_1__/* .ConnectFailure */ .Vm)
            throw new _inbox_js__WEBPACK_IMPORTED_MODULE_3__/* .InboxUnreachable */ .F3(`no connection (${error.message})`);
        throw error;
    }
}
/**
 * Makes a TLS channel of a connection and judges its certificates, before anything but the handshake is sent.
 * @param socket with nothing unread
 * @throws {InboxUnreachable} if there is no channel, or a certificate does not hold; then the connection is over
 */
async function secure(socket, host, settings, deadline) {
    const { outcome } = (0,_tls_handshake_js__WEBPACK_IMPORTED_MODULE_2__/* .beginHandshake */ .N)(socket, {
        context: settings.context,
        servername: (0,node_net__WEBPACK_IMPORTED_MODULE_0__.isIP)(host) === 0 ? host : undefined,
        deadline,
    });
    const channel = await outcome;
    if ('kind' in channel) {
        socket.destroy();
        throw new _inbox_js__WEBPACK_IMPORTED_MODULE_3__/* .InboxUnreachable */ .F3(`no TLS: ${inWords(channel)}`);
    }
    const objection = settings.objection(channel);
    if (objection === undefined)
        return channel.stream;
    channel.stream.destroy();
    throw new _inbox_js__WEBPACK_IMPORTED_MODULE_3__/* .InboxUnreachable */ .F3(objection);
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

/***/ 97781:
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
// EXTERNAL MODULE: ./src/text/peer.ts
var peer = __webpack_require__(50875);
// EXTERNAL MODULE: ./src/inbox/channel.ts
var inbox_channel = __webpack_require__(39367);
// EXTERNAL MODULE: ./src/net/connect.ts
var connect = __webpack_require__(78141);
;// CONCATENATED MODULE: ./src/inbox/pop3-lines.ts


const LF = 0x0a;
const CR = 0x0d;
/** Reads lines from a server, and no more than somebody waits for: a flood stays in the kernel. */
class Pop3Lines {
    #channel;
    #unread = Buffer.alloc(0);
    #searchedTo = 0;
    #end;
    #wake;
    /** @param channel connected; nobody else may read from it */
    constructor(channel) {
        this.#channel = channel;
        channel.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError);
        channel.pause();
    }
    /**
     * The next line without its end.
     * @param most octets that it may have
     * @throws {InboxUnreachable} if it has more, is not there in time, or the connection ends first
     */
    async next(most, deadline) {
        for (;;) {
            const end = this.#unread.indexOf(LF, this.#searchedTo);
            if (end > most || (end < 0 && this.#unread.length > most)) {
                throw new inbox/* InboxUnreachable */.F3(`the server sent a line of over ${most} octets`);
            }
            if (end >= 0) {
                const line = this.#unread.subarray(0, this.#unread[end - 1] === CR ? end - 1 : end);
                this.#unread = this.#unread.subarray(end + 1);
                this.#searchedTo = 0;
                return line;
            }
            this.#searchedTo = this.#unread.length;
            if (this.#end)
                throw this.#end;
            const more = new Promise((resolve) => {
                this.#wake = resolve;
                this.#channel.resume();
            });
            await deadline.race(more, () => new inbox/* InboxUnreachable */.F3('the server gave no answer in time'));
        }
    }
    /** Lets go of the channel, for TLS to take it over. @returns what was sent behind the last line that was read */
    detach() {
        this.#channel.pause();
        this.#channel
            .off('data', this.#onData)
            .off('end', this.#onEnd)
            .off('close', this.#onEnd)
            .off('error', this.#onError);
        return this.#unread;
    }
    #onData = (octets) => {
        this.#unread = this.#unread.length === 0 ? octets : Buffer.concat([this.#unread, octets]);
        this.#channel.pause();
        this.#wake?.();
    };
    #onEnd = () => {
        this.#end ??= new inbox/* InboxUnreachable */.F3('the connection was lost');
        this.#wake?.();
    };
    #onError = (error) => {
        this.#end ??= new inbox/* InboxUnreachable */.F3(`the connection was lost (${(0,connect/* codeOf */.$N)(error)})`);
        this.#wake?.();
    };
}

;// CONCATENATED MODULE: ./src/inbox/pop3-session.ts





/** RFC 2449 section 4 allows 512 octets; eight times that is read. */
const MAX_LINE_OCTETS = 4096;
/** As many messages may be in the maildrop; every session is told of all. */
const MAX_MESSAGES = 200_000;
/** The header of a message; what is longer is not looked at. */
const MAX_HEADER_OCTETS = 256 * 1024;
const CR_LF = Buffer.from('\r\n');
const DOT = Buffer.from('.');
/** The maildrop is open in another session, or too many came one after the other (RFC 2449 section 8.1, RFC 3206). */
class MaildropBusy extends inbox/* InboxUnreachable */.F3 {
}
/**
 * One session on a maildrop by POP3 (RFC 1939), logged in: `pop3s` with TLS from the first byte, `pop3` with STLS
 * (RFC 2595) or not at all. The server locks the maildrop meanwhile, and what comes is seen by the next session.
 */
class Pop3Session {
    #channel;
    #lines;
    #timeoutMs;
    #end;
    constructor(channel, timeoutMs, end) {
        this.#channel = channel;
        this.#lines = new Pop3Lines(channel);
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
        const socket = await (0,inbox_channel/* connectTo */.m)(target, net_deadline/* Deadline */.B.after(timeoutMs, end));
        try {
            if (target.scheme === 'pop3') {
                const plain = new Pop3Session(socket, timeoutMs, end);
                await plain.#greeting();
                await plain.#prepareTls();
            }
            const channel = await (0,inbox_channel/* secure */.e)(socket, target.host, settings, net_deadline/* Deadline */.B.after(timeoutMs, end));
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
    /** The number of each message in this session by its unique identifier (RFC 1939 section 7, UIDL). */
    async messages() {
        await this.#demand('UIDL', 'the list of messages');
        const deadline = this.#wait();
        const messages = new Map();
        for (;;) {
            const line = (await this.#lines.next(MAX_LINE_OCTETS, deadline)).toString('latin1');
            if (line === '.')
                return messages;
            const [, number, name] = /^(\d{1,9}) +([!-~]{1,255})\s*$/.exec(line) ?? [];
            if (number === undefined || name === undefined) {
                throw new inbox/* InboxUnreachable */.F3(`the server sent a line that is no answer to UIDL: ${(0,peer/* brief */.dh)(line)}`);
            }
            if (messages.size === MAX_MESSAGES)
                throw new inbox/* InboxUnreachable */.F3(`the server told of over ${MAX_MESSAGES} messages`);
            messages.set(distinct(name, messages), Number(number));
        }
    }
    /** The header of a message, which is not marked as seen by that. */
    async header(message) {
        await this.#demand(`TOP ${message} 0`, 'the header of a message');
        const header = await this.#text(MAX_HEADER_OCTETS);
        if (header.length < MAX_HEADER_OCTETS)
            return header;
        throw new inbox/* InboxUnreachable */.F3(`the server sent a header of over ${MAX_HEADER_OCTETS} octets`);
    }
    /** A whole message, or `most` octets of it; then the session can only be left. */
    async message(message, most) {
        await this.#demand(`RETR ${message}`, 'the message');
        return this.#text(most);
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
    /** Hangs up; nothing is deleted. */
    leave() {
        this.#channel.destroy();
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
        const early = this.#lines.detach();
        if (early.length > 0) {
            throw new inbox/* InboxUnreachable */.F3(`the server sent more in the clear behind its answer to STLS: ${(0,peer/* brief */.dh)(early.toString('latin1'))}`);
        }
    }
    async #login({ username, password }) {
        for (const line of [`USER ${username}`, `PASS ${password.reveal()}`]) {
            const { ok, text } = await this.#command(line);
            if (ok)
                continue;
            if (/^-ERR +\[(?:IN-USE|LOGIN-DELAY|SYS\/TEMP)\]/i.test(text))
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
        this.#channel.write(`${line}\r\n`);
        return this.#status();
    }
    /** The first line of an answer. */
    async #status() {
        const line = (await this.#lines.next(MAX_LINE_OCTETS, this.#wait())).toString('utf8');
        const text = (0,peer/* brief */.dh)(line);
        if (/^\+OK(?: |$)/i.test(line))
            return { ok: true, text };
        if (/^-ERR(?: |$)/i.test(line))
            return { ok: false, text };
        throw new inbox/* InboxUnreachable */.F3(`the server does not speak POP3: ${text}`);
    }
    /** What follows up to the line with a dot alone, dots unstuffed (RFC 1939 section 3). */
    async #text(most) {
        // Each part of a large message has as long as one answer.
        const deadline = net_deadline/* Deadline */.B.after(this.#timeoutMs * Math.ceil(most / inbox/* PART_OCTETS */.jz), this.#end);
        const pieces = [];
        let octets = 0;
        while (octets < most) {
            const line = await this.#lines.next(most, deadline);
            if (line.equals(DOT))
                return Buffer.concat(pieces);
            const own = line[0] === DOT[0] ? line.subarray(1) : line;
            pieces.push(own, CR_LF);
            octets += own.length + CR_LF.length;
        }
        this.leave();
        return Buffer.concat(pieces).subarray(0, most);
    }
}
/** Identical messages may have the same identifier (RFC 1939 section 7). A blank is in none. */
function distinct(name, taken) {
    for (let nth = 1;; nth += 1) {
        const key = nth === 1 ? name : `${name} ${nth}`;
        if (!taken.has(key))
            return key;
    }
}

// EXTERNAL MODULE: ./src/inbox/search.ts
var search = __webpack_require__(3510);
;// CONCATENATED MODULE: ./src/inbox/pop3.ts




/** POP3 tells of nothing by itself: a new session looks after so long. Servers dislike it more often. */
const LOOK_AGAIN_MS = 3000;
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
    #target;
    #settings;
    #end;
    /** Those that were there before, or have been looked at. */
    #known = new Set();
    #arrived = [];
    /** The end of the last session that was asked for: the server lets us have one at a time. */
    #turn = Promise.resolve();
    /** A look whose turn has not come yet. */
    #toLook;
    constructor(target, settings, stop) {
        this.#target = target;
        this.#settings = settings;
        this.#end = net_deadline/* Deadline */.B.on(stop);
    }
    async noteOld() {
        const messages = await this.#session((session) => session.messages());
        for (const id of messages.keys())
            this.#known.add(id);
    }
    async look() {
        this.#toLook ??= this.#session(async (session) => {
            for (const [id, message] of await session.messages()) {
                if (this.#known.has(id))
                    continue;
                this.#arrived.push((0,search/* arrival */.G5)(id, await session.header(message)));
                this.#known.add(id);
            }
        }).catch((error) => {
            // Whoever else has the maildrop open lets go of it; there will be another look.
            if (!(error instanceof MaildropBusy))
                throw error;
        });
        await this.#toLook;
        return this.#arrived;
    }
    read(id, most) {
        return this.#session(async (session) => {
            const message = (await session.messages()).get(id);
            return message === undefined ? undefined : session.message(message, most);
        });
    }
    remove(ids) {
        return this.#session(async (session) => {
            const messages = await session.messages();
            const numbers = ids.flatMap((id) => messages.get(id) ?? []);
            try {
                for (const number of numbers)
                    await session.mark(number);
                await session.quit();
            }
            catch (error) {
                if (!(error instanceof inbox/* InboxRejected */.ty))
                    throw error;
                throw new inbox/* InboxRejected */.ty('the message arrived, and the server does not let it be deleted');
            }
        });
    }
    /** Has a session when those before are over. */
    #session(use) {
        const done = this.#turn.then(async () => {
            this.#toLook = undefined;
            const session = await Pop3Session.open(this.#target, this.#settings, this.#end);
            try {
                return await use(session);
            }
            finally {
                session.leave();
            }
        });
        this.#turn = done.catch(() => undefined);
        return done;
    }
}


/***/ }),

/***/ 3510:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $P: () => (/* binding */ search),
/* harmony export */   G5: () => (/* binding */ arrival),
/* harmony export */   Si: () => (/* binding */ every),
/* harmony export */   v6: () => (/* binding */ ended)
/* harmony export */ });
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(58500);
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_timers_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _inbox_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(89588);


/** As many messages with the probe's Message-ID or Subject are read in one search. */
const MAX_READ = 16;
/** As much is kept of a message's Message-ID and Subject; those of the probe have some two hundred octets. */
const MAX_HEADER_OCTETS = 1024;
/** @param fields a header, or a part of it, with its Message-ID and Subject */
function arrival(id, fields) {
    const header = fields.toString('latin1', 0, MAX_HEADER_OCTETS);
    return { id, messageId: /^message-id:\s*(<[^<>]*>)/im.exec(header)?.[1], header };
}
/**
 * Waits for a message to come into one of several folders.
 * @param folders in the order in which they are looked through
 * @param watch called before each look; what it returns waits until another look is worth while
 * @returns undefined if it was not there by the deadline
 * @throws {InboxUnreachable} {InboxRejected}
 */
async function search(folders, sought, deadline, watch) {
    const hunts = folders.map((folder) => new Hunt(folder, sought));
    for (;;) {
        const last = deadline.remainingMs === 0;
        const wait = watch();
        for (const hunt of hunts) {
            const source = await hunt.look(last);
            if (source)
                return new FoundMessage(source, hunt.junk, hunts);
        }
        if (last)
            return undefined;
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
/** The search for a message in one folder. */
class Hunt {
    #folder;
    #sought;
    /** Those that were read. */
    #read = new Set();
    /** Those of them that are the message, or a copy. */
    #ours = new Set();
    constructor(folder, sought) {
        this.#folder = folder;
        this.#sought = sought;
    }
    get junk() {
        return this.#folder.junk;
    }
    get copies() {
        return this.#ours.size;
    }
    /** @returns the message, where this look found it */
    async look(last) {
        const { messageId, nonce, is, octets } = this.#sought;
        let found;
        let changed;
        let gone = false;
        for (const { id, ...arrived } of await this.#folder.look(this.#sought, last)) {
            const named = arrived.messageId === messageId;
            if (!named && !arrived.header.includes(nonce))
                continue;
            if (this.#read.has(id) || this.#read.size >= MAX_READ)
                continue;
            this.#read.add(id);
            const source = await this.#folder.read(id, (0,_inbox_js__WEBPACK_IMPORTED_MODULE_1__/* .mostOctets */ .QG)(octets));
            if (source && is(source)) {
                this.#ours.add(id);
                found ??= source;
            }
            else if (named) {
                if (source)
                    changed ??= { id, source };
                else
                    gone = true;
            }
        }
        if (found || this.copies > 0)
            return found;
        // Changed beyond recognition, it is the message all the same: nobody else has its Message-ID.
        if (changed)
            this.#ours.add(changed.id);
        else if (gone)
            throw new _inbox_js__WEBPACK_IMPORTED_MODULE_1__/* .InboxRejected */ .ty(GONE);
        return changed?.source;
    }
    async remove() {
        if (this.#ours.size > 0)
            await this.#folder.remove([...this.#ours]);
    }
}
const GONE = 'the message arrived, and was gone before it could be read: something else takes mail out';
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
    async delete() {
        for (const hunt of this.#hunts)
            await hunt.look(true);
        for (const hunt of this.#hunts)
            await hunt.remove();
    }
}


/***/ })

};
