export const id = 16;
export const ids = [16];
export const modules = {

/***/ 9367:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   ek: () => (/* binding */ secure),
/* harmony export */   m6: () => (/* binding */ connectTo),
/* harmony export */   qI: () => (/* binding */ beginSecuring)
/* harmony export */ });
/* unused harmony export noConnection */
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7030);
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_net__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _net_connect_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8141);
/* harmony import */ var _tls_handshake_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8807);
/* harmony import */ var _inbox_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9588);




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

/***/ 1030:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   OM: () => (/* binding */ MAX_HEADER_OCTETS),
/* harmony export */   Ok: () => (/* binding */ marksOf),
/* harmony export */   Z8: () => (/* binding */ marks)
/* harmony export */ });
/* harmony import */ var _message_fields_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5158);

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

/***/ 5016:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openImapInbox: () => (/* binding */ openImapInbox)
});

// EXTERNAL MODULE: ./src/net/deadline.ts
var net_deadline = __webpack_require__(7879);
// EXTERNAL MODULE: ./node_modules/imapflow/dist/esm/imap-flow.js + 61 modules
var imap_flow = __webpack_require__(5469);
// EXTERNAL MODULE: ./src/text/reason.ts
var reason = __webpack_require__(2223);
// EXTERNAL MODULE: ./src/text/peer.ts
var peer = __webpack_require__(875);
;// CONCATENATED MODULE: ./src/inbox/imap/failure.ts

/** Whether the server said no, as opposed to nothing. */
function isRefusal(error) {
    const { responseStatus } = error;
    return responseStatus === 'NO' || responseStatus === 'BAD';
}
/** The server's words where it had any, else the client's; safe to show. */
function whatServerSays(error) {
    const { responseText, reason, message } = error;
    return (0,peer/* excerpt */.Kb)(responseText ?? reason ?? message ?? 'no reason given');
}

// EXTERNAL MODULE: ./src/inbox/channel.ts
var inbox_channel = __webpack_require__(9367);
// EXTERNAL MODULE: ./src/inbox/inbox.ts
var inbox = __webpack_require__(9588);
;// CONCATENATED MODULE: ./src/inbox/imap/transport.ts



/** Greeting, login and the opening of a mailbox have some kilobytes; a flood would keep us from everything else. */
const MAX_OPENING_OCTETS = 32 * 1024;
/**
 * The connection of an IMAP client, with our own handshake and our own judgement in it: the client would leave both to
 * Node, which certificates on some curves make crash.
 */
class JudgedTransport {
    #socket;
    /** What has come until the mailbox is open. */
    #octets = 0;
    #secureLater;
    #objection = Promise.resolve();
    constructor(socket, secureLater) {
        this.#socket = socket;
        this.#secureLater = secureLater;
    }
    /**
     * Connects; for `imaps` with a TLS channel that has been judged.
     * @param end of everything that is waited for
     * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
     */
    static async open(target, settings, end) {
        const wait = () => net_deadline/* Deadline */.B.after(settings.timeoutMs, end);
        const socket = await (0,inbox_channel/* connectTo */.m6)(target, wait());
        const channel = target.scheme === 'imaps' ? await (0,inbox_channel/* secure */.ek)(socket, target.host, settings, wait()) : socket;
        return new JudgedTransport(channel, () => (0,inbox_channel/* beginSecuring */.qI)(socket, target.host, settings, wait()));
    }
    /** What was wrong with the TLS channel that STARTTLS should have brought, if anything was. */
    get objection() {
        return this.#objection;
    }
    connect(_options, onConnect) {
        process.nextTick(() => {
            onConnect();
            this.#socket.on('data', this.#count);
        });
        return this.#socket;
    }
    upgrade(_socket, _options, onSecure) {
        this.#socket.off('data', this.#count);
        const { stream, judged } = this.#secureLater();
        this.#socket = stream;
        this.#objection = judged.then(() => {
            onSecure();
            stream.on('data', this.#count);
            return undefined;
        }, (error) => {
            // The client waits for an error; that the connection is over does not tell it.
            stream.emit('error', error);
            return error;
        });
        return stream;
    }
    /** Says that the mailbox is open. */
    opened() {
        this.#socket.off('data', this.#count);
    }
    #count = (octets) => {
        this.#octets += octets.length;
        if (this.#octets <= MAX_OPENING_OCTETS)
            return;
        const flood = new inbox/* InboxUnreachable */.F3(`the server sent over ${MAX_OPENING_OCTETS} octets before the mailbox was open`);
        this.#objection = Promise.resolve(flood);
        this.#socket.destroy(flood);
    };
}

;// CONCATENATED MODULE: ./src/inbox/imap/client.ts







/** Back to IDLE so soon after any command, so that the server tells of the next message whatever the last one needed. */
const IDLE_AFTER_MS = 50;
/** No answer that we ask for has a longer line; the client's own limits are in gigabytes. */
const MAX_LINE_OCTETS = 64 * 1024;
/** A message is asked for in parts of this size, each of which has as long as any answer. */
const FETCH_OCTETS = 256 * 1024;
/** Twice the most that we ask for of a message at a time. */
const MAX_LITERAL_OCTETS = 2 * FETCH_OCTETS;
/** A literal, and the lines around it with plenty of room. */
const MAX_ANSWER_OCTETS = 2 * MAX_LITERAL_OCTETS;
/**
 * Opens a mailbox by IMAP (RFC 9051): `imaps` with TLS from the first byte, `imap` with STARTTLS or not at all.
 * @param stop says that nobody wants it any more; of interest only while it is being opened
 * @param baselines the UIDs at which new messages begin
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused or the mailbox cannot be opened
 */
async function connectImap(target, settings, stop, baselines) {
    // Connecting, greeting, upgrade, login and selection have as long together as connecting and one answer may take.
    const deadline = net_deadline/* Deadline */.B.after(2 * settings.timeoutMs, net_deadline/* Deadline */.B.on(stop));
    const late = () => (0,inbox/* inboxLost */.N_)('no answer in time');
    const transport = await JudgedTransport.open(target, settings, deadline);
    const client = new imap_flow/* ImapFlow */._f({
        host: target.host,
        port: target.port,
        secure: target.scheme === 'imaps',
        ...(target.scheme === 'imap' && { doSTARTTLS: true }),
        transport,
        auth: { user: target.username, pass: target.password.reveal() },
        logger: false,
        // Compressed, a flood would cost its sender next to nothing.
        disableCompression: true,
        maxLineLength: MAX_LINE_OCTETS,
        maxLiteralSize: MAX_LITERAL_OCTETS,
        maxResponseSize: MAX_ANSWER_OCTETS,
        autoIdleDelay: IDLE_AFTER_MS,
        greetingTimeout: settings.timeoutMs,
    });
    // An error after the connection has been lost is told by `close`; unheard, it would end the process.
    client.on('error', () => undefined);
    try {
        await deadline.race(client.connect(), late).catch(async (error) => {
            client.close();
            throw connectFailure((await transport.objection) ?? error);
        });
        const opened = await deadline
            .race(client.mailboxOpen(target.mailbox).then(unlessLost), late)
            .catch(async (error) => {
            throw openFailure((await transport.objection) ?? error, target.mailbox);
        });
        transport.opened();
        return { client, nextUid: baselines.of(target.mailbox, opened) };
    }
    catch (error) {
        client.close();
        throw error;
    }
}
/** The client resolves without a mailbox where the connection was lost before it came to it. */
function unlessLost(opened) {
    if (!opened)
        throw Object.assign(new Error('the connection was lost'), { code: 'NoConnection' });
    return opened;
}
/** The error codes of a lost connection or a server that did not answer: the client's own, and the system's. */
const LOST = new Set([
    'NoConnection',
    'EConnectionClosed',
    'ClosedAfterConnectText',
    'ClosedAfterConnectTLS',
    'GREETING_TIMEOUT',
    'UPGRADE_TIMEOUT',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
]);
function connectFailure(error) {
    if (error instanceof inbox/* InboxUnreachable */.F3)
        return error;
    const said = whatServerSays(error);
    if (error.authenticationFailed)
        return new inbox/* InboxRejected */.ty(`login refused: ${said}`);
    return unreachable(`${said} (${(0,reason/* codeOf */.$)(error)})`, error);
}
function openFailure(error, mailbox) {
    if (error instanceof inbox/* InboxUnreachable */.F3)
        return error;
    const message = `the mailbox ${(0,peer/* excerpt */.Kb)(mailbox)} cannot be opened: ${whatServerSays(error)}`;
    return isRefusal(error) ? new inbox/* InboxRejected */.ty(message) : unreachable(message, error);
}
function unreachable(message, error) {
    return new inbox/* InboxUnreachable */.F3(message, { transient: LOST.has((0,reason/* codeOf */.$)(error)) });
}

;// CONCATENATED MODULE: ./src/inbox/imap/dialogue.ts



const GOODBYE_MS = 1000;
/** Questions to an IMAP server, one at a time, so that each has its full time. */
class ImapDialogue {
    #client;
    #timeoutMs;
    /** The end of all that has been asked so far. */
    #turn = Promise.resolve();
    /** @param timeoutMs for any one answer */
    constructor(client, timeoutMs) {
        this.#client = client;
        this.#timeoutMs = timeoutMs;
    }
    /**
     * Asks when those before have been answered, and waits for the answer no longer than for any other.
     * @throws {InboxRejected} where the server refuses
     * @throws {InboxUnreachable} where no answer comes; then the connection is over, lest a late one is misunderstood
     */
    ask(about, question) {
        const answer = this.#turn.then(() => this.#answerTo(about, question(this.#client)));
        this.#turn = answer.catch(() => undefined);
        return answer;
    }
    /** What is to be said where the connection has ended and the client has thrown nothing. */
    lost(about) {
        const said = this.#client.byeReason;
        return (0,inbox/* inboxLost */.N_)(`asked for ${about}, the connection was lost${said === undefined ? '' : `: ${whatServerSays({ reason: said })}`}`);
    }
    /** Says goodbye and closes the connection. Never throws. */
    async close() {
        const deadline = net_deadline/* Deadline */.B.after(GOODBYE_MS);
        await deadline.race(this.#client.logout(), () => new inbox/* InboxUnreachable */.F3('no goodbye')).catch(() => undefined);
        this.#client.close();
    }
    async #answerTo(about, answer) {
        const late = () => (0,inbox/* inboxLost */.N_)(`asked for ${about}, the server gave no answer in time`);
        try {
            return await net_deadline/* Deadline */.B.after(this.#timeoutMs).race(answer, late);
        }
        catch (error) {
            if (isRefusal(error))
                throw new inbox/* InboxRejected */.ty(`asked for ${about}, the server says: ${whatServerSays(error)}`);
            this.#client.close();
            throw error instanceof inbox/* InboxUnreachable */.F3 ? error : this.lost(about);
        }
    }
}

// EXTERNAL MODULE: ./src/inbox/headers.ts
var inbox_headers = __webpack_require__(1030);
;// CONCATENATED MODULE: ./src/inbox/imap/mailbox.ts






/** A server whose IDLE tells nothing, or that has none, is asked again after this long. */
const LOOK_AGAIN_MS = 10_000;
/** As many answers to our looks are taken in all; a server that sends more floods us. */
const MAX_ANSWERS = 50_000;
/** One selected mailbox, watched by IDLE for as many waiting messages as there are. */
class ImapMailbox {
    /** Settles when the connection has ended, for whatever reason. */
    ended;
    #client;
    #dialogue;
    /** Messages from this UID on have not been looked at. */
    #nextUid;
    #arrived = [];
    /** To all looks so far. */
    #answers = 0;
    /** A look whose turn has not come yet. */
    #toLook;
    /** Rises with every sign that there may be something new. */
    #signs = 0;
    #wake = [];
    /** @param timeoutMs for any one answer */
    constructor({ client, nextUid }, timeoutMs) {
        this.#client = client;
        this.#dialogue = new ImapDialogue(client, timeoutMs);
        this.#nextUid = nextUid;
        this.ended = new Promise((resolve) => {
            if (!client.usable)
                resolve();
            client.on('close', resolve);
        });
        client.on('exists', this.sign).on('close', this.sign);
    }
    /** Looks at what has come since the last look; one look for all who ask before its turn comes. */
    async look() {
        this.#toLook ??= this.#dialogue.ask('what is new', () => {
            this.#toLook = undefined;
            return this.#readNew();
        });
        await this.#toLook;
        return this.#arrived;
    }
    async read(id, most) {
        const parts = [];
        for (let start = 0; start < most; start += FETCH_OCTETS) {
            const source = { ...(start > 0 && { start }), maxLength: Math.min(FETCH_OCTETS, most - start) };
            const message = await this.#dialogue.ask('the message', (client) => client.fetchOne(id, { source }, { uid: true }));
            if (message === false || message.source === undefined)
                return undefined;
            parts.push(message.source);
            if (message.source.length < source.maxLength)
                break;
        }
        return Buffer.concat(parts);
    }
    async remove(ids) {
        const about = 'its deletion';
        // Without UIDPLUS (RFC 4315), EXPUNGE would take along whatever else is marked as deleted.
        const done = await this.#dialogue.ask(about, (client) => client.capabilities.has('UIDPLUS')
            ? client.messageDelete(ids.join(','), { uid: true })
            : client.messageFlagsAdd(ids.join(','), ['\\Deleted'], { uid: true }));
        if (done)
            return;
        if (!this.#client.usable)
            throw this.#dialogue.lost(about);
        throw new inbox/* InboxRejected */.ty('the message arrived, and the server does not let it be deleted');
    }
    /**
     * The folder for junk, by its special use (RFC 6154) or else by a usual name.
     * @returns undefined where there is none, or it is the selected one, or the server does not tell
     */
    async junkFolder() {
        try {
            const folders = await this.#dialogue.ask('the folders', (client) => client.list());
            const path = folders.find(({ specialUse }) => specialUse === '\\Junk')?.path;
            const { mailbox } = this.#client;
            if (path === undefined || (mailbox && mailbox.path === path))
                return undefined;
            return await this.stateOf(path);
        }
        catch (error) {
            if (error instanceof inbox/* InboxRejected */.ty)
                return undefined;
            throw error;
        }
    }
    /**
     * The state of another folder (RFC 9051 section 6.3.11).
     * @returns undefined where the server does not say which UID the next message gets
     */
    async stateOf(path) {
        const status = await this.#dialogue.ask('the state of a folder', (client) => client.status(path, { uidNext: true, uidValidity: true }).catch((error) => {
            if ((0,reason/* codeOf */.$)(error) === 'NotFound')
                return false;
            throw error;
        }));
        // Nothing at all, whatever the types say, where the connection was lost meanwhile.
        if (!status || status.uidNext === undefined)
            return undefined;
        return { path, uidNext: status.uidNext, uidValidity: status.uidValidity };
    }
    /** Takes note of how things are. @returns waits until they have changed, or another look is due */
    watch() {
        const signs = this.#signs;
        return async (deadline) => {
            if (this.#signs !== signs)
                return;
            const sign = new Promise((resolve) => this.#wake.push(resolve));
            await net_deadline/* Deadline */.B.after(LOOK_AGAIN_MS, deadline)
                .race(sign, () => new Error('no sign'))
                .catch(() => undefined);
        };
    }
    /** Has everybody look who waits. */
    sign = () => {
        this.#signs += 1;
        for (const wake of this.#wake.splice(0))
            wake();
    };
    /** Says goodbye and closes the connection. Never throws. */
    close() {
        return this.#dialogue.close();
    }
    async #readNew() {
        // A FETCH sees no more than the server has told of before (RFC 9051 section 5.2).
        await this.#client.noop();
        const from = this.#nextUid;
        const range = `${from}:*`;
        const query = { headers: ['message-id', 'subject'] };
        for await (const { uid, headers } of this.#client.fetch(range, query, { uid: true })) {
            this.#answers += 1;
            if (this.#answers > MAX_ANSWERS)
                throw new inbox/* InboxUnreachable */.F3(`the server told of over ${MAX_ANSWERS} messages`);
            // "n:*" always holds the last message, be its UID below n or not (RFC 9051 section 9, seq-range); and a server
            // may tell of changed flags at any time, with no header and perhaps no UID. NIL for a header is no Buffer either.
            if (!Buffer.isBuffer(headers) || !(uid >= from))
                continue;
            this.#arrived.push({ id: String(uid), ...(0,inbox_headers/* marksOf */.Ok)(headers) });
            this.#nextUid = Math.max(this.#nextUid, uid + 1);
        }
    }
}

;// CONCATENATED MODULE: ./src/inbox/imap/junk.ts


/**
 * The folder for junk (RFC 6154) beside a mailbox that is watched. It is asked by STATUS whether anything has come,
 * now and then and in the background, and only then opened, over a connection of its own: selected on the first one,
 * it would end the watch there.
 */
class JunkFolder {
    junk;
    #nextUid;
    #beside;
    #connect;
    #timeoutMs;
    #mailbox;
    #arrived = [];
    #due = net_deadline/* Deadline */.B.after(LOOK_AGAIN_MS);
    /**
     * @param path its name
     * @param nextUid the UID from which messages are new
     * @param beside the mailbox over whose connection it is asked about
     * @param connect opens it
     */
    constructor(path, nextUid, beside, connect, timeoutMs) {
        this.junk = path;
        this.#nextUid = nextUid;
        this.#beside = beside;
        this.#connect = connect;
        this.#timeoutMs = timeoutMs;
    }
    async look(_sought, _deadline, last) {
        if (last)
            await this.#lookNow();
        else if (this.#due.remainingMs === 0)
            void this.#lookNow();
        return this.#arrived;
    }
    async read(id, most) {
        return (await this.#opened()).read(id, most);
    }
    async remove(ids) {
        await (await this.#opened()).remove(ids);
    }
    /** Closes its connection, where there is one. Never throws. */
    async close() {
        const mailbox = await this.#mailbox?.catch(() => undefined);
        await mailbox?.close();
    }
    async #lookNow() {
        this.#due = net_deadline/* Deadline */.B.after(LOOK_AGAIN_MS);
        try {
            const state = await this.#beside.stateOf(this.junk);
            if (!state || state.uidNext <= this.#nextUid)
                return;
            const before = this.#arrived.length;
            this.#arrived = [...(await (await this.#opened()).look())];
            if (this.#arrived.length > before)
                this.#beside.sign();
        }
        catch {
            // What lies elsewhere does not depend on it; a message that is found nowhere has not been received.
        }
    }
    /** Opens it, once; where that failed or the connection has ended, anew. */
    #opened() {
        if (!this.#mailbox) {
            const opening = this.#connect().then((connection) => new ImapMailbox(connection, this.#timeoutMs));
            const forget = () => {
                if (this.#mailbox === opening)
                    this.#mailbox = undefined;
            };
            opening.then(({ ended }) => ended).then(forget, forget);
            this.#mailbox = opening;
        }
        return this.#mailbox;
    }
}

// EXTERNAL MODULE: ./src/inbox/search.ts
var search = __webpack_require__(3510);
;// CONCATENATED MODULE: ./src/inbox/imap/imap.ts






/**
 * Opens a mailbox by IMAP (RFC 9051), and the folder for junk beside it, where there is one.
 * @param stop says that nobody wants the inbox any more
 * @param baselines the UIDs at which new messages begin
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused or the mailbox cannot be opened
 */
async function openImapInbox(target, settings, stop, baselines) {
    const { timeoutMs } = settings;
    const mailbox = new ImapMailbox(await connectImap(target, settings, stop, baselines), timeoutMs);
    const folder = await net_deadline/* Deadline */.B.on(stop)
        .race(mailbox.junkFolder(), () => new inbox/* InboxUnreachable */.F3('given up'))
        .catch(async (error) => {
        await mailbox.close();
        throw error;
    });
    if (!folder)
        return new ImapInbox(mailbox);
    const { path } = folder;
    const connect = () => connectImap({ ...target, mailbox: path }, settings, stop, baselines);
    return new ImapInbox(mailbox, new JunkFolder(path, baselines.of(path, folder), mailbox, connect, timeoutMs));
}
class ImapInbox {
    #mailbox;
    #junk;
    constructor(mailbox, junk) {
        this.#mailbox = mailbox;
        this.#junk = junk;
    }
    get ended() {
        return this.#mailbox.ended;
    }
    find(sought, deadline) {
        const folders = [this.#mailbox, ...(this.#junk ? [this.#junk] : [])];
        return (0,search/* search */.$P)(folders, sought, deadline, () => this.#mailbox.watch());
    }
    async close() {
        await Promise.all([this.#mailbox.close(), this.#junk?.close()]);
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
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8500);
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_timers_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _message_alterations_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3289);
/* harmony import */ var _inbox_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9588);
/* harmony import */ var _headers_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1030);




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
