export const id = 133;
export const ids = [133];
export const modules = {

/***/ 6133:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openImapInbox: () => (/* binding */ openImapInbox)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./node_modules/imapflow/dist/esm/imap-flow.js + 61 modules
var imap_flow = __webpack_require__(5469);
// EXTERNAL MODULE: ./src/net/connect.ts + 1 modules
var connect = __webpack_require__(8617);
// EXTERNAL MODULE: ./src/net/deadline.ts
var net_deadline = __webpack_require__(7879);
// EXTERNAL MODULE: ./src/text/peer.ts
var peer = __webpack_require__(875);
;// CONCATENATED MODULE: ./src/inbox/imap-failure.ts

/** Whether the server said no, as opposed to nothing. */
function isRefusal(error) {
    const { responseStatus } = error;
    return responseStatus === 'NO' || responseStatus === 'BAD';
}
/** The server's words where it had any, else the client's; safe to show. */
function whatServerSays(error) {
    const { responseText, reason, message } = error;
    return (0,peer/* brief */.dh)(responseText ?? reason ?? message ?? 'no reason given');
}

// EXTERNAL MODULE: ./src/inbox/inbox.ts
var inbox = __webpack_require__(9588);
;// CONCATENATED MODULE: ./src/inbox/imap-mailbox.ts



/** A server whose IDLE tells nothing, or that has none, is asked again after this long. */
const LOOK_AGAIN_MS = 10_000;
/** The probe has some two thousand octets; a message of that name that is larger than this is not read to its end. */
const MAX_MESSAGE_OCTETS = 1024 * 1024;
const GOODBYE_MS = 1000;
/** One selected mailbox, watched by IDLE for as many waiting messages as there are. */
class ImapMailbox {
    ended;
    #client;
    #timeoutMs;
    /** Messages from this UID on have not been looked at. */
    #nextUid;
    /** UIDs of the messages that have come, by Message-ID. */
    #arrived = new Map();
    /** The look under way, or the last one. */
    #looking = Promise.resolve();
    /** The look that begins when that one has ended. */
    #toLook;
    /** Rises with every sign that there may be something new. */
    #signs = 0;
    #wake = [];
    /**
     * @param client with the mailbox selected, and idling by itself between commands
     * @param nextUid the UID from which on messages are new
     * @param timeoutMs for any one answer
     */
    constructor(client, nextUid, timeoutMs) {
        this.#client = client;
        this.#nextUid = nextUid;
        this.#timeoutMs = timeoutMs;
        this.ended = new Promise((resolve) => {
            if (!client.usable)
                resolve();
            client.on('close', resolve);
        });
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
                await this.#sign(net_deadline/* Deadline */.B.after(LOOK_AGAIN_MS, deadline));
        }
    }
    async close() {
        const deadline = net_deadline/* Deadline */.B.after(GOODBYE_MS);
        await deadline.race(this.#client.logout(), () => new inbox/* InboxUnreachable */.F3('no goodbye')).catch(() => undefined);
        this.#client.close();
    }
    /** Looks at what has come since the last look: one look at a time, and one for all who ask meanwhile. */
    #look() {
        this.#toLook ??= this.#looking
            .catch(() => undefined)
            .then(() => {
            this.#toLook = undefined;
            this.#looking = this.#ask('what is new', this.#readNew());
            return this.#looking;
        });
        return this.#toLook;
    }
    async #readNew() {
        const from = this.#nextUid;
        const range = `${from}:*`;
        for await (const { uid, headers } of this.#client.fetch(range, { headers: ['message-id'] }, { uid: true })) {
            // "n:*" always holds the last message, be its UID below n or not (RFC 9051 section 9, seq-range); and a server
            // may tell of changed flags at any time, with no header and perhaps no UID.
            if (headers === undefined || !(uid >= from))
                continue;
            const messageId = /<[^<>]*>/.exec(headers.toString('latin1'))?.[0];
            if (messageId !== undefined)
                this.#arrived.set(messageId, uid);
            this.#nextUid = Math.max(this.#nextUid, uid + 1);
        }
    }
    async #received(uid) {
        const range = String(uid);
        const query = { source: { maxLength: MAX_MESSAGE_OCTETS } };
        const message = await this.#ask('the message', this.#client.fetchOne(range, query, { uid: true }));
        if (message === false || message.source === undefined) {
            throw new inbox/* InboxRejected */.ty('the message arrived, and was gone before it could be read: something else takes mail out');
        }
        return { source: message.source, delete: () => this.#delete(range) };
    }
    async #delete(range) {
        // Without UIDPLUS (RFC 4315), EXPUNGE would take along whatever else is marked as deleted.
        const deletion = this.#client.capabilities.has('UIDPLUS')
            ? this.#client.messageDelete(range, { uid: true })
            : this.#client.messageFlagsAdd(range, ['\\Deleted'], { uid: true });
        const done = await this.#ask('its deletion', deletion);
        if (done)
            return;
        if (!this.#client.usable)
            throw this.#lost('its deletion');
        throw new inbox/* InboxRejected */.ty('the message arrived, and the server does not let it be deleted');
    }
    /**
     * Waits for an answer, but not longer than for any other.
     * @throws {InboxRejected} where the server refuses
     * @throws {InboxUnreachable} where no answer comes; then the connection is over, lest a late one is misunderstood
     */
    async #ask(about, answer) {
        try {
            return await net_deadline/* Deadline */.B.after(this.#timeoutMs).race(answer, () => new inbox/* InboxUnreachable */.F3(`asked for ${about}, the server gave no answer in time`));
        }
        catch (error) {
            if (isRefusal(error))
                throw new inbox/* InboxRejected */.ty(`asked for ${about}, the server says: ${whatServerSays(error)}`);
            this.#client.close();
            throw error instanceof inbox/* InboxUnreachable */.F3 ? error : this.#lost(about);
        }
    }
    #lost(about) {
        const said = this.#client.byeReason;
        return new inbox/* InboxUnreachable */.F3(`asked for ${about}, the connection was lost${said === undefined ? '' : `: ${whatServerSays({ reason: said })}`}`);
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

;// CONCATENATED MODULE: ./src/inbox/imap.ts








/**
 * Opens a mailbox by IMAP (RFC 9051): `imaps` with TLS from the first byte, `imap` with STARTTLS or not at all.
 * @param stop says that nobody wants the inbox any more; of interest only while it is being opened
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused or the mailbox cannot be opened
 */
async function openImapInbox(target, settings, stop) {
    let objection;
    const client = new imap_flow/* ImapFlow */._f({
        host: target.host,
        port: target.port,
        secure: target.scheme === 'imaps',
        ...(target.scheme === 'imap' && { doSTARTTLS: true }),
        auth: { user: target.username, pass: target.password.reveal() },
        logger: false,
        // IDLE at once after every command: whatever one message needed, the server tells of the next.
        autoIdleDelay: 0,
        connectionTimeout: settings.timeoutMs,
        greetingTimeout: settings.timeoutMs,
        tls: {
            secureContext: settings.context,
            rejectUnauthorized: true,
            // Called once the chain holds, and before anything but the handshake is sent.
            checkServerIdentity: (_host, certificate) => {
                objection = settings.objection(new external_node_crypto_.X509Certificate(certificate.raw));
                return objection === undefined ? undefined : new Error(objection);
            },
        },
    });
    // An error after the connection has been lost is told by `close`; unheard, it would end the process.
    client.on('error', () => undefined);
    const abandon = () => {
        client.close();
    };
    stop.addEventListener('abort', abandon);
    if (stop.aborted)
        abandon();
    // Greeting, upgrade, login and selection have as long together as connecting and one answer may take.
    const deadline = net_deadline/* Deadline */.B.after(2 * settings.timeoutMs);
    const late = () => new inbox/* InboxUnreachable */.F3('no answer in time');
    try {
        await deadline.race(client.connect(), late).catch((error) => {
            throw connectFailure(error, objection);
        });
        const opened = await deadline
            .race(client.mailboxOpen(target.mailbox), late)
            .catch((error) => {
            throw openFailure(error, target.mailbox);
        });
        // RFC 3501 section 6.3.1 lets a server keep UIDNEXT to itself; then every message may be the one.
        return new ImapMailbox(client, opened.uidNext ?? 1, settings.timeoutMs);
    }
    catch (error) {
        client.close();
        throw error;
    }
    finally {
        stop.removeEventListener('abort', abandon);
    }
}
function connectFailure(error, objection) {
    if (error instanceof inbox/* InboxUnreachable */.F3)
        return error;
    const said = whatServerSays(error);
    if (error.authenticationFailed)
        return new inbox/* InboxRejected */.ty(`login refused: ${said}`);
    return new inbox/* InboxUnreachable */.F3(objection ?? `${said} (${(0,connect/* codeOf */.$N)(error)})`);
}
function openFailure(error, mailbox) {
    if (error instanceof inbox/* InboxUnreachable */.F3)
        return error;
    const message = `the mailbox ${(0,peer/* brief */.dh)(mailbox)} cannot be opened: ${whatServerSays(error)}`;
    return isRefusal(error) ? new inbox/* InboxRejected */.ty(message) : new inbox/* InboxUnreachable */.F3(message);
}


/***/ })

};
