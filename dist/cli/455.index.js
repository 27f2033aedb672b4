export const id = 455;
export const ids = [455];
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

/***/ 1030:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Yl: () => (/* binding */ headersOf),
/* harmony export */   k5: () => (/* binding */ boundedHeaders),
/* harmony export */   v8: () => (/* binding */ MAX_HEADER_BYTES)
/* harmony export */ });
/* harmony import */ var _message_fields_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5158);

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

/***/ 5553:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   ID: () => (/* binding */ ID),
/* harmony export */   L7: () => (/* binding */ FOLDER),
/* harmony export */   Um: () => (/* binding */ LOOK_AGAIN_MS),
/* harmony export */   h7: () => (/* binding */ unknownApi),
/* harmony export */   ok: () => (/* binding */ MAX_FOUND),
/* harmony export */   z1: () => (/* binding */ removeFrom)
/* harmony export */ });
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2857);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7358);
/* harmony import */ var _text_own_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9203);



/** Mail catchers usually run on the same machine, so they can be asked often. */
const LOOK_AGAIN_MS = 500;
/** More than a single search reads (`MAX_READ`). */
const MAX_FOUND = 20;
/** A mail catcher's identifier of a message. It becomes part of a path, so it must not be a word for several messages. */
const ID = zod__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP().regex(/^(?!(?:all|latest)$)[\w-]{1,64}$/i);
/**
 * Deletes messages, and checks that they are gone: some responses are the same for a server that does not delete
 * messages and for one that no longer has them.
 * @throws {InboxError} if one of them is still there
 */
async function removeFrom(folder, ids, remove) {
    let reason = (0,_failure_js__WEBPACK_IMPORTED_MODULE_0__/* .rejected */ .nS)('not-deleted', (0,_text_own_js__WEBPACK_IMPORTED_MODULE_2__/* .own */ .ZV) `the test message is still there, although the server reported that it was deleted`);
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
/** Mail catchers have no folders. */
const FOLDER = 'all messages';
function unknownApi(name) {
    return (0,_failure_js__WEBPACK_IMPORTED_MODULE_0__/* .unusable */ ._P)('unknown-api', (0,_text_own_js__WEBPACK_IMPORTED_MODULE_2__/* .own */ .ZV) `the server does not have the API of ${name}`);
}


/***/ }),

/***/ 3137:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   R: () => (/* binding */ HttpApi)
/* harmony export */ });
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7067);
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_http__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _text_reason_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(2223);
/* harmony import */ var _net_deadline_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7879);
/* harmony import */ var _plan_schema_values_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9661);
/* harmony import */ var _secrets_forms_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5994);
/* harmony import */ var _bounded_buffer_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(8568);
/* harmony import */ var _channel_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9367);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(7358);
/* harmony import */ var _inbox_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(9588);
/* harmony import */ var _text_own_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(9203);










/** Everything that is asked for has a few kilobytes, except for the list of an old MailDev. */
const MAX_JSON_BYTES = 64 * 1024;
/** The HTTP API of a mail catcher. Each request has its own connection, which is judged before the request is sent. */
class HttpApi {
    target;
    settings;
    end;
    /** @param end the end of every wait */
    constructor(target, settings, end) {
        this.target = target;
        this.settings = settings;
        this.end = end;
    }
    /**
     * Gets JSON.
     * @param maxBytes of the response
     * @returns undefined if the response is 404 or not JSON: another server, or another path
     * @throws {InboxError}
     */
    async json(path, maxBytes = MAX_JSON_BYTES) {
        const json = await this.source(path, maxBytes);
        if (!json)
            return undefined;
        if (json.length >= maxBytes)
            throw (0,_failure_js__WEBPACK_IMPORTED_MODULE_5__/* .unusable */ ._P)('too-much-data', (0,_text_own_js__WEBPACK_IMPORTED_MODULE_6__/* .own */ .ZV) `the server sent more than ${maxBytes} bytes of JSON`);
        return parsed(json);
    }
    /**
     * Gets a message, or the first `maxBytes` of it.
     * @returns undefined if there is none
     * @throws {InboxError}
     */
    source(path, maxBytes) {
        return this.#request({ method: 'GET', path }, maxBytes);
    }
    /**
     * Deletes something.
     * @param json says what, if the path does not
     * @throws {InboxError} also if the response is 404, which is not a success
     */
    async delete(path, json) {
        const request = { method: 'DELETE', path, json };
        if (!(await this.#request(request, 0)))
            throw (0,_failure_js__WEBPACK_IMPORTED_MODULE_5__/* .rejected */ .nS)('command-refused', replied(request, 404));
    }
    /**
     * Sends a request. Redirects are not followed: they lead to another server.
     * @returns the first `maxBytes` of the body; undefined if the response is 404
     * @throws {InboxError}
     */
    async #request(request, maxBytes) {
        const { timeoutMs } = this.settings;
        const channel = await this.#connect(_net_deadline_js__WEBPACK_IMPORTED_MODULE_1__/* .Deadline */ .B.after(2 * timeoutMs, this.end));
        const deadline = _net_deadline_js__WEBPACK_IMPORTED_MODULE_1__/* .Deadline */ .B.after(timeoutMs * Math.max(1, Math.ceil(maxBytes / _inbox_js__WEBPACK_IMPORTED_MODULE_7__/* .PART_BYTES */ ._)), this.end);
        const exchange = async () => {
            const response = await this.#send(channel, request);
            const { statusCode = 0, statusMessage = '' } = response;
            this.settings.transcript.add('server', `HTTP/${response.httpVersion} ${statusCode} ${statusMessage}`);
            if (statusCode === 404)
                return undefined;
            if (statusCode !== 200)
                throw errorFor(statusCode, request);
            return firstBytes(maxBytes, response);
        };
        try {
            return await deadline.race(exchange(), () => (0,_failure_js__WEBPACK_IMPORTED_MODULE_5__/* .noReply */ .c)(`${request.method} ${request.path}`));
        }
        finally {
            channel.destroy();
        }
    }
    async #connect(deadline) {
        const socket = await (0,_channel_js__WEBPACK_IMPORTED_MODULE_4__/* .connectTo */ .m6)(this.target, this.settings, deadline);
        return this.#isSecure ? (0,_channel_js__WEBPACK_IMPORTED_MODULE_4__/* .secure */ .ek)(socket, this.target.host, this.settings, deadline) : socket;
    }
    get #isSecure() {
        return _plan_schema_values_js__WEBPACK_IMPORTED_MODULE_2__/* .INBOX_SCHEMES */ .Yj[this.target.scheme].tls === 'implicit';
    }
    #send(channel, { method, path, json }) {
        const { host, port, basePath } = this.target;
        const body = json === undefined ? undefined : JSON.stringify(json);
        this.settings.transcript.add('client', `${method} ${basePath}${path}`);
        const sent = (0,node_http__WEBPACK_IMPORTED_MODULE_0__.request)({
            createConnection: () => channel,
            host,
            port,
            method,
            path: `${basePath}${path}`,
            headers: {
                accept: 'application/json, */*',
                connection: 'close',
                ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
                ...this.#authorization(),
            },
        });
        return new Promise((resolve, reject) => {
            sent.on('response', resolve);
            // Stays on: an error without a listener ends the process, and the reader of the body gets it anyway.
            sent.on('error', (error) => {
                reject(incomplete('no HTTP response', error));
            });
            sent.end(body);
        });
    }
    /** A password is only sent over TLS. */
    #authorization() {
        const { username, password } = this.target;
        if (!this.#isSecure || username === undefined || !password)
            return {};
        return { authorization: `Basic ${(0,_secrets_forms_js__WEBPACK_IMPORTED_MODULE_3__/* .basicCredentials */ .BG)(username, password)}` };
    }
}
function errorFor(status, request) {
    const detail = replied(request, status);
    if (status === 401 || status === 403)
        return (0,_failure_js__WEBPACK_IMPORTED_MODULE_5__/* .rejected */ .nS)('login-refused', detail);
    if (status >= 500)
        return (0,_failure_js__WEBPACK_IMPORTED_MODULE_5__/* .temporary */ .q_)('server-error', detail);
    return status >= 400 ? (0,_failure_js__WEBPACK_IMPORTED_MODULE_5__/* .rejected */ .nS)('command-refused', detail) : (0,_failure_js__WEBPACK_IMPORTED_MODULE_5__/* .unusable */ ._P)('invalid-reply', detail);
}
function replied({ method, path }, status) {
    return (0,_text_own_js__WEBPACK_IMPORTED_MODULE_6__/* .own */ .ZV) `the server replied to ${method} ${path} with ${status}`;
}
/**
 * The beginning of a body. Each chunk is copied when it is parsed: Node makes a Buffer of several hundred bytes for
 * every chunk, even of one byte, and those that wait in the stream are in memory at the same time.
 * @throws {InboxError} if the body is incomplete
 */
function firstBytes(maxBytes, body) {
    const first = new _bounded_buffer_js__WEBPACK_IMPORTED_MODULE_8__/* .BoundedBuffer */ .G(maxBytes);
    return new Promise((resolve, reject) => {
        const finish = () => {
            resolve(first.bytes);
        };
        if (maxBytes === 0)
            finish();
        body.on('data', (chunk) => {
            first.add(chunk);
            if (first.total >= maxBytes)
                finish();
        });
        body.on('end', finish);
        body.on('error', (error) => {
            reject(incomplete('the HTTP response is incomplete', error));
        });
    });
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
/** Another connection may get a complete response, unless what the server sends is not HTTP. */
function incomplete(what, error) {
    const code = (0,_text_reason_js__WEBPACK_IMPORTED_MODULE_9__/* .codeOf */ .$)(error);
    if (!code.startsWith('HPE_'))
        return (0,_failure_js__WEBPACK_IMPORTED_MODULE_5__/* .temporary */ .q_)('connection-lost', (0,_text_own_js__WEBPACK_IMPORTED_MODULE_6__/* .own */ .ZV) `${what} (${code})`);
    const { rawPacket } = error;
    // The first bytes of the packet are those that were not understood only if nothing was understood before.
    const isFirst = code === 'HPE_INVALID_CONSTANT' && Buffer.isBuffer(rawPacket);
    return isFirst ? (0,_failure_js__WEBPACK_IMPORTED_MODULE_5__/* .otherProtocol */ .Fi)('HTTP', rawPacket) : (0,_failure_js__WEBPACK_IMPORTED_MODULE_5__/* .unusable */ ._P)('invalid-reply', (0,_text_own_js__WEBPACK_IMPORTED_MODULE_6__/* .own */ .ZV) `${what} (${code})`);
}


/***/ }),

/***/ 5455:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   openMailDevInbox: () => (/* binding */ openMailDevInbox)
/* harmony export */ });
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(2857);
/* harmony import */ var _net_deadline_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7879);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7358);
/* harmony import */ var _headers_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(1030);
/* harmony import */ var _search_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3510);
/* harmony import */ var _api_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5553);
/* harmony import */ var _http_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(3137);
/* harmony import */ var _text_own_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(9203);








/**
 * Versions before 2.0.2 respond with all messages in full. Parsed, JSON can take twenty times its size, and thirty inboxes
 * may respond at the same time, several times before garbage is collected: more would not fit into 256 MiB.
 */
const MAX_LIST_BYTES = 128 * 1024;
/** A message takes more than the 260 bytes that this leaves for each. Validating each takes memory. */
const MAX_LISTED = 500;
const CONFIG = zod__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ version: zod__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP() });
/** A summary has no headers. A field that a message has several times is an array. */
const HEADERS = zod__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ 'message-id': zod__WEBPACK_IMPORTED_MODULE_5__/* .union */ .KCZ([zod__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP(), zod__WEBPACK_IMPORTED_MODULE_5__/* .array */ .YOg(zod__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP())]) }).catch({ 'message-id': '' });
const EMAIL = zod__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ id: _api_js__WEBPACK_IMPORTED_MODULE_3__.ID, subject: zod__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP().default(''), headers: HEADERS });
const EMAILS = zod__WEBPACK_IMPORTED_MODULE_5__/* .array */ .YOg(EMAIL);
const SUMMARIES = zod__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ items: EMAILS });
/**
 * Opens the inbox of a MailDev by its HTTP API, which is under `/api` from version 3 on. It has only one folder.
 * @param stop ends the use of the inbox
 * @throws {InboxError}
 */
async function openMailDevInbox(target, settings, stop) {
    const api = new _http_js__WEBPACK_IMPORTED_MODULE_4__/* .HttpApi */ .R(target, settings, _net_deadline_js__WEBPACK_IMPORTED_MODULE_0__/* .Deadline */ .B.on(stop));
    for (const prefix of ['/api', '']) {
        const config = CONFIG.safeParse(await api.json(`${prefix}/config`));
        if (config.success)
            return (0,_search_js__WEBPACK_IMPORTED_MODULE_2__/* .polledInbox */ .$W)(_api_js__WEBPACK_IMPORTED_MODULE_3__/* .FOLDER */ .L7, (0,_search_js__WEBPACK_IMPORTED_MODULE_2__/* .alwaysOpen */ .kl)(new MailDev(api, prefix)), _api_js__WEBPACK_IMPORTED_MODULE_3__/* .LOOK_AGAIN_MS */ .Um, stop);
    }
    throw (0,_api_js__WEBPACK_IMPORTED_MODULE_3__/* .unknownApi */ .h7)('MailDev');
}
class MailDev {
    api;
    prefix;
    constructor(api, prefix) {
        this.api = api;
        this.prefix = prefix;
    }
    /** The nonce is new with every message, so everything found has arrived since. */
    async look(sought) {
        // Version 2 cannot search for a part of the Subject.
        const bySubject = this.prefix === '' ? [] : await this.#summaries(sought.nonce);
        const found = new Map();
        for (const arrival of [...bySubject, ...(await this.#byMessageId(sought))])
            found.set(arrival.id, arrival);
        return [...found.values()];
    }
    read(id, maxBytes) {
        return this.api.source(`${this.prefix}/email/${id}/source`, maxBytes);
    }
    async remove(ids) {
        for (const id of ids)
            await (0,_api_js__WEBPACK_IMPORTED_MODULE_3__/* .removeFrom */ .z1)(this, [id], () => this.api.delete(`${this.prefix}/email/${id}`));
    }
    async #summaries(text) {
        const query = new URLSearchParams({ search: text, limit: String(_api_js__WEBPACK_IMPORTED_MODULE_3__/* .MAX_FOUND */ .ok) });
        const summaries = SUMMARIES.safeParse(await this.api.json(`${this.prefix}/email/summary?${query.toString()}`));
        if (!summaries.success)
            throw (0,_api_js__WEBPACK_IMPORTED_MODULE_3__/* .unknownApi */ .h7)('MailDev');
        return summaries.data.items.slice(0, _api_js__WEBPACK_IMPORTED_MODULE_3__/* .MAX_FOUND */ .ok).map(arrivalOf);
    }
    /** Versions before 2.0.2 ignore the query, and respond with everything that they have. */
    async #byMessageId(sought) {
        const query = new URLSearchParams({ 'headers.message-id': sought.messageId });
        const list = await this.api.json(`${this.prefix}/email?${query.toString()}`, MAX_LIST_BYTES);
        if (Array.isArray(list) && list.length > MAX_LISTED) {
            throw (0,_failure_js__WEBPACK_IMPORTED_MODULE_1__/* .unusable */ ._P)('too-many-messages', (0,_text_own_js__WEBPACK_IMPORTED_MODULE_6__/* .own */ .ZV) `the server has more than ${MAX_LISTED} messages`);
        }
        const emails = EMAILS.safeParse(list);
        if (!emails.success)
            throw (0,_api_js__WEBPACK_IMPORTED_MODULE_3__/* .unknownApi */ .h7)('MailDev');
        const arrivals = emails.data.map(arrivalOf);
        return arrivals.filter((arrival) => (0,_search_js__WEBPACK_IMPORTED_MODULE_2__/* .isLike */ .ON)(sought, arrival)).slice(0, _api_js__WEBPACK_IMPORTED_MODULE_3__/* .MAX_FOUND */ .ok);
    }
}
function arrivalOf({ id, subject, headers }) {
    return { id, ...(0,_headers_js__WEBPACK_IMPORTED_MODULE_7__/* .boundedHeaders */ .k5)([headers['message-id']].flat().join(' '), subject) };
}


/***/ }),

/***/ 9588:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   _: () => (/* binding */ PART_BYTES)
/* harmony export */ });
/** A large message has the time of one reply for each part of this size. */
const PART_BYTES = 1024 * 1024;


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
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8500);
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_timers_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _message_alterations_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5079);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7358);
/* harmony import */ var _headers_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1030);
/* harmony import */ var _text_own_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9203);





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
