import { isIP } from 'node:net';
import { authority, command, ehloLine } from './shell.js';
import type { ReproducibleEndpoint, ReproducibleInbox, Subject } from './subject.js';
import { verifiesLikeGate } from './swaks.js';
import { serverCas } from './trusted-cas.js';

/** A server with TLS, and the name that its certificate must have. */
interface TlsServer {
  readonly host: string;
  readonly port: number;
  readonly servername: string;
  /** The options that start TLS; none with implicit TLS. */
  readonly starttls: readonly string[];
}

/**
 * The command that shows what steps 1 to 3 see: the session, the chain, the verification. It ends without waiting for
 * input.
 * @param address the IP address of the server, if it is known: other servers with the same name may behave differently
 */
export function opensslCommand(
  endpoint: ReproducibleEndpoint,
  address?: string,
  ...options: readonly string[]
): string {
  return `${session(endpoint, smtp(endpoint, address), ...options)} </dev/null`;
}

/** The same, but it waits until the server closes the connection, such as after an alert over TLS 1.3. */
export function opensslUntilClosed(endpoint: ReproducibleEndpoint, address?: string): string {
  return opensslCommand(endpoint, address, '-ign_eof');
}

/** The same with the client certificate of the endpoint, or with placeholders for the files that are not known. */
export function clientCertificateCommand(endpoint: ReproducibleEndpoint, { address, evidence }: Subject): string {
  const { certificate = 'your-client-cert.pem', key = 'your-client-key.pem' } = endpoint.tls.client?.paths ?? {};
  // A path that begins with a hyphen would be an option.
  const [certificateFile, keyFile] = [certificate, key].map((path) => path.replace(/^-/, './-')) as [string, string];
  // -cert sends only the first certificate of a file.
  const chain = evidence.clientCertificates === '1' ? [] : ['-cert_chain', certificateFile];
  const words = ['-cert', certificateFile, '-key', keyFile, ...chain, '-ign_eof'];
  return `${session(endpoint, smtp(endpoint, address), ...words)} </dev/null`;
}

/** The command that shows what the server sends over TLS without being asked. It sends nothing over TLS. */
export function greetingOverTlsCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  return `sleep ${PAUSE} | ${session(endpoint, smtp(endpoint, address), ...DATA_ONLY)}`;
}

/** The command that sends EHLO over TLS, and shows what the server sends then. */
export function ehloLineOverTlsCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  const sent = `{ sleep ${PAUSE}; printf '%s\\r\\n' ${ehloLine(endpoint.ehlo)}; sleep ${PAUSE}; }`;
  return `${sent} | ${session(endpoint, smtp(endpoint, address), ...DATA_ONLY)}`;
}

/**
 * The command that sends the first message of SCRAM, which has the username and no password, and shows the reply. Like the
 * gate, it sends nothing to a server whose certificate is not valid.
 * @returns undefined for a username that has to be prepared or escaped (RFC 5802 section 5.1)
 */
export function scramCommand(endpoint: ReproducibleEndpoint, { address, evidence }: Subject): string | undefined {
  const { username = '' } = endpoint.auth ?? {};
  const { mechanism = '' } = evidence;
  if (!/^[\w.@+-]+$/.test(username) || !/^SCRAM-SHA-\d+$/.test(mechanism) || !verifiesLikeGate(endpoint))
    return undefined;
  const message = Buffer.from(`n,,n=${username},r=${NONCE}`).toString('base64');
  const lines = [ehloLine(endpoint.ehlo), command([`AUTH ${mechanism} ${message}`])];
  const sent = lines.map((line) => `sleep ${PAUSE}; printf '%s\\r\\n' ${line}; `).join('');
  const words = session(endpoint, smtp(endpoint, address), '-verify_return_error', ...DATA_ONLY);
  return `{ ${sent}sleep ${PAUSE}; } | ${words}`;
}

/** Any text serves. */
const NONCE = 'rOprNGfwEbeRWgbNEkqO';

/** Seconds within which most servers reply. */
const PAUSE = 4;

/** Shows only what the server sends over TLS, and ends with the input. */
const DATA_ONLY = ['-quiet', '-no_ign_eof'];

/** The command of {@link opensslCommand} with every TLS version and cipher suite that OpenSSL has, to show what the server selects. */
export function anyTlsCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  const old = { ...endpoint, tls: { ...endpoint.tls, minVersion: 'TLSv1' } };
  return `${session(old, smtp(endpoint, address), ...EVERYTHING)} </dev/null`;
}

/** TLS 1.0 and weak keys need security level 0. The cipher suites of TLS 1.3 are a list of their own. */
const EVERYTHING = [
  '-cipher',
  'ALL:COMPLEMENTOFALL:@SECLEVEL=0',
  '-ciphersuites',
  'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256',
];

/**
 * The command with a ClientHello that is as large as one with a post-quantum key share, which only OpenSSL 3.5 and later
 * send by default. Servers without ALPN ignore the extension.
 */
export function largeHelloCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  return `${session(endpoint, smtp(endpoint, address))} -alpn "$(printf '%0250d,' 1 2 3 4 5 6)smtp" </dev/null`;
}

/** The command that shows the pin of the server's key, without the prefix `sha256/`. */
export function pinCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  return [
    certificateCommand(['-pubkey'], endpoint, address),
    'openssl pkey -pubin -outform DER',
    'openssl dgst -sha256 -binary',
    'openssl base64',
  ].join(' | ');
}

/** The command that shows whether the certificate is for servers. The purpose "Netscape SSL server" is a different one. */
export function purposeCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  return `${certificateCommand(['-purpose'], endpoint, address)} | grep '^SSL server'`;
}

/** The command that shows a part of the server's certificate. @param part an option of `openssl x509` and its value */
export function certificateCommand(part: readonly string[], endpoint: ReproducibleEndpoint, address?: string): string {
  return `${opensslCommand(endpoint, address)} 2>/dev/null | ${command(['openssl', 'x509', '-noout', ...part])}`;
}

/** The command that shows the key identifiers of all certificates that the server sends. */
export function keyIdsCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  return `${allCertificates(endpoint, address)} | grep -A1 -E 'Subject:|Key Identifier'`;
}

/** The command that shows the keys, signatures, dates and limits of all certificates that the server sends. */
export function chainTextCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  return `${allCertificates(endpoint, address)} | ${PROPERTIES}`;
}

/** The same for the certificates in `ca`. Undefined if the chain does not end there, or without such a file. */
export function caTextCommand(endpoint: ReproducibleEndpoint): string | undefined {
  const { file, before } = serverCas(endpoint);
  return file === undefined ? undefined : `${before}${certificatesIn(file)} | ${PROPERTIES}`;
}

const PROPERTIES = "grep -E 'Subject:|Public-Key|Signature Algorithm|Not After|Bad time|Permitted|Excluded|DNS:'";

function allCertificates(endpoint: ReproducibleEndpoint, address?: string): string {
  const sent = `${session(endpoint, smtp(endpoint, address), '-showcerts')} </dev/null 2>/dev/null`;
  return `${sent} | ${certificatesIn('/dev/stdin')}`;
}

/** All certificates of a file as text. `openssl x509` reads only the first. */
function certificatesIn(file: string): string {
  return `${command(['openssl', 'crl2pkcs7', '-nocrl', '-certfile', file])} | openssl pkcs7 -print_certs -noout -text`;
}

/** The command that shows the TLS session with an inbox. It sends no credentials. Undefined if the inbox has no TLS. */
export function inboxTlsCommand(endpoint: ReproducibleEndpoint): string | undefined {
  const words = inboxSession(endpoint);
  return words && `${words} </dev/null`;
}

/** The command that shows what an inbox sends over TLS without being asked. */
export function inboxGreetingOverTlsCommand(endpoint: ReproducibleEndpoint): string | undefined {
  const words = inboxSession(endpoint, ...DATA_ONLY);
  return words && `sleep ${PAUSE} | ${words}`;
}

function inboxSession(endpoint: ReproducibleEndpoint, ...more: readonly string[]): string | undefined {
  const inbox = endpoint.delivery?.inbox;
  const starttls = inbox && startTlsOf(inbox);
  if (!inbox || !starttls) return undefined;
  const { host, port } = inbox;
  // Its chain is not that of the server.
  const own = { ...endpoint, endsInDefaultStore: inbox.endsInDefaultStore === true };
  return session(own, { host, port, servername: host, starttls }, ...more);
}

/**
 * The options with which a server can only use its certificate of one key type. Without a signature algorithm for ECDSA,
 * OpenSSL offers no cipher suite for it either. Issuers of ECDSA certificates often have RSA keys, so RSA is offered for
 * the chain: up to TLS 1.2 without a cipher suite for it, and TLS 1.3 allows PKCS #1 only there.
 */
const OF_KEY_TYPE: Readonly<Record<string, readonly string[]>> = {
  RSA: ['-sigalgs', 'RSA-PSS+SHA256:RSA+SHA256'],
  ECDSA: ['-sigalgs', 'ECDSA+SHA256:ECDSA+SHA384:RSA+SHA256', '-cipher', 'DEFAULT:!aRSA'],
};

function smtp({ host, port, transport, servername, ehlo }: ReproducibleEndpoint, address = host): TlsServer {
  const starttls = ['-starttls', 'smtp', ...(ehlo === undefined ? [] : ['-name', ehlo])];
  return { host: address, port, servername, starttls: transport === 'starttls' ? starttls : [] };
}

function startTlsOf({ scheme }: ReproducibleInbox): string[] | undefined {
  if (scheme.endsWith('s')) return [];
  return scheme === 'imap' || scheme === 'pop3' ? ['-starttls', scheme] : undefined;
}

function session(
  endpoint: ReproducibleEndpoint,
  { host, port, servername, starttls }: TlsServer,
  ...more: readonly string[]
): string {
  const { file, before } = serverCas(endpoint);
  const name =
    isIP(servername) === 0
      ? ['-servername', servername, '-verify_hostname', servername]
      : // Without -noservername, s_client sends the host as SNI.
        ['-noservername', '-verify_ip', servername];
  const words = [
    ...['openssl', 's_client', '-connect', authority(host, port)],
    ...starttls,
    ...name,
    ...(file === undefined ? [] : ['-CAfile', file]),
    ...['-min_protocol', endpoint.tls.minVersion],
    ...(OF_KEY_TYPE[endpoint.keyType ?? ''] ?? []),
    ...more,
  ];
  return before + command(words);
}
