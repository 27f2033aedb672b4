export const id = 865;
export const ids = [865];
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

/***/ 5553:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   ID: () => (/* binding */ ID),
/* harmony export */   JY: () => (/* binding */ apiInbox),
/* harmony export */   Sp: () => (/* binding */ makeSure),
/* harmony export */   h7: () => (/* binding */ unknownApi),
/* harmony export */   ok: () => (/* binding */ MAX_FOUND)
/* harmony export */ });
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(92857);
/* harmony import */ var _inbox_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(89588);
/* harmony import */ var _search_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3510);



/** Asked so often; mail catchers stand near by. */
const LOOK_AGAIN_MS = 500;
/** As many of the messages that a mail catcher finds are looked at, which is more than are read. */
const MAX_FOUND = 20;
/** By which a mail catcher knows a message. It goes into a path, and words that mean all or the last are none. */
const ID = zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP().regex(/^(?!(?:all|latest)$)[\w-]{1,64}$/i);
/** The inbox of a mail catcher, which is asked again and again. */
function apiInbox(folder, stop) {
    const watch = (0,_search_js__WEBPACK_IMPORTED_MODULE_1__/* .every */ .Si)(LOOK_AGAIN_MS);
    return {
        find: (sought, deadline) => (0,_search_js__WEBPACK_IMPORTED_MODULE_1__/* .search */ .$P)([folder], sought, deadline, () => watch),
        ended: (0,_search_js__WEBPACK_IMPORTED_MODULE_1__/* .ended */ .v6)(stop),
        close: () => Promise.resolve(),
    };
}
/**
 * Deletes messages, and looks whether they are gone: only that tells a server that does not delete them from one that
 * had them no more.
 * @param folder where they are
 * @throws if one of them is still there: what the deletion has thrown, or {InboxRejected} where it has not
 */
async function makeSure(folder, ids, remove) {
    let reason = new _inbox_js__WEBPACK_IMPORTED_MODULE_0__/* .InboxRejected */ .ty('the message arrived, and is still there although the server has deleted it');
    try {
        await remove();
    }
    catch (error) {
        reason = error;
    }
    for (const id of ids)
        if (await folder.read(id, 1))
            throw reason;
}
/** What answers is something else. */
function unknownApi(name) {
    return new _inbox_js__WEBPACK_IMPORTED_MODULE_0__/* .InboxUnreachable */ .F3(`what answers is not the API of ${name}`);
}


/***/ }),

/***/ 43137:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   R: () => (/* binding */ HttpApi)
/* harmony export */ });
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(37067);
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_http__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _text_reason_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(32223);
/* harmony import */ var _net_deadline_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(47879);
/* harmony import */ var _secrets_forms_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(15994);
/* harmony import */ var _channel_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(39367);
/* harmony import */ var _inbox_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(89588);
/* harmony import */ var _bounded_buffer_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(8568);







/** Everything that is asked for has a few kilobytes, except for the list of an old MailDev. */
const MAX_JSON_BYTES = 64 * 1024;
/** The HTTP API of a mail catcher. Each question has a connection of its own, judged before anything is asked. */
class HttpApi {
    #target;
    #settings;
    #end;
    /** @param end of everything that is waited for */
    constructor(target, settings, end) {
        this.#target = target;
        this.#settings = settings;
        this.#end = end;
    }
    /**
     * Asks, and parses the answer as JSON.
     * @param maxBytes of the answer
     * @returns undefined if the answer is 404 or not JSON: another server, or another path
     * @throws as {@link ask} does, and {InboxUnreachable} if the answer is longer
     */
    async json(question, maxBytes = MAX_JSON_BYTES) {
        const { status, body } = await this.ask(question, maxBytes, async (answer) => {
            const json = await upTo(maxBytes, answer);
            if (json.length >= maxBytes)
                throw new _inbox_js__WEBPACK_IMPORTED_MODULE_4__/* .InboxUnreachable */ .F3(`the server sent over ${maxBytes} octets of JSON`);
            return parsed(json);
        });
        return status === 404 ? undefined : body;
    }
    /**
     * Asks for a message.
     * @param most octets that are read
     * @returns undefined where there is none
     */
    async source(path, most) {
        const { status, body } = await this.ask({ path }, most, (answer) => upTo(most, answer));
        return status === 404 ? undefined : body;
    }
    /**
     * Asks for something to be deleted.
     * @param json says what, where the path does not
     * @throws as {@link ask} does, and {InboxRejected} where the answer is 404: whatever is not there, that is no success
     */
    async delete(path, json) {
        const { status } = await this.ask({ method: 'DELETE', path, json }, 0, () => Promise.resolve());
        if (status === 404)
            throw new _inbox_js__WEBPACK_IMPORTED_MODULE_4__/* .InboxRejected */ .ty(`to DELETE ${path} the server says 404`);
    }
    /**
     * Asks, and takes the answer if it is 200 or 404. No redirection is followed: it leads to somebody else.
     * @param most octets of the body that are read
     * @param read reads them
     * @throws {InboxUnreachable} if there is no connection, no TLS, a certificate that does not hold, or no answer in time
     * @throws {InboxRejected} if the server refuses
     */
    async ask(question, most, read) {
        const { timeoutMs } = this.#settings;
        const channel = await this.#channel(_net_deadline_js__WEBPACK_IMPORTED_MODULE_1__/* .Deadline */ .B.after(2 * timeoutMs, this.#end));
        // Each part of a large message has as long as one answer.
        const deadline = _net_deadline_js__WEBPACK_IMPORTED_MODULE_1__/* .Deadline */ .B.after(timeoutMs * Math.max(1, Math.ceil(most / _inbox_js__WEBPACK_IMPORTED_MODULE_4__/* .PART_OCTETS */ .jz)), this.#end);
        try {
            const late = () => (0,_inbox_js__WEBPACK_IMPORTED_MODULE_4__/* .inboxLost */ .N_)('the server gave no answer in time');
            const { status, body } = await deadline.race(this.#exchange(channel, question, read), late);
            if (status === 200 || status === 404)
                return { status, body };
            const told = `to ${question.method ?? 'GET'} ${question.path} the server says ${status}`;
            if (status === 401 || status === 403)
                throw new _inbox_js__WEBPACK_IMPORTED_MODULE_4__/* .InboxRejected */ .ty(`login refused: ${told}`);
            throw status >= 400 && status < 500
                ? new _inbox_js__WEBPACK_IMPORTED_MODULE_4__/* .InboxRejected */ .ty(told)
                : new _inbox_js__WEBPACK_IMPORTED_MODULE_4__/* .InboxUnreachable */ .F3(told, { transient: status >= 500 });
        }
        finally {
            channel.destroy();
        }
    }
    async #channel(deadline) {
        const socket = await (0,_channel_js__WEBPACK_IMPORTED_MODULE_3__/* .connectTo */ .m6)(this.#target, deadline);
        return this.#isSecure ? (0,_channel_js__WEBPACK_IMPORTED_MODULE_3__/* .secure */ .ek)(socket, this.#target.host, this.#settings, deadline) : socket;
    }
    get #isSecure() {
        return this.#target.scheme.endsWith('+https');
    }
    async #exchange(channel, question, read) {
        const { host, port, basePath } = this.#target;
        const body = question.json === undefined ? undefined : JSON.stringify(question.json);
        const asked = (0,node_http__WEBPACK_IMPORTED_MODULE_0__.request)({
            createConnection: () => channel,
            host,
            port,
            method: question.method ?? 'GET',
            path: `${basePath}${question.path}`,
            headers: {
                accept: 'application/json, */*',
                connection: 'close',
                ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
                ...this.#authorization(),
            },
        });
        const answered = new Promise((resolve, reject) => {
            asked.on('response', resolve);
            // Stays on: an error after the answer belongs to whoever reads then, and must not be thrown as unheard.
            asked.on('error', (error) => {
                reject(broken('no HTTP answer', error));
            });
        });
        asked.end(body);
        const answer = await answered;
        return { status: answer.statusCode ?? 0, body: await read(piecesOf(answer)) };
    }
    /** A password travels inside TLS or not at all. */
    #authorization() {
        const { username, password } = this.#target;
        if (!this.#isSecure || username === undefined || !password)
            return {};
        return { authorization: `Basic ${(0,_secrets_forms_js__WEBPACK_IMPORTED_MODULE_2__/* .basicCredentials */ .BG)(username, password)}` };
    }
}
/**
 * The body of an answer, of which no more is read than somebody asks for.
 * @throws {InboxUnreachable} if it breaks off
 */
async function* piecesOf(answer) {
    try {
        for await (const piece of answer)
            yield piece;
    }
    catch (error) {
        throw broken('the HTTP answer breaks off', error);
    }
}
/** @returns so many octets from the beginning, or all there are */
async function upTo(most, body) {
    const kept = new _bounded_buffer_js__WEBPACK_IMPORTED_MODULE_5__/* .Kept */ .J(most);
    for await (const piece of body) {
        kept.add(piece);
        if (kept.total >= most)
            break;
    }
    return kept.octets;
}
/** @returns undefined if it is not JSON */
function parsed(json) {
    try {
        return JSON.parse(json.toString('utf8'));
    }
    catch {
        return undefined;
    }
}
/** An incomplete answer. Another connection may bring a complete one, unless the server does not speak HTTP. */
function broken(what, error) {
    const code = (0,_text_reason_js__WEBPACK_IMPORTED_MODULE_6__/* .codeOf */ .$)(error);
    return new _inbox_js__WEBPACK_IMPORTED_MODULE_4__/* .InboxUnreachable */ .F3(`${what} (${code})`, { transient: !code.startsWith('HPE_') });
}


/***/ }),

/***/ 4865:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   openMailpitInbox: () => (/* binding */ openMailpitInbox)
/* harmony export */ });
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(92857);
/* harmony import */ var _net_deadline_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(47879);
/* harmony import */ var _api_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5553);
/* harmony import */ var _http_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(43137);
/* harmony import */ var _headers_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(41030);





/** A list of messages, as far as it is of interest (MessagesSummary in Mailpit's description of its API v1). */
const SUMMARY = zod__WEBPACK_IMPORTED_MODULE_3__/* .object */ .Ikc({
    messages: zod__WEBPACK_IMPORTED_MODULE_3__/* .array */ .YOg(zod__WEBPACK_IMPORTED_MODULE_3__/* .object */ .Ikc({ ID: _api_js__WEBPACK_IMPORTED_MODULE_1__.ID, MessageID: zod__WEBPACK_IMPORTED_MODULE_3__/* .string */ .YjP(), Subject: zod__WEBPACK_IMPORTED_MODULE_3__/* .string */ .YjP() })),
});
/**
 * Opens the inbox of a Mailpit by its HTTP API. It has one folder, none for junk.
 * @param stop says that nobody wants the inbox any more
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused
 */
async function openMailpitInbox(target, settings, stop) {
    const api = new _http_js__WEBPACK_IMPORTED_MODULE_2__/* .HttpApi */ .R(target, settings, _net_deadline_js__WEBPACK_IMPORTED_MODULE_0__/* .Deadline */ .B.on(stop));
    const first = SUMMARY.safeParse(await api.json({ path: '/api/v1/messages?limit=1' }));
    if (!first.success)
        throw (0,_api_js__WEBPACK_IMPORTED_MODULE_1__/* .unknownApi */ .h7)('Mailpit');
    return (0,_api_js__WEBPACK_IMPORTED_MODULE_1__/* .apiInbox */ .JY)(new Mailpit(api), stop);
}
class Mailpit {
    #api;
    constructor(api) {
        this.#api = api;
    }
    /** The nonce is new with every probe, so what is found has come since. */
    async look({ messageId, nonce }) {
        const named = await this.#search(`message-id:"${messageId.slice(1, -1)}"`);
        const namesakes = await this.#search(`subject:"${nonce}"`);
        return [...new Map([...named, ...namesakes].map((found) => [found.id, found])).values()];
    }
    read(id, most) {
        return this.#api.source(`/api/v1/message/${id}/raw`, most);
    }
    async remove(ids) {
        // Without a single ID, Mailpit deletes everything.
        if (ids.length === 0)
            return;
        await (0,_api_js__WEBPACK_IMPORTED_MODULE_1__/* .makeSure */ .Sp)(this, ids, () => this.#api.delete('/api/v1/messages', { IDs: ids }));
    }
    async #search(query) {
        const path = `/api/v1/search?${new URLSearchParams({ query, limit: String(_api_js__WEBPACK_IMPORTED_MODULE_1__/* .MAX_FOUND */ .ok) }).toString()}`;
        const found = SUMMARY.safeParse(await this.#api.json({ path }));
        if (!found.success)
            throw (0,_api_js__WEBPACK_IMPORTED_MODULE_1__/* .unknownApi */ .h7)('Mailpit');
        const messages = found.data.messages.slice(0, _api_js__WEBPACK_IMPORTED_MODULE_1__/* .MAX_FOUND */ .ok);
        return messages.map(({ ID: id, MessageID, Subject }) => ({ id, ...(0,_headers_js__WEBPACK_IMPORTED_MODULE_4__/* .marks */ .Z8)(`<${MessageID}>`, Subject) }));
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
