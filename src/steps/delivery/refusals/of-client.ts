import { CONNECTIONS, BUSY, RATE, UNWANTED_MAIL } from '../../replies/limits.js';
import { REPUTATION_SERVICE } from '../../replies/blocklist.js';
import { AS_SENDER } from './of-sender.js';
import { GREYLISTING, mayGreylist } from './of-recipient.js';
import { either, says, type Refusal, type Row } from './refusal.js';

const AUTHENTICATE =
  /\bauthenticat\w+ (is )?(required|first)|\brequires authentication\b|\bauth (is )?required\b|not authenticated|(must|please) authenticate|turn on smtp auth/;
const TLS = /starttls|encrypt/;
/** What the client has said, and not that it has to say it, or a policy of that name. */
const EHLO_NAME = new RegExp(
  [
    String.raw`\b(?:bad|invalid|wrong|forged|fake) (?:helo|ehlo)\b`,
    String.raw`\b(?:helo|ehlo) (?:command rejected|(?:host ?)?names?|arguments?|hosts?|domains?|strings?|greetings?|parameters?)\b`,
    String.raw`\b(?:helo|ehlo)\b[^.;]{0,40}\b(?:invalid|rejected|(?:un|fully[- ])qualified|fqdn|resolve|(?:mis)?match|impersonating)\b`,
  ].join('|'),
);
const REVERSE_NAME = /\breverse (dns|(host ?)?name)|\brdns\b|\bptr\b|\bfind your (reverse )?host ?name\b/;
const REPUTATION =
  /\b(block|black)[- ]?(list|hole)|\bblocked (using|by)\b|\b(dns|r)bl\b|spamhaus|\bip (address )?(reputation|is (blocked|banned|listed))|banned (sending ip|sender\[)|\blisted (at|by|in|on)\b|\bdynamic ip\b|\bopen relay\b(?! not)|\bnot authorized to send email directly\b/;
/** Relaying, in a refusal that is not about the connection to a relay. Hosts named `relay` are left out of the words. */
const RELAYING =
  /\brelay(ing|ed)?\b(?! (recipient table|server\b|unknown\b))|rcpthosts|\bdelivery is not allowed to this address\b|\bcannot deliver mail for\b/;

const isRelayDenial = ({ at, status, text }: Refusal): boolean =>
  ['7.54', '7.64'].includes(status) || (at !== 'MESSAGE' && status !== '1.1' && RELAYING.test(text));

const RELAY_DENIED = { text: 'The server does not relay mail for this client.', cause: 'relay-denied' } as const;

/** Refusals that are about the client: what it has to do first, how often it comes, its names and its IP address. */
export const OF_CLIENT: readonly Row[] = [
  {
    fits: ({ text }) => /must issue a? ?starttls\b/.test(text),
    text: 'The server does not know that the session is encrypted.',
    cause: 'tls-not-seen',
  },
  {
    fits: either(['7.124', '7.129', '7.133', '7.134'], /\bdelivery restriction check failed\b/),
    text: 'The recipient accepts mail only from certain senders.',
    cause: 'sender-restricted',
  },
  {
    fits: says(/\bdirect send (?:is )?not allowed\b/),
    text: 'The organization accepts no mail from its own domains without authentication (Direct Send).',
    cause: 'direct-send',
  },
  { ...RELAY_DENIED, fits: (refusal) => isRelayDenial(refusal) && AUTHENTICATE.test(refusal.text) },
  {
    fits: ({ at, code, text }) => !TLS.test(text) && (code === 530 || (at !== 'MESSAGE' && AUTHENTICATE.test(text))),
    text: 'The server requires authentication first.',
    cause: 'sign-in-required',
  },
  { ...GREYLISTING, fits: (refusal) => mayGreylist(refusal) && /gr[ae]y-?list/.test(refusal.text) },
  {
    fits: either(['7.650', '7.500'], UNWANTED_MAIL),
    text: 'The server defers mail from the IP address of the client.',
    cause: 'client-reputation',
  },
  {
    fits: ({ status, text }) => status === '2.1' && /\breceiving mail\b/.test(text),
    text: 'The mailbox of the recipient gets too much mail at the moment.',
    cause: 'recipient-rate-limit',
  },
  {
    fits: says(BUSY),
    text: 'The server has too much to do at the moment.',
    cause: 'server-busy',
  },
  {
    fits: says(CONNECTIONS),
    text: 'Too many connections are open at the same time.',
    cause: 'connection-limit',
  },
  {
    fits: either(['7.28'], RATE),
    text: 'The rate limit for this client or recipient was exceeded.',
    cause: 'rate-limit',
  },
  {
    fits: says(/\bcredentials for relay\b|\bidentify the sending domain\b/),
    text: 'The server does not know to which account the client belongs.',
    cause: 'account-not-identified',
  },
  {
    fits: ({ status, text }) => EHLO_NAME.test(text) || (status === '5.4' && text.includes('invalid domain name')),
    text: "The server does not accept the client's EHLO name.",
    cause: 'ehlo-name',
  },
  {
    fits: either(['7.25'], REVERSE_NAME),
    text: 'The server requires a valid PTR record for the IP address of the client.',
    cause: 'client-name',
  },
  {
    fits: ({ text, hasAuthenticated }) => hasAuthenticated && AS_SENDER.test(text),
    text: 'The server does not allow this account to send as this sender.',
    cause: 'sender-not-allowed',
  },
  {
    fits: ({ linked }) =>
      /\bsender address \S* ?blocked using|\/query\/domain\/|\bdbl\.|domain present in/.test(linked),
    text: 'The domain of the sender is on a blocklist.',
    cause: 'sender-listed',
  },
  {
    fits: either(['7.51'], /client host rejected: access denied/),
    text: 'A rule of the server does not allow this client.',
    cause: 'client-not-allowed',
  },
  {
    fits: ({ status, linked }) =>
      status === '7.511' ||
      REPUTATION.test(linked) ||
      REPUTATION_SERVICE.test(linked) ||
      linked.includes('client host rejected'),
    text: 'The server rejects the IP address of the client.',
    cause: 'client-reputation',
  },
  { ...RELAY_DENIED, fits: isRelayDenial },
];
