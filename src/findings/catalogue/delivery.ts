import type { CatalogueEntry } from './entry.js';
import { fields } from './evidence.js';

/** What the server that took the message from the gate wrote into it (RFC 5321 section 4.4). */
const TRACE = { received: 'the `Received` line' };

/** Findings of step 5: the probe message. */
export const STEP_5 = {
  'sender-rejected': {
    title: 'Sender refused',
    severity: 'error',
    steps: ['delivery'],
    explanation: 'The server refuses the envelope sender (MAIL FROM).',
    evidence: fields('reply'),
    remedy:
      'The text says why. 530 means that authentication is required: configure `auth`. 550 and 553 mean that this account may not send as `delivery.from`, or that its domain is refused (SPF, no MX).',
    reference: 'RFC 5321 section 3.3',
  },
  'recipient-rejected': {
    title: 'Recipient refused',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The server refuses the envelope recipient (RCPT TO). Where it must (`delivery.expect: refused`), this says that the refusal at RCPT is about something else: the client, the sender, the command. Whether the recipient would be taken is still open.',
    evidence: fields('reply'),
    remedy:
      'The text says why. "Relay access denied" means that the server takes mail for this domain only from authenticated clients: configure `auth`. 550 5.1.1 means that the mailbox does not exist. A temporary code is greylisting more often than not: raise `delivery.within`.',
    reference: 'RFC 5321 section 3.3',
  },
  'message-rejected': {
    title: 'Message refused',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'Sender and recipient were accepted, and the message itself was refused at DATA or after its last line; or the server says beforehand (SIZE) that it takes none of that size, and none was sent.',
    evidence: { ...fields('reply'), size: 'the octets of the message', limit: 'how many the server takes' },
    remedy:
      "The text says why: a content filter, a policy, a size limit, a quota. Look for the queue id or the reason in the server's log.",
    reference: 'RFC 5321 section 4.2.5',
  },
  'inbox-unreachable': {
    title: 'Inbox cannot be reached',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The mailbox in which the probe should arrive cannot be read: no connection, no TLS, a certificate that is not valid (then no password was sent), or a server that sends too much data. If the connection is lost, or the server does not answer or is busy, the gate tries again: as often as `retries` says before the message is sent, until `delivery.within` is over after that. The finding is inconclusive if the inbox could not be tested from here: a temporary failure of the name lookup, no route, a connection that times out, or a machine that cannot make connections.',
    evidence: fields('reason'),
    remedy:
      'Check `delivery.inbox`: `imaps://` (993) and `pop3s://` (995) are TLS from the first byte, `imap://` (143) upgrades by STARTTLS and `pop3://` (110) by STLS, `mailpit+http://` (8025) and `maildev+http://` (1080) speak in the clear. Its certificate is held to the same trust anchors as the endpoint: a private CA belongs into `ca`.',
    reference: 'RFC 8314 section 3.2',
  },
  'inbox-rejected': {
    title: 'Inbox refuses us',
    severity: 'error',
    steps: ['delivery'],
    explanation: 'The inbox refuses the login, has no such folder, or does not let the probe be read.',
    evidence: fields('reason'),
    remedy:
      'Check `delivery.username`, `delivery.password` and the folder in `delivery.inbox`. Large providers want an application password for IMAP and POP3.',
    reference: 'RFC 9051 section 6.2',
  },
  'inbox-cleanup-failed': {
    title: 'Message found but not cleaned up',
    severity: 'warning',
    steps: ['delivery'],
    explanation:
      'The probe arrived and was read. Then the inbox could not be searched for further copies, or the probe could not be deleted: it may still be there.',
    evidence: fields('reason'),
    remedy:
      'Delete the probe manually if it is still there. The account must be allowed to delete messages. With `delivery.keep: true`, the gate deletes none.',
    reference: 'RFC 9051 section 6.4',
  },
  'message-not-received': {
    title: 'Message accepted and never arrived',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The server took responsibility for the probe (250), and it was not in the inbox within `delivery.within`. This is how lost mail looks from outside.',
    evidence: fields('messageId'),
    remedy:
      "Follow the message through the server's log by its Message-ID: still queued, sent to another folder (Junk), to another mailbox, or discarded by a filter. If the path is just slow, raise `delivery.within`.",
    reference: 'RFC 5321 section 6.1',
  },
  'message-altered': {
    title: 'Message changed on the way',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The probe arrived, but a header field that the gate set, or the body, is not what was sent. Footers, subject tags and re-encoding break signatures (DKIM) and attachments. If the random value in the body is missing too, the body was replaced or the message was forged.',
    evidence: { ...fields('messageId'), altered: 'what is not as it was sent' },
    remedy: 'Find the filter, gateway or list that changes mail on this path, and exempt it or have it work on copies.',
    reference: 'RFC 5321 section 6.4',
  },
  'receipt-not-verified': {
    title: 'Arrival not verified',
    severity: 'notice',
    steps: ['delivery'],
    explanation: 'The server accepted the probe. No inbox is configured, so nobody looked whether it arrived.',
    evidence: {},
    remedy:
      'Configure `delivery.inbox` with its username and password to verify that the message arrives, or set `delivery.expect: accepted` if acceptance is enough.',
  },
  'message-in-junk': {
    title: 'Message filed as junk',
    severity: 'warning',
    steps: ['delivery'],
    explanation:
      'The message arrived in the folder for junk. Whoever gets such mail does not see it, and a provider that files it there judges the rest of the mail of this sender alike.',
    evidence: { folder: 'the folder in which the message was' },
    remedy:
      "Read the receiver's verdict in the header of the message (`delivery.keep: true` leaves it there): publish SPF, DKIM and DMARC for the sender's domain, and exempt the gate's sender from the filter if only the probe is meant.",
  },
  'message-duplicated': {
    title: 'Message arrived more than once',
    severity: 'warning',
    steps: ['delivery'],
    explanation:
      'The same message is in the inbox several times. A server that takes a message and answers too late is sent it again; so do two routes that lead to the same mailbox.',
    evidence: { ...fields('messageId'), copies: 'how many there are' },
    remedy:
      'Compare the `Received` lines of the copies: where they part, a hop has sent the message twice (an alias that lists the mailbox two times, a filter that hands a copy back, a time-out behind the final dot).',
    reference: 'RFC 5321 section 4.5.3.2.6',
  },
  'delivery-hop-unencrypted': {
    title: 'A server says that it received the message without TLS',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The `Received` line of the server that received the message from the gate says that there was no TLS, although the session with the gate was encrypted: something between the two terminates TLS and continues unencrypted. A line says so in words, or by plain `ESMTP` or `ESMTPA` from software that writes `ESMTPS` or `ESMTPSA` whenever there is TLS (Postfix, Exim, Sendmail, OpenSMTPD, Haraka, Stalwart, and Exchange in its own way).',
    evidence: { ...TRACE, with: 'the protocol that it names' },
    remedy:
      'Look for a proxy or a load balancer that terminates TLS in front of the mail server; let it pass the connection through, or use TLS to the mail server. If TLS is terminated there by design and you trust the path to the mail server, waive the finding.',
    reference: 'RFC 3848',
  },
  'delivery-hop-mismatch': {
    title: 'A server names another TLS session than ours',
    severity: 'warning',
    steps: ['delivery'],
    explanation:
      'The `Received` line of the server that took the message from the gate names a TLS version or a cipher suite that is not that of the session with the gate: something between the two ends TLS and begins it anew.',
    evidence: {
      ...TRACE,
      wanted: 'version and cipher suite of the session with the gate',
      found: 'those that the server names',
    },
    remedy:
      'Find out what stands between the runner and the mail server (a proxy, a filtering gateway, a device that inspects TLS), and whether it is meant to read the mail.',
    reference: 'RFC 3848',
  },
  'delivery-hop-unproved': {
    title: 'No server says how it took the message',
    severity: 'notice',
    steps: ['delivery'],
    explanation:
      'No `Received` line of the message can be attributed to the server that received it from the gate, by the name or the address of the gate or by the name of the server; or the line is known only by the name of the server, and names no protocol that the gate uses; or it does not say whether TLS was used. The `with` clause is optional, and some software always writes `SMTP` (Mailpit, Postal) or nothing (Inbucket). The message does not prove that TLS reached that server.',
    evidence: TRACE,
    remedy:
      'Nothing needs mending, unless the server is yours: let it write `with ESMTPS` or `with ESMTPSA` (RFC 3848).',
    reference: 'RFC 5321 section 4.4',
  },
  'delivery-verdict-mismatch': {
    title: 'SPF, DKIM or DMARC did not come to what was demanded',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The message arrived, and one of the checks of its origin that `delivery.verdicts` names came to something else than is demanded there. DKIM is verified by the gate, on the message that arrived and with the key from DNS, and one valid signature of any domain is a pass; SPF and DMARC are what the named receiver wrote down. A temporary error, of the receiver or of the DNS lookup, is inconclusive.',
    evidence: {
      ...fields('check', 'wanted', 'authservId', 'reason'),
      found: 'what it came to',
      result: 'what the receiver wrote down',
      sender: 'the domain of the sender, where the verdict is of another one',
      domain: 'the domain of the DKIM signature',
      selector: 'its selector',
    },
    remedy:
      "Compare the sender's domain in DNS with what the message shows: the SPF record must allow the server that handed it over, the DKIM selector must hold the key that signed, and one of the two must be aligned with the domain in From (DMARC).",
    reference: 'RFC 8601',
  },
  'delivery-verdict-missing': {
    title: 'The receiver says nothing about SPF or DMARC',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The message has no `Authentication-Results` field of the receiver that `delivery.verdicts` names, or that field does not mention the check. Fields of other servers do not count, and neither do fields in the name of the receiver that an earlier server could have written. A field counts if it is above the `Received` line by which the message came in from outside. If there is none, a field directly below that line counts, provided that the line names the receiver. A `Received` line with any address other than loopback counts as a line from outside.',
    evidence: {
      ...fields('check', 'wanted', 'authservId'),
      present: 'the `Authentication-Results` lines that are there',
    },
    remedy:
      'Compare `authserv-id` with the header of the message, and make sure that the receiver runs the check. If the receiver forwards the message to a mailbox on another machine, use an inbox on the receiver itself, or transfer the message by LMTP over a Unix socket or loopback. Microsoft 365 writes such fields without a name, so they cannot be used. If the receiver does not name itself, remove the check from `delivery.verdicts`.',
    reference: 'RFC 8601 section 5',
  },
  'relay-open': {
    title: 'A recipient is accepted that must be refused',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      '`delivery.expect: refused` says that the server must not take this recipient, and it takes it. A server that takes foreign recipients from strangers is an open relay, and ends on every blocklist within days. The session was the one of step 4, with the credentials of `auth` if there are any. No message was sent.',
    evidence: { ...fields('reply'), recipient: 'the envelope recipient' },
    remedy:
      'Let the server relay for authenticated clients and for its own domains only (Postfix: `smtpd_relay_restrictions`; Exim: the `acl_smtp_rcpt` ACL with `relay_from_hosts`), and refuse recipients that do not exist at RCPT.',
    reference: 'RFC 5321 section 7.9',
  },
  greylisted: {
    title: 'Accepted after a delay',
    severity: 'notice',
    steps: ['delivery'],
    explanation:
      'The server put the message off at first, and took it later in the same run: greylisting, most often, which every sender meets the first time.',
    evidence: { reply: 'what the server said at first', seconds: 'how much later it took the message' },
    remedy: 'Nothing needs mending. To save the time, exempt the address of the runner or the sender of the gate.',
    reference: 'RFC 6647',
  },
} as const satisfies Record<string, CatalogueEntry>;
