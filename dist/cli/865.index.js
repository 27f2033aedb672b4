export const id = 865;
export const ids = [865];
export const modules = {

/***/ 4865:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   openMailpitInbox: () => (/* binding */ openMailpitInbox)
/* harmony export */ });
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2857);
/* harmony import */ var _net_deadline_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7879);
/* harmony import */ var _api_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5553);
/* harmony import */ var _http_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8146);
/* harmony import */ var _headers_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1030);





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


/***/ })

};
