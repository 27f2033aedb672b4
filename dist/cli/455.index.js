export const id = 455;
export const ids = [455];
export const modules = {

/***/ 5455:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   openMailDevInbox: () => (/* binding */ openMailDevInbox)
/* harmony export */ });
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(2857);
/* harmony import */ var _net_deadline_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7879);
/* harmony import */ var _api_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5553);
/* harmony import */ var _http_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8146);
/* harmony import */ var _inbox_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9588);
/* harmony import */ var _headers_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(1030);
/* harmony import */ var _search_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(3510);







/** Versions before 2.0.2 answer with all the messages that they have, in full. */
const MAX_LIST_OCTETS = 4 * 1024 * 1024;
/** With a header and a text, each has far more than the eight hundred octets that this allows. Each costs time. */
const MAX_LISTED = 5000;
const CONFIG = zod__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ version: zod__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP() });
/** A summary has no header, and a field that is there twice is a list. */
const HEADERS = zod__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ 'message-id': zod__WEBPACK_IMPORTED_MODULE_5__/* .union */ .KCZ([zod__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP(), zod__WEBPACK_IMPORTED_MODULE_5__/* .array */ .YOg(zod__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP())]) }).catch({ 'message-id': '' });
const EMAIL = zod__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ id: _api_js__WEBPACK_IMPORTED_MODULE_1__.ID, subject: zod__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP().default(''), headers: HEADERS });
const SUMMARIES = zod__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ items: zod__WEBPACK_IMPORTED_MODULE_5__/* .array */ .YOg(EMAIL) });
/**
 * Opens the inbox of a MailDev by its HTTP API: that of version 3 under `/api`, or that of version 2 without. It has
 * one folder, none for junk.
 * @param stop says that nobody wants the inbox any more
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused
 */
async function openMailDevInbox(target, settings, stop) {
    const api = new _http_js__WEBPACK_IMPORTED_MODULE_2__/* .HttpApi */ .R(target, settings, _net_deadline_js__WEBPACK_IMPORTED_MODULE_0__/* .Deadline */ .B.on(stop));
    for (const prefix of ['/api', '']) {
        const answer = await api.json({ path: `${prefix}/config` });
        if (CONFIG.safeParse(answer).success)
            return (0,_api_js__WEBPACK_IMPORTED_MODULE_1__/* .apiInbox */ .JY)(new MailDev(api, prefix), stop);
    }
    throw (0,_api_js__WEBPACK_IMPORTED_MODULE_1__/* .unknownApi */ .h7)('MailDev');
}
class MailDev {
    #api;
    #prefix;
    constructor(api, prefix) {
        this.#api = api;
        this.#prefix = prefix;
    }
    /**
     * The nonce is new with every probe, so what is found has come since. Versions before 2.0.2 take no notice of the
     * question, and answer with all that they have.
     */
    async look(sought) {
        // Version 2 finds nothing by a part of its Subject.
        const namesakes = this.#prefix === '' ? [] : await this.#summaries(sought.nonce);
        const found = new Map();
        for (const arrival of [...namesakes, ...(await this.#named(sought))])
            found.set(arrival.id, arrival);
        return [...found.values()];
    }
    read(id, most) {
        return this.#api.source(`${this.#prefix}/email/${id}/source`, most);
    }
    async remove(ids) {
        for (const id of ids)
            await (0,_api_js__WEBPACK_IMPORTED_MODULE_1__/* .makeSure */ .Sp)(this, [id], () => this.#api.delete(`${this.#prefix}/email/${id}`));
    }
    async #summaries(text) {
        const query = new URLSearchParams({ search: text, limit: String(_api_js__WEBPACK_IMPORTED_MODULE_1__/* .MAX_FOUND */ .ok) });
        const answer = await this.#api.json({ path: `${this.#prefix}/email/summary?${query.toString()}` });
        const summaries = SUMMARIES.safeParse(answer);
        if (!summaries.success)
            throw (0,_api_js__WEBPACK_IMPORTED_MODULE_1__/* .unknownApi */ .h7)('MailDev');
        return summaries.data.items.slice(0, _api_js__WEBPACK_IMPORTED_MODULE_1__/* .MAX_FOUND */ .ok).map(arrivalOf);
    }
    async #named(sought) {
        const query = new URLSearchParams({ 'headers.message-id': sought.messageId });
        const question = { path: `${this.#prefix}/email?${query.toString()}` };
        const found = [];
        let listed = 0;
        const isList = await this.#api.items(question, MAX_LIST_OCTETS, (item) => {
            listed += 1;
            if (listed > MAX_LISTED)
                throw new _inbox_js__WEBPACK_IMPORTED_MODULE_3__/* .InboxUnreachable */ .F3(`the server has over ${MAX_LISTED} messages`);
            const email = EMAIL.safeParse(item);
            if (!email.success)
                throw (0,_api_js__WEBPACK_IMPORTED_MODULE_1__/* .unknownApi */ .h7)('MailDev');
            const arrival = arrivalOf(email.data);
            if (found.length < _api_js__WEBPACK_IMPORTED_MODULE_1__/* .MAX_FOUND */ .ok && (0,_search_js__WEBPACK_IMPORTED_MODULE_4__/* .isLike */ .ON)(sought, arrival))
                found.push(arrival);
        });
        if (!isList)
            throw (0,_api_js__WEBPACK_IMPORTED_MODULE_1__/* .unknownApi */ .h7)('MailDev');
        return found;
    }
}
function arrivalOf({ id, subject, headers }) {
    return { id, ...(0,_headers_js__WEBPACK_IMPORTED_MODULE_6__/* .marks */ .Z8)([headers['message-id']].flat().join(' '), subject) };
}


/***/ })

};
