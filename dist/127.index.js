export const id = 127;
export const ids = [127];
export const modules = {

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

/***/ 67127:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openImapInbox: () => (/* binding */ openImapInbox)
});

// EXTERNAL MODULE: ./src/net/deadline.ts
var net_deadline = __webpack_require__(47879);
// EXTERNAL MODULE: ./node_modules/imapflow/dist/esm/imap-flow.js + 61 modules
var imap_flow = __webpack_require__(15469);
// EXTERNAL MODULE: ./src/plan/schema/values.ts
var values = __webpack_require__(9661);
// EXTERNAL MODULE: ./src/inbox/failure.ts
var failure = __webpack_require__(7358);
;// CONCATENATED MODULE: ./src/inbox/imap/recorded.ts
/** Responses whose text is the server's own (RFC 9051 section 7), and never from a message. */
const OF_SERVER = /^\* (?:(?:OK|NO|BAD|BYE|PREAUTH|CAPABILITY|ENABLED|FLAGS|ID|NAMESPACE)\b|\d+ (?:EXISTS|RECENT|EXPUNGE)$)/i;
const OF_MESSAGE = /\b(?:ENVELOPE|BODY|BODYSTRUCTURE)\b/i;
const OF_FOLDER = /^\* (?:LIST|LSUB|STATUS) /i;
/** The attributes, the separator and the name of a folder. */
const LISTED = /^\* (?:LIST|LSUB) \(([^)]*)\) (?:"\\?(.)"|NIL) (.*)$/i;
const JUNK_NAME = /^(?:junk(?: e-?mail)?|spam)$/i;
/**
 * A response of an IMAP server as it may be recorded: its status and the folders that the gate uses. Of any other
 * response only the name and the numbers are recorded, because it may be about other mail.
 */
function recordable(line, context) {
    if (/^\+(?: |$)/.test(line))
        return isFetch(context) ? '+ (…)' : line;
    if (!line.startsWith('* '))
        return isReplyTo(context.tag, line) ? line : invalid(Buffer.byteLength(line));
    if (isFetch(context) && !/^\* (?:BYE\b|\d+ (?:EXISTS|RECENT|EXPUNGE)$)/i.test(line))
        return nameOf(line);
    if (OF_SERVER.test(line) && !OF_MESSAGE.test(line))
        return line;
    return OF_FOLDER.test(line) && isKnownFolder(line, context.mailbox) ? line : nameOf(line);
}
/** What is recorded of bytes that the client cannot parse. */
function invalid(bytes) {
    return `(${bytes} bytes that are not valid IMAP)`;
}
/** Data of a message whose end the server got wrong looks like further responses. */
function isFetch({ command }) {
    return /\bFETCH$/i.test(command);
}
function isReplyTo(tag, line) {
    return tag !== '' && line.startsWith(`${tag} `) && /^\S+ (?:OK|NO|BAD)\b/i.test(line);
}
/** Such as `* 1 FETCH (…)`. */
function nameOf(line) {
    const [, numbers = '', name = ''] = /^\* ((?:\d{1,10} )?)([A-Z]{2,14})\b/i.exec(line) ?? [];
    return name === '' ? invalid(Buffer.byteLength(line)) : `* ${numbers}${name.toUpperCase()} (…)`;
}
/** INBOX, the junk folder, the mailbox that the gate reads, its parents, and the same name in a namespace. */
function isKnownFolder(line, mailbox) {
    const [, attributes = '', separator = '', listed = ''] = LISTED.exec(line) ?? [];
    const ofStatus = /^\* STATUS ("(?:[^"\\]|\\.)*"|\S+) \(/i.exec(line)?.[1];
    const name = unquoted(ofStatus ?? listed);
    if (name.toUpperCase() === 'INBOX' || name === mailbox || /\\Junk\b/i.test(attributes))
        return true;
    if (JUNK_NAME.test(lastPart(name, separator)))
        return true;
    return separator !== '' && (mailbox.startsWith(`${name}${separator}`) || name.endsWith(`${separator}${mailbox}`));
}
function lastPart(name, separator) {
    return separator === '' ? name : name.slice(name.lastIndexOf(separator) + 1);
}
function unquoted(name) {
    return name.startsWith('"') ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name;
}

;// CONCATENATED MODULE: ./src/inbox/imap/log.ts

/** What imapflow writes to its log instead of a password or what AUTH makes of it. */
const HIDDEN = /"?\(\* value hidden \*\)"?/g;
/**
 * Records the dialogue of an IMAP client: commands and status, and nothing of other mail. FETCH responses have a log level
 * of their own and are not recorded.
 */
class ImapLog {
    transcript;
    mailbox;
    /** The command that was sent last, such as `LOGIN`; empty before the first one. */
    command = '';
    /** The first line of the server. */
    greeting = '';
    /** The last NO or BAD of the server, without its tag. */
    refusal = '';
    #tag = '';
    #previous = '';
    /** @param mailbox that the gate reads */
    constructor(transcript, mailbox) {
        this.transcript = transcript;
        this.mailbox = mailbox;
    }
    debug = (entry) => {
        const { src, msg } = entry;
        if (typeof msg !== 'string')
            return;
        const text = msg.replace(HIDDEN, '<redacted>');
        if (src === 's') {
            this.greeting ||= text;
            this.#addReply(recordable(text, { tag: this.#tag, command: this.command, mailbox: this.mailbox }));
        }
        else if (src === 'c') {
            const [, tag, command] = /^([0-9A-F]+) ((?:UID )?[A-Z]+)/i.exec(text) ?? [];
            // Within AUTHENTICATE, every line is base64 and may contain the password.
            const isSecret = command === undefined && this.command === 'AUTHENTICATE';
            this.#add('client', isSecret ? '<redacted>' : text);
            this.command = command ?? this.command;
            this.#tag = tag ?? this.#tag;
        }
    };
    /** A line that the client cannot parse is an error. It may be a part of a message. */
    error = ({ src, payloadBytes }) => {
        if (src === 's')
            this.#addReply(invalid(Number(payloadBytes)));
    };
    warn = () => undefined;
    info = () => undefined;
    trace = () => undefined;
    #addReply(text) {
        this.refusal = /^[0-9A-F]+ ((?:NO|BAD)\b.*)/is.exec(text)?.[1] ?? this.refusal;
        // Of many folders or messages, one line is enough.
        if (text.endsWith('(…)') && text === this.#previous)
            return;
        this.#add('server', text);
    }
    #add(from, text) {
        this.#previous = text;
        this.transcript.add(from, text);
    }
}

;// CONCATENATED MODULE: ./src/inbox/imap/namespace.ts
/** The name that the client requests for a mailbox: it adds the prefix of the namespace, except to INBOX. */
function pathOf(mailbox, { prefix } = { prefix: '' }) {
    if (mailbox.toUpperCase() === 'INBOX')
        return 'INBOX';
    return mailbox.startsWith(prefix) ? mailbox : prefix + mailbox;
}

// EXTERNAL MODULE: ./src/text/reason.ts
var text_reason = __webpack_require__(32223);
// EXTERNAL MODULE: ./src/text/peer.ts
var peer = __webpack_require__(50875);
// EXTERNAL MODULE: ./src/text/own.ts
var own = __webpack_require__(89203);
;// CONCATENATED MODULE: ./src/inbox/imap/dialogue.ts




const LOGOUT_WAIT_MS = 1000;
const NO_REASON = 'no reason given';
/** The commands to an IMAP server, one at a time, so that each has its full time. */
class ImapDialogue {
    client;
    timeoutMs;
    /** The end of every command so far. */
    #previous = Promise.resolve();
    /** @param timeoutMs for any one reply */
    constructor(client, timeoutMs) {
        this.client = client;
        this.timeoutMs = timeoutMs;
    }
    /**
     * Sends a command after the replies to those before it.
     * @param about what the command requests
     * @throws {InboxError} `rejected` if the server rejects it. Without a reply the connection is closed, because a late
     *   one could be taken for the reply to the next command
     */
    ask(about, command) {
        const reply = this.#previous.then(() => this.#replyTo(about, command(this.client)));
        this.#previous = reply.catch(() => undefined);
        return reply;
    }
    /** The error for a connection that has ended, if the client has thrown none. */
    lost(about) {
        const reason = this.client.byeReason;
        const said = reason === undefined ? (0,own/* own */.ZV) `` : (0,own/* own */.ZV) `: ${quotedFrom({ reason })}`;
        return (0,failure/* temporary */.q_)('connection-lost', (0,own/* own */.ZV) `the request for ${(0,own/* fixed */.Zu)(about)} failed because the connection was lost${said}`);
    }
    /** Logs out and closes the connection. Never throws. */
    async close() {
        const deadline = net_deadline/* Deadline */.B.after(LOGOUT_WAIT_MS);
        await deadline.race(this.client.logout(), () => new Error('no reply to LOGOUT')).catch(() => undefined);
        this.client.close();
    }
    async #replyTo(about, reply) {
        const late = () => (0,failure/* noReply */.c)(`the request for ${about}`);
        try {
            return await net_deadline/* Deadline */.B.after(this.timeoutMs).race(reply, late);
        }
        catch (error) {
            if (isRefusal(error)) {
                const detail = (0,own/* own */.ZV) `the server rejected the request for ${(0,own/* fixed */.Zu)(about)}: ${quotedFrom(error)}`;
                throw (0,failure/* rejected */.nS)('command-refused', detail, whatServerSays(error));
            }
            this.client.close();
            throw error instanceof failure/* InboxError */.j ? error : this.lost(about);
        }
    }
}
/** Whether the server replied with NO or BAD. */
function isRefusal(error) {
    const { responseStatus } = error;
    return responseStatus === 'NO' || responseStatus === 'BAD';
}
/** The text of the server, escaped. What the client says about it is not the server's. */
function whatServerSays(error) {
    const { responseText, reason } = error;
    return (0,peer/* excerpt */.Kb)(responseText ?? reason ?? NO_REASON);
}
/** The same for a message: in quotation marks, if the server gave a reason. */
function quotedFrom(error) {
    const said = whatServerSays(error);
    return said === NO_REASON ? (0,own/* own */.ZV) `no reason given` : (0,own/* own */.ZV) `"${said}"`;
}

;// CONCATENATED MODULE: ./src/inbox/imap/opening-error.ts






/** The codes of a lost connection or a server that did not reply, of the client and of the system. */
const LOST = new Set([
    'NoConnection',
    'EConnectionClosed',
    'ClosedAfterConnectText',
    'ClosedAfterConnectTLS',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
]);
/** Response codes (RFC 9051 section 7.1) and words for a mailbox that does not exist. */
const MISSING = /\b(?:NONEXISTENT|TRYCREATE)\b|not (?:exist|found)|n.t exist|no such (?:mailbox|folder)|unknown mailbox/i;
/** RFC 5530: the server cannot do it now. */
const UNAVAILABLE = /\b(?:UNAVAILABLE|INUSE|LIMIT)\b/;
/** After any other command, the client has found that it cannot log in. */
const LOGIN = /^(?:LOGIN|AUTHENTICATE)$/i;
/** Why the client could not connect, start TLS or log in. */
function connectError(error, log) {
    if (error instanceof failure/* InboxError */.j)
        return error;
    const said = whatServerSays(error);
    const { authenticationFailed, tlsFailed, reason } = error;
    if (authenticationFailed && !LOGIN.test(log.command)) {
        return (0,failure/* rejected */.nS)('login-disabled', (0,own/* own */.ZV) `the server announces LOGINDISABLED, and no login mechanism that the gate supports`);
    }
    if (authenticationFailed) {
        if (/\bUNAVAILABLE\b/.test(log.refusal)) {
            return (0,failure/* temporary */.q_)('login-unavailable', (0,own/* own */.ZV) `the server cannot check the login now: "${(0,peer/* excerpt */.Kb)(log.refusal)}"`, said);
        }
        return UNAVAILABLE.test(log.refusal)
            ? (0,failure/* temporary */.q_)('server-error', (0,own/* own */.ZV) `the server does not allow a login now: "${(0,peer/* excerpt */.Kb)(log.refusal)}"`, said)
            : (0,failure/* rejected */.nS)('login-refused', quotedFrom(error), said);
    }
    const code = (0,text_reason/* codeOf */.$)(error);
    if (code === 'GREETING_TIMEOUT')
        return (0,failure/* noGreeting */.TL)();
    if (code === 'UPGRADE_TIMEOUT')
        return (0,failure/* noReply */.c)('the TLS handshake after STARTTLS');
    if (code === 'STARTTLS_INJECTION') {
        return (0,failure/* unusable */._P)('data-after-starttls', (0,own/* own */.ZV) `the server sent unencrypted data after it accepted STARTTLS`);
    }
    if (log.command === '' && reason !== undefined) {
        return (0,failure/* unusable */._P)('greeting-refused', (0,own/* own */.ZV) `the server refused the connection with the greeting "BYE ${said}"`, said);
    }
    if (tlsFailed)
        return withoutStartTls(log);
    return lostOr(error, log, (detail) => (0,failure/* unusable */._P)('invalid-reply', detail));
}
/**
 * Why the client could not open a mailbox after the login.
 * @param namespace of the account
 */
function openError(error, mailbox, log, namespace) {
    if (error instanceof failure/* InboxError */.j)
        return error;
    const said = whatServerSays(error);
    if (!isRefusal(error))
        return lostOr(error, log, (detail) => (0,failure/* unusable */._P)('invalid-reply', detail));
    const name = (0,peer/* excerpt */.Kb)(mailbox);
    const reply = (0,peer/* excerpt */.Kb)(log.refusal);
    if (UNAVAILABLE.test(log.refusal)) {
        return (0,failure/* temporary */.q_)('server-error', (0,own/* own */.ZV) `the mailbox "${name}" is not available now: "${reply}"`, said);
    }
    const naming = namingOf(mailbox, namespace);
    const requested = naming.requested === undefined ? (0,own/* own */.ZV) `` : (0,own/* own */.ZV) `, requested as "${naming.requested}"`;
    const reason = naming.suggested === undefined ? 'mailbox-missing' : 'mailbox-separator';
    return error.mailboxMissing === true || MISSING.test(log.refusal)
        ? (0,failure/* rejected */.nS)(reason, (0,own/* own */.ZV) `the login succeeded, but there is no mailbox "${name}"${requested}: "${reply}"`, said, naming)
        : (0,failure/* rejected */.nS)('mailbox-refused', (0,own/* own */.ZV) `the login succeeded, but the mailbox "${name}" cannot be opened: "${reply}"`, said);
}
/** Separators that servers use. A configured name with the wrong one is the name of a different mailbox. */
const SEPARATORS = ['/', '.'];
function namingOf(mailbox, namespace) {
    const requested = pathOf(mailbox, namespace);
    const delimiter = namespace?.delimiter;
    const wrong = SEPARATORS.find((separator) => separator !== delimiter && mailbox.includes(separator));
    const isOther = wrong !== undefined && typeof delimiter === 'string' && !mailbox.includes(delimiter);
    return {
        ...(requested !== mailbox && { requested: (0,peer/* excerpt */.Kb)(requested) }),
        ...(isOther && {
            separator: (0,peer/* excerpt */.Kb)(delimiter),
            suggested: (0,peer/* excerpt */.Kb)(pathOf(mailbox.replaceAll(wrong, delimiter), namespace)),
        }),
    };
}
function withoutStartTls({ command, greeting, refusal }) {
    if (command === 'STARTTLS') {
        const reply = (0,peer/* excerpt */.Kb)(refusal);
        return (0,failure/* unusable */._P)('starttls-refused', (0,own/* own */.ZV) `the server replied to STARTTLS with "${reply}"`, reply);
    }
    if (/^\* PREAUTH\b/i.test(greeting)) {
        return (0,failure/* unusable */._P)('preauth', (0,own/* own */.ZV) `the server greets with PREAUTH, after which STARTTLS is not possible`);
    }
    return (0,failure/* unusable */._P)('starttls-not-offered', (0,own/* own */.ZV) `the server does not offer STARTTLS`);
}
function lostOr(error, { command }, other) {
    const { reason } = error;
    const when = command === '' ? (0,own/* own */.ZV) `before the greeting` : (0,own/* own */.ZV) `after ${(0,own/* fixed */.Zu)(command)}`;
    const code = (0,text_reason/* codeOf */.$)(error);
    if (!LOST.has(code))
        return other((0,own/* own */.ZV) `the server sent something ${when} that the IMAP client does not accept (${code})`);
    const said = reason === undefined ? (0,own/* own */.ZV) ` (${code})` : (0,own/* own */.ZV) `: "${(0,peer/* excerpt */.Kb)(reason)}"`;
    return (0,failure/* temporary */.q_)('connection-lost', (0,own/* own */.ZV) `the connection was lost ${when}${said}`);
}

// EXTERNAL MODULE: ./src/inbox/channel.ts
var channel = __webpack_require__(39367);
;// CONCATENATED MODULE: ./src/inbox/imap/transport.ts





/** RFC 9051 section 7.1: an IMAP server sends one of these first. */
const GREETING = /^\* (?:OK|PREAUTH|BYE)\b/i;
/** Until the mailbox is open. Greeting, login and SELECT have a few kilobytes. */
const MAX_OPENING_BYTES = 32 * 1024;
/**
 * The connection of an IMAP client, with the gate's own handshake and judgment of certificates. The client would leave
 * both to Node, which crashes with certificates on some curves.
 */
class JudgedTransport {
    socket;
    secureLater;
    /** Why the connection was closed, if this side closed it: the client only knows that it was lost. */
    failure = Promise.resolve();
    #bytes = 0;
    /** The beginning of the greeting, until it is known to be one. */
    #greeting = Buffer.alloc(0);
    constructor(socket, secureLater) {
        this.socket = socket;
        this.secureLater = secureLater;
    }
    /**
     * Connects; for `imaps` with a TLS channel that has been judged.
     * @param end the end of every wait
     * @throws {InboxError}
     */
    static async open(target, settings, end) {
        const wait = () => net_deadline/* Deadline */.B.after(settings.timeoutMs, end);
        const socket = await (0,channel/* connectTo */.m6)(target, settings, wait());
        const isImplicit = values/* INBOX_SCHEMES */.Yj[target.scheme].tls === 'implicit';
        const secure = () => (0,channel/* beginSecuring */.qI)(socket, target.host, settings, wait(), !isImplicit);
        return new JudgedTransport(isImplicit ? await secure().judged : socket, secure);
    }
    connect(_options, onConnect) {
        process.nextTick(() => {
            onConnect();
            this.socket.on('data', this.#count);
        });
        return this.socket;
    }
    upgrade(_socket, _options, onSecure) {
        this.socket.off('data', this.#count);
        const { stream, judged } = this.secureLater();
        this.socket = stream;
        this.failure = judged.then(() => {
            onSecure();
            stream.on('data', this.#count);
            return undefined;
        }, (error) => {
            // The client waits for an error, and does not notice the end of the connection.
            stream.emit('error', error);
            return error;
        });
        return stream;
    }
    /** Must be called when the mailbox is open. */
    opened() {
        this.socket.off('data', this.#count);
    }
    #count = (bytes) => {
        this.#checkGreeting(bytes);
        this.#bytes += bytes.length;
        if (this.#bytes <= MAX_OPENING_BYTES)
            return;
        this.#fail((0,failure/* unusable */._P)('too-much-data', (0,own/* own */.ZV) `the server sent more than ${MAX_OPENING_BYTES} bytes before the mailbox was open`));
    };
    /** The client would wait for a greeting until the time is over. */
    #checkGreeting(bytes) {
        if (this.#greeting === undefined)
            return;
        this.#greeting = Buffer.concat([this.#greeting, bytes]);
        const said = this.#greeting.toString('latin1');
        const mayFollow = ['* OK ', '* PREAUTH ', '* BYE '].some((start) => start.startsWith(said.toUpperCase()));
        if (mayFollow)
            return;
        if (!GREETING.test(said))
            this.#fail((0,failure/* otherProtocol */.Fi)('IMAP', this.#greeting));
        this.#greeting = undefined;
    }
    #fail(error) {
        this.failure = Promise.resolve(error);
        this.socket.destroy(error);
    }
}

;// CONCATENATED MODULE: ./src/inbox/imap/client.ts








/** IDLE begins again soon after a command, so that the server announces the next message. */
const IDLE_AFTER_MS = 50;
/** The client's own limits are in gigabytes. */
const MAX_LINE_BYTES = 64 * 1024;
/** A message is fetched in parts of this size, each of which has the time of one reply. */
const FETCH_BYTES = 256 * 1024;
const MAX_LITERAL_BYTES = 2 * FETCH_BYTES;
/** A literal and the lines around it. */
const MAX_RESPONSE_BYTES = 2 * MAX_LITERAL_BYTES;
/** @param state of the folder now, which is kept if it is the first one */
function baselineOf(baselines, path, { uidNext, uidValidity }) {
    const baseline = baselines.get(path) ?? { uidNext, uidValidity, seen: new Set() };
    baselines.set(path, baseline);
    return baseline;
}
/**
 * @param state of the folder now; the first one is kept
 * @returns the UID from which messages are new; 1 if the server does not report it, because any message may be new
 */
function firstNewUid(baselines, path, state) {
    const first = baselineOf(baselines, path, state);
    return areRenumbered([first, state]) ? 1 : (first.uidNext ?? 1);
}
/** Whether a folder has assigned new UIDs between two of these states. */
function areRenumbered(states) {
    return new Set(states.flatMap(({ uidValidity }) => uidValidity ?? [])).size > 1;
}
/**
 * Opens a mailbox by IMAP (RFC 9051): `imaps` with implicit TLS, `imap` with STARTTLS.
 * @param stop ends the attempt
 * @throws {InboxError}
 */
async function connectImap(target, settings, stop, baselines) {
    // Connecting, greeting, TLS, login and selection together have the time of connecting and one reply.
    const deadline = net_deadline/* Deadline */.B.after(2 * settings.timeoutMs, net_deadline/* Deadline */.B.on(stop));
    const log = new ImapLog(settings.transcript, target.mailbox);
    const late = () => (log.command === '' ? (0,failure/* noGreeting */.TL)() : (0,failure/* noReply */.c)(log.command));
    const transport = await JudgedTransport.open(target, settings, deadline);
    const isImplicit = values/* INBOX_SCHEMES */.Yj[target.scheme].tls === 'implicit';
    const client = new imap_flow/* ImapFlow */._f({
        host: target.host,
        port: target.port,
        secure: isImplicit,
        ...(!isImplicit && { doSTARTTLS: true }),
        transport,
        auth: { user: target.username, pass: target.password.reveal() },
        logger: log,
        // A compressed flood would cost the server almost nothing.
        disableCompression: true,
        maxLineLength: MAX_LINE_BYTES,
        maxLiteralSize: MAX_LITERAL_BYTES,
        maxResponseSize: MAX_RESPONSE_BYTES,
        autoIdleDelay: IDLE_AFTER_MS,
        greetingTimeout: settings.timeoutMs,
    });
    // An error without a listener ends the process. The event `close` reports a connection that was lost.
    client.on('error', () => undefined);
    try {
        await deadline.race(client.connect(), late).catch(async (error) => {
            client.close();
            throw connectError((await transport.failure) ?? error, log);
        });
        settings.onMailbox(pathOf(target.mailbox, client.namespace));
        const opened = await deadline
            .race(client.mailboxOpen(target.mailbox).then(unlessLost), late)
            .catch(async (error) => {
            throw openError((await transport.failure) ?? error, target.mailbox, log, client.namespace);
        });
        transport.opened();
        return {
            client,
            nextUid: firstNewUid(baselines, target.mailbox, opened),
            baseline: baselineOf(baselines, target.mailbox, opened),
        };
    }
    catch (error) {
        client.close();
        throw error;
    }
}
/** The client resolves without a mailbox if the connection is lost before. */
function unlessLost(opened) {
    if (!opened)
        throw Object.assign(new Error('the connection was lost'), { code: 'NoConnection' });
    return opened;
}

// EXTERNAL MODULE: ./src/inbox/headers.ts
var inbox_headers = __webpack_require__(41030);
;// CONCATENATED MODULE: ./src/inbox/imap/mailbox.ts







/** For a server without IDLE, or whose IDLE reports nothing. */
const LOOK_AGAIN_MS = 10_000;
/** The most messages that all looks together may list. */
const MAX_RESPONSES = 50_000;
/** They have copies of messages that were sent, and views of other folders (RFC 6154); junk is searched before. */
const NOT_DELIVERED_TO = new Set(['\\Sent', '\\Drafts', '\\All', '\\Flagged', '\\Junk']);
const UNSELECTABLE = ['\\Noselect', '\\NonExistent'];
/** One selected mailbox. Everybody who waits for a message shares its IDLE. */
class ImapMailbox {
    /** Settles when the connection has ended, for any reason. */
    ended;
    #client;
    #dialogue;
    #baseline;
    /** Messages from this UID have not been looked at. */
    #nextUid;
    #arrived = [];
    #responses = 0;
    /** A look that has not begun yet. */
    #nextLook;
    /** Counts the events after which there may be something new. */
    #events = 0;
    #waiting = [];
    /** @param timeoutMs for any one reply */
    constructor({ client, nextUid, baseline }, timeoutMs) {
        this.#client = client;
        this.#baseline = baseline;
        this.#dialogue = new ImapDialogue(client, timeoutMs);
        this.#nextUid = nextUid;
        this.ended = new Promise((resolve) => {
            if (!client.usable)
                resolve();
            client.on('close', resolve);
        });
        client.on('exists', this.wake).on('close', this.wake);
    }
    /** Looks for messages since the last look. Everybody who asks before a look begins shares it. */
    async look() {
        this.#nextLook ??= this.#dialogue.ask('new messages', () => {
            this.#nextLook = undefined;
            return this.#readNew();
        });
        await this.#nextLook;
        return this.#arrived;
    }
    async read(id, maxBytes) {
        const parts = [];
        for (let start = 0; start < maxBytes; start += FETCH_BYTES) {
            const source = { ...(start > 0 && { start }), maxLength: Math.min(FETCH_BYTES, maxBytes - start) };
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
        const about = 'the deletion of the message';
        // Without UIDPLUS (RFC 4315), EXPUNGE would delete every message that is marked as deleted.
        const done = await this.#dialogue.ask(about, (client) => client.capabilities.has('UIDPLUS')
            ? client.messageDelete(ids.join(','), { uid: true })
            : client.messageFlagsAdd(ids.join(','), ['\\Deleted'], { uid: true }));
        if (done)
            return;
        if (!this.#client.usable)
            throw this.#dialogue.lost(about);
        throw (0,failure/* rejected */.nS)('not-deleted', (0,own/* own */.ZV) `the server does not allow the test message to be deleted`);
    }
    /**
     * The junk folder, by its special use (RFC 6154) or by a common name.
     * @returns undefined if there is none, if it is the selected one, or if the server does not report its state
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
            if ((0,failure/* isRejection */.aK)(error))
                return undefined;
            throw error;
        }
    }
    /**
     * The state of another folder (RFC 9051 section 6.3.11).
     * @returns undefined if the server does not report which UID the next message gets
     */
    async stateOf(path) {
        const status = await this.#dialogue.ask('the status of a folder', (client) => client.status(path, { uidNext: true, uidValidity: true }).catch((error) => {
            if ((0,text_reason/* codeOf */.$)(error) === 'NotFound')
                return false;
            throw error;
        }));
        // In spite of its type, it is undefined if the connection was lost meanwhile.
        if (!status || status.uidNext === undefined)
            return undefined;
        return { path, uidNext: status.uidNext, uidValidity: status.uidValidity };
    }
    /**
     * What the UIDs show about the messages that have arrived since the run first opened the mailbox.
     * @returns undefined if the server does not report it, or has assigned new UIDs
     */
    async uidRange() {
        const { uidNext: first, seen } = this.#baseline;
        const { mailbox } = this.#client;
        if (first === undefined || !mailbox)
            return undefined;
        const state = await this.stateOf(mailbox.path);
        if (!state || areRenumbered([this.#baseline, mailbox, state]))
            return undefined;
        // A message may have arrived since the last look.
        await this.look();
        return { first, next: state.uidNext, seen: seen.size };
    }
    /** The paths of the other folders of the account to which messages may be delivered, except the junk folder. */
    async otherFolders() {
        const { mailbox } = this.#client;
        const folders = await this.#dialogue.ask('the folders', (client) => client.list());
        return folders
            .filter(({ path, specialUse = '', flags }) => {
            if (mailbox && mailbox.path === path)
                return false;
            return !NOT_DELIVERED_TO.has(specialUse) && !UNSELECTABLE.some((flag) => flags.has(flag));
        })
            .map(({ path }) => path);
    }
    /** @returns a function that waits for an event since the call of `watch`, or until it is time for another look */
    watch() {
        const events = this.#events;
        return async (deadline) => {
            if (this.#events !== events)
                return;
            const event = new Promise((resolve) => this.#waiting.push(resolve));
            await net_deadline/* Deadline */.B.after(LOOK_AGAIN_MS, deadline)
                .race(event, () => new Error('no event'))
                .catch(() => undefined);
        };
    }
    /** Makes everybody who is waiting look. */
    wake = () => {
        this.#events += 1;
        for (const wake of this.#waiting.splice(0))
            wake();
    };
    /** Logs out and closes the connection. Never throws. */
    close() {
        return this.#dialogue.close();
    }
    async #readNew() {
        // FETCH finds only messages that the server has announced (RFC 9051 section 5.2).
        await this.#client.noop();
        const from = this.#nextUid;
        const range = `${from}:*`;
        const query = { headers: ['message-id', 'subject', 'content-type'] };
        for await (const { uid, headers } of this.#client.fetch(range, query, { uid: true })) {
            this.#responses += 1;
            if (this.#responses > MAX_RESPONSES)
                throw (0,failure/* unusable */._P)('too-many-messages', (0,own/* own */.ZV) `the server listed more than ${MAX_RESPONSES} messages`);
            // "n:*" includes the last message even if its UID is below n (RFC 9051 section 9, seq-range). A server may also
            // report changed flags at any time, without a header and perhaps without a UID. The header can also be NIL.
            if (!Buffer.isBuffer(headers) || !(uid >= from))
                continue;
            this.#baseline.seen.add(uid);
            this.#arrived.push({ id: String(uid), ...(0,inbox_headers/* headersOf */.Yl)(headers) });
            this.#nextUid = Math.max(this.#nextUid, uid + 1);
        }
    }
}

;// CONCATENATED MODULE: ./src/inbox/imap/junk.ts


/**
 * The junk folder (RFC 6154) of an account whose mailbox is open. STATUS shows from time to time, in the background,
 * whether something has arrived. Only then the folder is opened, over its own connection: selecting it on the first one
 * would end IDLE there.
 */
class JunkFolder {
    path;
    nextUid;
    inbox;
    connect;
    timeoutMs;
    #mailbox;
    #arrived = [];
    #hasFailed = false;
    #due = net_deadline/* Deadline */.B.after(LOOK_AGAIN_MS);
    /**
     * @param nextUid the UID from which messages are new
     * @param inbox the mailbox whose connection is used for STATUS
     * @param connect opens the folder
     */
    constructor(path, nextUid, inbox, connect, timeoutMs) {
        this.path = path;
        this.nextUid = nextUid;
        this.inbox = inbox;
        this.connect = connect;
        this.timeoutMs = timeoutMs;
    }
    /** Whether the last look could not be completed. */
    get hasFailed() {
        return this.#hasFailed;
    }
    async look(_sought, last) {
        if (last)
            await this.#lookNow();
        else if (this.#due.remainingMs === 0)
            void this.#lookNow();
        return this.#arrived;
    }
    async read(id, maxBytes) {
        return (await this.#opened()).read(id, maxBytes);
    }
    async remove(ids) {
        await (await this.#opened()).remove(ids);
    }
    /** Closes its connection, if there is one. Never throws. */
    async close() {
        const mailbox = await this.#mailbox?.catch(() => undefined);
        await mailbox?.close();
    }
    async #lookNow() {
        this.#due = net_deadline/* Deadline */.B.after(LOOK_AGAIN_MS);
        try {
            const state = await this.inbox.stateOf(this.path);
            this.#hasFailed = !state;
            if (!state || state.uidNext <= this.nextUid)
                return;
            const before = this.#arrived.length;
            this.#arrived = [...(await (await this.#opened()).look())];
            if (this.#arrived.length > before)
                this.inbox.wake();
        }
        catch {
            this.#hasFailed = true;
            // A message in the inbox is found without the junk folder, and one that is found nowhere has not been received.
        }
    }
    /** Opens the folder once, and again if that failed or the connection has ended. */
    #opened() {
        if (!this.#mailbox) {
            const opening = this.connect().then((connection) => new ImapMailbox(connection, this.timeoutMs));
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
;// CONCATENATED MODULE: ./src/inbox/imap/other-folders.ts





/** One search looks in this many folders. */
const MAX_FOLDERS = 20;
/** Of the messages that a server finds in a folder, this many are checked. */
const MAX_CHECKED = 2;
/**
 * The folders of an account that the gate does not read. A rule may have filed the message in one of them. They are
 * searched over a connection of their own, one search at a time, because servers allow few connections for each account.
 */
class OtherFolders {
    list;
    connect;
    timeoutMs;
    #previous = Promise.resolve();
    /** For all searches of an inbox: a slow server must not delay thousands of endpoints. */
    #leftMs;
    /**
     * @param list the paths of these folders
     * @param connect opens a connection
     * @param timeoutMs for any one reply
     */
    constructor(list, connect, timeoutMs) {
        this.list = list;
        this.connect = connect;
        this.timeoutMs = timeoutMs;
        this.#leftMs = 2 * timeoutMs;
    }
    /** @returns undefined if the search could not be completed. Never throws */
    find(sought) {
        const search = this.#previous.then(async () => {
            const deadline = net_deadline/* Deadline */.B.after(this.#leftMs);
            const found = deadline.isOver ? undefined : await this.#find(sought, deadline).catch(() => undefined);
            this.#leftMs = deadline.remainingMs;
            return found;
        });
        this.#previous = search;
        return search;
    }
    async #find(sought, deadline) {
        const paths = (await this.list()).slice(0, MAX_FOLDERS);
        if (paths.length === 0)
            return { count: 0 };
        const { client } = await this.connect(AbortSignal.timeout(Math.ceil(deadline.remainingMs)));
        const dialogue = new ImapDialogue(client, this.timeoutMs);
        try {
            let count = 0;
            for (const path of paths) {
                if (deadline.isOver)
                    return undefined;
                const uid = await uidIn(dialogue, path, sought);
                if (uid !== undefined)
                    count += 1;
                if (typeof uid === 'number')
                    return { count, found: { folder: path, uid } };
            }
            return { count };
        }
        finally {
            await dialogue.close();
        }
    }
}
/** The UID of the message in a folder, if it is there; undefined if the server does not allow the search. */
async function uidIn(dialogue, path, sought) {
    try {
        await dialogue.ask('a folder', (client) => client.mailboxOpen(path, { readOnly: true }));
        const uids = await dialogue.ask('the message', (client) => client.search({ header: { 'message-id': sought.messageId } }, { uid: true }));
        if (!uids)
            return undefined;
        for (const uid of uids.slice(-MAX_CHECKED)) {
            const query = { headers: ['message-id', 'subject'] };
            const message = await dialogue.ask('the message', (client) => client.fetchOne(String(uid), query, { uid: true }));
            if (message && message.headers && (0,search/* hasMessageId */.hL)(sought, (0,inbox_headers/* headersOf */.Yl)(message.headers)))
                return uid;
        }
        return 'absent';
    }
    catch (error) {
        if ((0,failure/* isRejection */.aK)(error))
            return undefined;
        throw error;
    }
}

// EXTERNAL MODULE: ./src/net/transcript.ts
var transcript = __webpack_require__(90885);
;// CONCATENATED MODULE: ./src/inbox/imap/imap.ts









/**
 * Opens a mailbox by IMAP (RFC 9051), and the junk folder of the account, if there is one.
 * @param stop ends the attempt
 * @throws {InboxError}
 */
async function openImapInbox(target, settings, stop, baselines) {
    const { timeoutMs } = settings;
    const mailbox = new ImapMailbox(await connectImap(target, settings, stop, baselines), timeoutMs);
    const state = await net_deadline/* Deadline */.B.on(stop)
        .race(mailbox.junkFolder(), () => (0,failure/* temporary */.q_)('no-reply', (0,own/* own */.ZV) `the run ended`))
        .catch(async (error) => {
        await mailbox.close();
        throw error;
    });
    // Two dialogues in one transcript could not be told apart.
    const aside = { ...settings, transcript: new transcript/* Transcript */.j(), onMailbox: () => undefined };
    const openJunk = ({ path }) => connectImap({ ...target, mailbox: path }, aside, stop, baselines);
    const junk = state &&
        new JunkFolder(state.path, firstNewUid(baselines, state.path, state), mailbox, () => openJunk(state), timeoutMs);
    const others = new OtherFolders(() => mailbox.otherFolders(), (limit) => connectImap(target, aside, AbortSignal.any([stop, limit]), baselines), timeoutMs);
    const folders = [(0,search/* alwaysOpen */.kl)(mailbox), ...(junk ? [(0,search/* alwaysOpen */.kl)(junk, junk.path)] : [])];
    return {
        ended: mailbox.ended,
        explain: async (sought) => {
            const uids = await mailbox.uidRange().catch(() => undefined);
            const elsewhere = await others.find(sought);
            return {
                folders: [target.mailbox],
                ...(junk && { junk: { folder: junk.path, searched: !junk.hasFailed } }),
                ...(uids && { uids }),
                ...(elsewhere && { elsewhere }),
            };
        },
        find: (sought, deadline) => (0,search/* search */.$P)(folders, sought, deadline, () => mailbox.watch()),
        close: async () => {
            await Promise.all([mailbox.close(), junk?.close()]);
        },
    };
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
