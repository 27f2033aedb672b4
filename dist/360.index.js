export const id = 360;
export const ids = [360];
export const modules = {

/***/ 88360:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openImapInbox: () => (/* binding */ openImapInbox)
});

// EXTERNAL MODULE: ./src/net/deadline.ts
var net_deadline = __webpack_require__(47879);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
// EXTERNAL MODULE: ./node_modules/imapflow/dist/esm/imap-flow.js + 61 modules
var imap_flow = __webpack_require__(15469);
// EXTERNAL MODULE: ./src/net/connect.ts
var connect = __webpack_require__(78141);
// EXTERNAL MODULE: ./src/text/peer.ts
var peer = __webpack_require__(50875);
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
var inbox = __webpack_require__(89588);
;// CONCATENATED MODULE: ./src/inbox/imap-client.ts







/** Back to IDLE so soon after any command, so that the server tells of the next message whatever the last one needed. */
const IDLE_AFTER_MS = 50;
/** No answer that we ask for has a longer line; the client's own limits are in gigabytes. */
const MAX_LINE_OCTETS = 64 * 1024;
/** Twice the most that we ask for of a message at a time. */
const MAX_LITERAL_OCTETS = 2 * inbox/* PART_OCTETS */.jz;
/** A literal, and the lines around it with plenty of room. */
const MAX_ANSWER_OCTETS = 2 * MAX_LITERAL_OCTETS;
/** The certificates of a chain that are looked at. */
const MAX_CERTIFICATES = 32;
/**
 * Opens a mailbox by IMAP (RFC 9051): `imaps` with TLS from the first byte, `imap` with STARTTLS or not at all.
 * @param stop says that nobody wants it any more; of interest only while it is being opened
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused or the mailbox cannot be opened
 */
async function connectImap(target, settings, stop) {
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
            checkServerIdentity: (_host, leaf) => {
                objection = settings.objection({ sent: chainOf(leaf) });
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
        return { client, nextUid: opened.uidNext ?? 1 };
    }
    catch (error) {
        client.close();
        throw error;
    }
    finally {
        stop.removeEventListener('abort', abandon);
    }
}
/** The certificates from the leaf up to the anchor, as far as they are known. */
function chainOf(leaf) {
    const chain = [];
    let next = leaf;
    while (next && chain.length < MAX_CERTIFICATES) {
        chain.push(new external_node_crypto_.X509Certificate(next.raw));
        // A root has issued itself.
        const issuer = next.issuerCertificate;
        next = issuer === next ? undefined : issuer;
    }
    return chain;
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

;// CONCATENATED MODULE: ./src/inbox/imap-dialogue.ts



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
        return new inbox/* InboxUnreachable */.F3(`asked for ${about}, the connection was lost${said === undefined ? '' : `: ${whatServerSays({ reason: said })}`}`);
    }
    /** Says goodbye and closes the connection. Never throws. */
    async close() {
        const deadline = net_deadline/* Deadline */.B.after(GOODBYE_MS);
        await deadline.race(this.#client.logout(), () => new inbox/* InboxUnreachable */.F3('no goodbye')).catch(() => undefined);
        this.#client.close();
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
            throw error instanceof inbox/* InboxUnreachable */.F3 ? error : this.lost(about);
        }
    }
}

// EXTERNAL MODULE: ./src/inbox/search.ts
var search = __webpack_require__(3510);
;// CONCATENATED MODULE: ./src/inbox/imap-mailbox.ts





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
        for (let start = 0; start < most; start += inbox/* PART_OCTETS */.jz) {
            const source = { ...(start > 0 && { start }), maxLength: Math.min(inbox/* PART_OCTETS */.jz, most - start) };
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
            const nextUid = await this.nextUidOf(path);
            return nextUid === undefined ? undefined : { path, nextUid };
        }
        catch (error) {
            if (error instanceof inbox/* InboxRejected */.ty)
                return undefined;
            throw error;
        }
    }
    /**
     * The UID that the next message in another folder gets (RFC 9051 section 6.3.11).
     * @returns undefined where the server does not say
     */
    async nextUidOf(path) {
        const status = await this.#dialogue.ask('the state of a folder', (client) => client.status(path, { uidNext: true }).catch((error) => {
            if ((0,connect/* codeOf */.$N)(error) === 'NotFound')
                return false;
            throw error;
        }));
        return status === false ? undefined : status.uidNext;
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
            // may tell of changed flags at any time, with no header and perhaps no UID.
            if (headers === undefined || !(uid >= from))
                continue;
            this.#arrived.push((0,search/* arrival */.G5)(String(uid), headers));
            this.#nextUid = Math.max(this.#nextUid, uid + 1);
        }
    }
}

;// CONCATENATED MODULE: ./src/inbox/imap-junk.ts


/**
 * The folder for junk (RFC 6154) beside a mailbox that is watched. It is asked by STATUS whether anything has come,
 * now and then and in the background, and only then opened, over a connection of its own: selected on the first one,
 * it would end the watch there.
 */
class JunkFolder {
    junk;
    #path;
    #nextUid;
    #beside;
    #connect;
    #timeoutMs;
    #mailbox;
    #arrived = [];
    #due = net_deadline/* Deadline */.B.after(LOOK_AGAIN_MS);
    /**
     * @param beside the mailbox over whose connection it is asked about
     * @param connect opens it
     */
    constructor(folder, beside, connect, timeoutMs) {
        this.junk = folder.path;
        this.#path = folder.path;
        this.#nextUid = folder.nextUid;
        this.#beside = beside;
        this.#connect = connect;
        this.#timeoutMs = timeoutMs;
    }
    async look(_sought, last) {
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
            const nextUid = await this.#beside.nextUidOf(this.#path);
            if (nextUid === undefined || nextUid <= this.#nextUid)
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
            const opening = this.#connect().then(({ client }) => new ImapMailbox({ client, nextUid: this.#nextUid }, this.#timeoutMs));
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

;// CONCATENATED MODULE: ./src/inbox/imap.ts






/**
 * Opens a mailbox by IMAP (RFC 9051), and the folder for junk beside it, where there is one.
 * @param stop says that nobody wants the inbox any more
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused or the mailbox cannot be opened
 */
async function openImapInbox(target, settings, stop) {
    const { timeoutMs } = settings;
    const mailbox = new ImapMailbox(await connectImap(target, settings, stop), timeoutMs);
    const folder = await net_deadline/* Deadline */.B.on(stop)
        .race(mailbox.junkFolder(), () => new inbox/* InboxUnreachable */.F3('given up'))
        .catch(async (error) => {
        await mailbox.close();
        throw error;
    });
    if (!folder)
        return new ImapInbox(mailbox);
    const connect = () => connectImap({ ...target, mailbox: folder.path }, settings, stop);
    return new ImapInbox(mailbox, new JunkFolder(folder, mailbox, connect, timeoutMs));
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
