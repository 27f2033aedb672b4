export const id = 37;
export const ids = [37];
export const modules = {

/***/ 9037:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   openImapInbox: () => (/* binding */ openImapInbox)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_crypto__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var imapflow__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5469);
/* harmony import */ var _net_connect_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8617);
/* harmony import */ var _net_deadline_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(7879);
/* harmony import */ var _text_peer_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(875);
/* harmony import */ var _inbox_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(9588);






/** A server whose IDLE tells nothing, or that has none, is asked again after this long. */
const LOOK_AGAIN_MS = 10_000;
/** The probe has some two thousand octets; a message of that name that is larger than this is not read to its end. */
const MAX_MESSAGE_OCTETS = 1024 * 1024;
const GOODBYE_MS = 1000;
/**
 * Opens a mailbox by IMAP (RFC 9051): `imaps` with TLS from the first byte, `imap` with STARTTLS or not at all.
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused or the mailbox cannot be opened
 */
async function openImapInbox(target, settings) {
    let objection;
    const client = new imapflow__WEBPACK_IMPORTED_MODULE_1__/* .ImapFlow */ ._f({
        host: target.host,
        port: target.port,
        secure: target.scheme === 'imaps',
        ...(target.scheme === 'imap' && { doSTARTTLS: true }),
        auth: { user: target.username, pass: target.password.reveal() },
        logger: false,
        disableAutoIdle: true,
        connectionTimeout: settings.timeoutMs,
        greetingTimeout: settings.timeoutMs,
        tls: {
            secureContext: settings.context,
            rejectUnauthorized: true,
            // Called once the chain holds, and before anything but the handshake is sent.
            checkServerIdentity: (_host, certificate) => {
                objection = settings.objection(new node_crypto__WEBPACK_IMPORTED_MODULE_0__.X509Certificate(certificate.raw));
                return objection === undefined ? undefined : new Error(objection);
            },
        },
    });
    // An error after the connection has been lost is told by `close`; unheard, it would end the process.
    client.on('error', () => undefined);
    const deadline = _net_deadline_js__WEBPACK_IMPORTED_MODULE_3__/* .Deadline */ .B.after(2 * settings.timeoutMs);
    try {
        await deadline.race(client.connect(), () => new _inbox_js__WEBPACK_IMPORTED_MODULE_5__/* .InboxUnreachable */ .F3('no answer in time'));
    }
    catch (error) {
        client.close();
        throw connectFailure(error, objection);
    }
    try {
        const { uidNext } = await deadline.race(client.mailboxOpen(target.mailbox), () => new _inbox_js__WEBPACK_IMPORTED_MODULE_5__/* .InboxUnreachable */ .F3('no answer in time'));
        return new ImapInbox(client, uidNext);
    }
    catch (error) {
        client.close();
        if (error instanceof _inbox_js__WEBPACK_IMPORTED_MODULE_5__/* .InboxUnreachable */ .F3)
            throw error;
        throw new _inbox_js__WEBPACK_IMPORTED_MODULE_5__/* .InboxRejected */ .ty(`the mailbox ${(0,_text_peer_js__WEBPACK_IMPORTED_MODULE_4__/* .brief */ .dh)(target.mailbox)} cannot be opened: ${serverText(error)}`);
    }
}
function connectFailure(error, objection) {
    if (error instanceof _inbox_js__WEBPACK_IMPORTED_MODULE_5__/* .InboxUnreachable */ .F3)
        return error;
    if (error.authenticationFailed)
        return new _inbox_js__WEBPACK_IMPORTED_MODULE_5__/* .InboxRejected */ .ty(`login refused: ${serverText(error)}`);
    if (objection !== undefined)
        return new _inbox_js__WEBPACK_IMPORTED_MODULE_5__/* .InboxUnreachable */ .F3(objection);
    return new _inbox_js__WEBPACK_IMPORTED_MODULE_5__/* .InboxUnreachable */ .F3(`${serverText(error)} (${(0,_net_connect_js__WEBPACK_IMPORTED_MODULE_2__/* .codeOf */ .$N)(error)})`);
}
function serverText(error) {
    const { responseText, message } = error;
    return (0,_text_peer_js__WEBPACK_IMPORTED_MODULE_4__/* .brief */ .dh)(responseText ?? message ?? 'no reason given');
}
/** One mailbox, watched by IDLE for as many waiting messages as there are. */
class ImapInbox {
    #client;
    /** Messages from this UID on have not been looked at. */
    #nextUid;
    /** UIDs of the messages that have come, by Message-ID. */
    #arrived = new Map();
    #looking = Promise.resolve();
    /** Rises with every sign that there may be something new. */
    #signs = 0;
    #wake = [];
    constructor(client, nextUid) {
        this.#client = client;
        this.#nextUid = nextUid;
        client.on('exists', this.#onSign).on('close', this.#onSign);
    }
    async find(messageId, deadline) {
        for (;;) {
            const last = deadline.remainingMs === 0;
            const signs = this.#signs;
            await this.#look();
            const uid = this.#arrived.get(messageId);
            if (uid !== undefined)
                return this.#received(uid);
            if (last)
                return undefined;
            if (this.#signs === signs)
                await this.#sign(_net_deadline_js__WEBPACK_IMPORTED_MODULE_3__/* .Deadline */ .B.after(LOOK_AGAIN_MS, deadline));
        }
    }
    async close() {
        const deadline = _net_deadline_js__WEBPACK_IMPORTED_MODULE_3__/* .Deadline */ .B.after(GOODBYE_MS);
        await deadline.race(this.#client.logout(), () => new _inbox_js__WEBPACK_IMPORTED_MODULE_5__/* .InboxUnreachable */ .F3('no goodbye')).catch(() => undefined);
        this.#client.close();
    }
    /** Looks at what has come since the last look; one look at a time, whoever waits. */
    async #look() {
        this.#looking = this.#looking.catch(() => undefined).then(() => this.#fetchNew());
        return this.#looking;
    }
    async #fetchNew() {
        if (!this.#client.usable)
            throw new _inbox_js__WEBPACK_IMPORTED_MODULE_5__/* .InboxUnreachable */ .F3('the connection to the inbox was lost');
        const range = `${this.#nextUid}:*`;
        for await (const { uid, headers } of this.#client.fetch(range, { headers: ['message-id'] }, { uid: true })) {
            // "n:*" always holds the last message, be its UID below n or not (RFC 9051 section 9, seq-range).
            if (uid < this.#nextUid)
                continue;
            const messageId = /<[^>]*>/.exec(headers?.toString('latin1') ?? '')?.[0];
            if (messageId !== undefined)
                this.#arrived.set(messageId, uid);
            this.#nextUid = uid + 1;
        }
        // Runs until the next command; its end is no news, and the loss of the connection is told by `close`.
        void this.#client.idle().catch(() => undefined);
    }
    async #received(uid) {
        const range = String(uid);
        const message = await this.#client.fetchOne(range, { source: { maxLength: MAX_MESSAGE_OCTETS } }, { uid: true });
        return {
            source: (message !== false && message.source) || Buffer.alloc(0),
            delete: async () => {
                // Without UIDPLUS (RFC 4315), EXPUNGE would take along whatever else is marked as deleted.
                if (this.#client.capabilities.has('UIDPLUS'))
                    await this.#client.messageDelete(range, { uid: true });
                else
                    await this.#client.messageFlagsAdd(range, ['\\Deleted'], { uid: true });
            },
        };
    }
    async #sign(deadline) {
        const sign = new Promise((resolve) => this.#wake.push(resolve));
        await deadline.race(sign, () => new Error('no sign')).catch(() => undefined);
    }
    #onSign = () => {
        this.#signs += 1;
        for (const wake of this.#wake.splice(0))
            wake();
    };
}


/***/ })

};
