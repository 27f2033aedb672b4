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
/** As many answers to our looks are taken in all; a server that sends more floods us. */
const MAX_ANSWERS = 50_000;
/** As much is kept of a message's Message-ID and Subject; those of the probe have some two hundred octets. */
const MAX_HEADER_OCTETS = 1024;
/** As many messages with the probe's Subject and another Message-ID are read. */
const MAX_NAMESAKES = 8;
const GOODBYE_MS = 1000;
/** One selected mailbox, watched by IDLE for as many waiting messages as there are. */
class ImapMailbox {
    ended;
    #client;
    #timeoutMs;
    /** Messages from this UID on have not been looked at. */
    #nextUid;
    #arrived = [];
    /** To all looks so far. */
    #answers = 0;
    /** The end of all that has been asked so far: one question at a time, so that each has its full time. */
    #turn = Promise.resolve();
    /** A look whose turn has not come yet. */
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
    async find(messageId, deadline, renamed) {
        const strangers = new Set();
        for (;;) {
            const last = deadline.remainingMs === 0;
            const signs = this.#signs;
            await this.#look();
            const named = this.#arrived.find((arrival) => arrival.messageId === messageId);
            if (named) {
                const received = await this.#read(named.uid);
                if (received)
                    return received;
                throw new inbox/* InboxRejected */.ty('the message arrived, and was gone before it could be read: something else takes mail out');
            }
            const other = renamed && (await this.#findRenamed(renamed, strangers));
            if (other)
                return other;
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
    /** @param strangers UIDs of those that were read and are not the one; grows */
    async #findRenamed({ nonce, is }, strangers) {
        const namesakes = this.#arrived.filter(({ header }) => header.includes(nonce)).slice(0, MAX_NAMESAKES);
        for (const { uid } of namesakes) {
            if (strangers.has(uid))
                continue;
            const received = await this.#read(uid);
            if (received && is(received.source))
                return received;
            strangers.add(uid);
        }
        return undefined;
    }
    /** Looks at what has come since the last look; one look for all who ask before its turn comes. */
    #look() {
        this.#toLook ??= this.#ask('what is new', () => {
            this.#toLook = undefined;
            return this.#readNew();
        });
        return this.#toLook;
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
            // may tell of changed flags at any time, with no header and perhaps no UID.
            if (headers === undefined || !(uid >= from))
                continue;
            const header = headers.toString('latin1', 0, MAX_HEADER_OCTETS);
            this.#arrived.push({ uid, messageId: /^message-id:\s*(<[^<>]*>)/im.exec(header)?.[1], header });
            this.#nextUid = Math.max(this.#nextUid, uid + 1);
        }
    }
    /** @returns undefined where there is no such message any more */
    async #read(uid) {
        const range = String(uid);
        const query = { source: { maxLength: inbox/* MAX_MESSAGE_OCTETS */.qx } };
        const message = await this.#ask('the message', () => this.#client.fetchOne(range, query, { uid: true }));
        if (message === false || message.source === undefined)
            return undefined;
        return { source: message.source, delete: () => this.#delete(range) };
    }
    async #delete(range) {
        // Without UIDPLUS (RFC 4315), EXPUNGE would take along whatever else is marked as deleted.
        const done = await this.#ask('its deletion', () => this.#client.capabilities.has('UIDPLUS')
            ? this.#client.messageDelete(range, { uid: true })
            : this.#client.messageFlagsAdd(range, ['\\Deleted'], { uid: true }));
        if (done)
            return;
        if (!this.#client.usable)
            throw this.#lost('its deletion');
        throw new inbox/* InboxRejected */.ty('the message arrived, and the server does not let it be deleted');
    }
    /**
     * Asks when those before have been answered, and waits for the answer no longer than for any other.
     * @throws {InboxRejected} where the server refuses
     * @throws {InboxUnreachable} where no answer comes; then the connection is over, lest a late one is misunderstood
     */
    #ask(about, question) {
        const answer = this.#turn.then(() => this.#answerTo(about, question()));
        this.#turn = answer.catch(() => undefined);
        return answer;
    }
    async #answerTo(about, answer) {
        const late = () => new inbox/* InboxUnreachable */.F3(`asked for ${about}, the server gave no answer in time`);
        try {
            return await net_deadline/* Deadline */.B.after(this.#timeoutMs).race(answer, late);
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








/** Back to IDLE so soon after any command, so that the server tells of the next message whatever the last one needed. */
const IDLE_AFTER_MS = 50;
/** No answer that we ask for has a longer line; the client's own limits are in gigabytes. */
const MAX_LINE_OCTETS = 64 * 1024;
/** Twice the most that we ask for of a message. */
const MAX_LITERAL_OCTETS = 2 * inbox/* MAX_MESSAGE_OCTETS */.qx;
/** A literal, and the lines around it with plenty of room. */
const MAX_ANSWER_OCTETS = 2 * MAX_LITERAL_OCTETS;
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
        // Compressed, a flood would cost its sender next to nothing.
        disableCompression: true,
        maxLineLength: MAX_LINE_OCTETS,
        maxLiteralSize: MAX_LITERAL_OCTETS,
        maxResponseSize: MAX_ANSWER_OCTETS,
        autoIdleDelay: IDLE_AFTER_MS,
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
