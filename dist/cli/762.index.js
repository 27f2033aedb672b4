export const id = 762;
export const ids = [762];
export const modules = {

/***/ 4762:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   startDemo: () => (/* binding */ startDemo)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_crypto__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var yaml__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8815);
/* harmony import */ var _servers_connection_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7512);
/* harmony import */ var _servers_listener_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(8174);
/* harmony import */ var _servers_pki_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(3643);
/* harmony import */ var _servers_scenarios_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6041);






const SERVER_NAME = 'mail.demo.example';
const SENDER = 'gate@demo.example';
const RECIPIENT = 'inbox@demo.example';
const EXAMPLES = {
    'good: STARTTLS': {},
    'good: implicit TLS': { dialogue: { implicit: true }, mapping: { transport: 'implicit' } },
    'insecure: AUTH before TLS': { dialogue: { offers: ['PIPELINING', '8BITMIME', 'STARTTLS', 'AUTH PLAIN LOGIN'] } },
    'broken: certificate expired': { certificate: { notBefore: (0,_servers_pki_js__WEBPACK_IMPORTED_MODULE_4__/* .inDays */ .DV)(-100), notAfter: (0,_servers_pki_js__WEBPACK_IMPORTED_MODULE_4__/* .inDays */ .DV)(-10) } },
    'broken: certificate for a different name': { certificate: { names: ['mail.other.example'] } },
    'broken: intermediate certificate not sent': { certificate: { sends: [] } },
    'broken: no STARTTLS': {
        dialogue: { offers: ['PIPELINING', '8BITMIME'], replies: { STARTTLS: '502 5.5.1 Command not implemented' } },
    },
    'broken: wrong password': { mapping: { auth: { username: SENDER, password: 'the old password' } } },
    'broken: accepted and lost': { deliver: () => undefined, within: 2 },
    'broken: footer added': { deliver: (message) => `${message}--\r\nScanned for viruses.\r\n` },
    'busy: try again later': {
        dialogue: { greeting: ['421 4.7.0 Too busy, try again later', _servers_connection_js__WEBPACK_IMPORTED_MODULE_2__/* .close */ .VN] },
    },
};
/** Starts good, insecure and broken mail servers in this process, with their own CA and inbox. */
async function startDemo() {
    const password = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomBytes)(12).toString('hex');
    const running = await (0,_servers_scenarios_js__WEBPACK_IMPORTED_MODULE_5__/* .startScenarios */ .U)({ name: SERVER_NAME, user: { username: SENDER, password } }, EXAMPLES);
    const inbox = `mailpit+http://${_servers_listener_js__WEBPACK_IMPORTED_MODULE_3__/* .LOOPBACK */ .W}:${running.inboxPort}`;
    const endpoints = running.servers.map(({ name, port, scenario: { mapping, within } }) => ({
        name,
        host: _servers_listener_js__WEBPACK_IMPORTED_MODULE_3__/* .LOOPBACK */ .W,
        port,
        servername: SERVER_NAME,
        ...(within !== undefined && { delivery: { from: SENDER, to: RECIPIENT, inbox, within } }),
        ...mapping,
    }));
    return {
        inputs: {
            endpoints: (0,yaml__WEBPACK_IMPORTED_MODULE_1__/* .stringify */ .As)(endpoints),
            ca: running.ca,
            username: SENDER,
            password,
            'mail-from': SENDER,
            'rcpt-to': RECIPIENT,
            inbox,
            timeout: '5',
            retries: '1',
        },
        close: () => running.close(),
    };
}


/***/ })

};
