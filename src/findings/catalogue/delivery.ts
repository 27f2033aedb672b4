import type { CatalogueEntry } from './entry.js';
import { fields } from './evidence.js';

/** What the server that received the message from the gate wrote into it (RFC 5321 section 4.4). */
const TRACE = { received: 'the `Received` line' };

/** Causes that a server can name whichever part of the delivery it rejects. */
const REJECTION_CAUSES = {
  'sign-in-required': {
    remedy:
      'Configure `auth`, or `username` and `password`. If they are configured and come from secrets, check that these exist: a secret that does not exist is empty.',
  },
  'not-authorized': {
    remedy:
      'The server accepted the credentials, but treats the session as unauthenticated. Find out which accounts may send through this server, and on which port (587 and 465 are for submission, 25 is not).',
  },
  greylisting: {
    remedy:
      'Raise `delivery.within` to the time for which the server defers unknown clients (usually five minutes), with `retries` at 1 or more. Or exempt the runner or the sender of the gate from greylisting.',
  },
  'rate-limit': {
    remedy:
      'Hosted runners share their addresses with other users, who count, too. Run the gate less often or with a lower `concurrency`, submit with credentials on port 587 or 465, or exempt the client of the gate from the limit.',
  },
  'client-reputation': {
    remedy:
      'The runner has a bad reputation: hosted runners share their addresses with other users. Submit with credentials on port 587 or 465, where addresses do not count, or run the gate from an address that is known and has a name.',
  },
  'relay-denied': {
    remedy:
      'The server accepts mail for other domains only from known clients, and mail for its own domains from everyone. Configure `auth`, or use a `delivery.to` in a domain of the server. If this domain should be one of them, add it there.',
  },
  'sender-authentication': {
    remedy:
      'Send from a host that the domain of `delivery.from` allows, or allow this one there: add the runner to its SPF record, or let the tested server sign with DKIM. Otherwise use a `delivery.from` whose domain belongs to the server.',
  },
  'sender-unknown': {
    remedy: 'Use a `delivery.from` whose domain has an MX or an address record in DNS and accepts bounces.',
  },
  'sender-not-allowed': {
    remedy:
      'Set `delivery.from` to an address that belongs to the account in `auth`, or give the account the right to send as it.',
  },
  'storage-full': {
    remedy: 'Empty the mailbox or raise its quota. Check for free disk space where the server has its queue.',
  },
  'message-too-large': {
    remedy:
      'Raise the limit of the server (Postfix: `message_size_limit`; Exim: `message_size_limit`; Sendmail: `MaxMessageSize`) or of the mailbox, or lower `delivery.attachment-bytes`.',
  },
  'recipient-unverified': {
    remedy:
      "The server asks the recipient's own server before it accepts mail for it (Postfix: `reject_unverified_recipient`), and got no useful reply. Check that server, or run the gate again later: the result is cached.",
  },
  'recipient-unknown': {
    remedy: 'Check `delivery.to`: the address must exist, and the server must know it (aliases, directory, domain).',
  },
  'mailbox-disabled': {
    remedy: 'Enable the mailbox of `delivery.to`, or use another one.',
  },
  'recipient-refused': {
    remedy:
      "Use a `delivery.to` for which the server accepts mail, or fix the rule that rejects it. The server's log says which rule.",
  },
  'content-filter': {
    remedy:
      "Look for the reason in the filter's log (SpamAssassin, Rspamd, amavis, the provider's quarantine), and exempt the sender of the gate: its probe is the same each time.",
  },
  policy: {
    remedy: "The server's log says which rule it was. Exempt the gate's sender and recipient, or fix the rule.",
  },
  'no-smtputf8': {
    remedy: 'Use addresses in plain ASCII, or a server that offers SMTPUTF8.',
    reference: 'RFC 6531 section 3.1',
  },
  'size-limit': {
    remedy: 'Raise the limit of the server, or lower `delivery.attachment-bytes`.',
    reference: 'RFC 1870 section 4',
  },
} as const;

/** Findings of step 5: the probe message. */
export const DELIVERY = {
  'sender-rejected': {
    title: 'Sender rejected',
    severity: 'error',
    steps: ['delivery'],
    explanation: 'The server rejects the envelope sender (MAIL FROM).',
    evidence: fields('reply'),
    remedy:
      'The reply says why. 530 means that authentication is required: configure `auth`. 550 and 553 mean that this account may not send as `delivery.from`, or that its domain is rejected (SPF, no MX).',
    reference: 'RFC 5321 section 3.3',
    causes: REJECTION_CAUSES,
  },
  'recipient-rejected': {
    title: 'Recipient rejected',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The server rejects the envelope recipient (RCPT TO). If it must (`delivery.expect: refused`), the finding says that the rejection is about something else: the client, the sender, the command. Whether the server would accept the recipient is still open.',
    evidence: fields('reply'),
    remedy:
      'The reply says why. "Relay access denied" means that the server accepts mail for this domain only from authenticated clients: configure `auth`. 550 5.1.1 means that the mailbox does not exist. A temporary code is usually greylisting: raise `delivery.within`.',
    reference: 'RFC 5321 section 3.3',
    causes: REJECTION_CAUSES,
  },
  'message-rejected': {
    title: 'Message rejected',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The server accepted sender and recipient, but rejected the message itself at DATA or after its last line. Or the server announces a lower limit (SIZE) than the size of the message, and the gate sent none.',
    evidence: {
      ...fields('reply'),
      size: 'the size of the message in bytes',
      limit: 'the limit of the server in bytes',
    },
    remedy:
      "The reply says why: a content filter, a policy, a size limit, a quota. Look for the queue ID or the reason in the server's log.",
    reference: 'RFC 5321 section 4.2.5',
    causes: REJECTION_CAUSES,
  },
  'inbox-unreachable': {
    title: 'Inbox unreachable',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The gate cannot read the mailbox in which the probe should arrive: no connection, no TLS, a certificate that is not valid (then no password was sent), or a server that sends too much data. If the connection is lost, or the server does not reply or is busy, the gate tries again: up to `retries` times before the message is sent, and until `delivery.within` is over after that. The finding is inconclusive if the inbox could not be tested from here: a temporary failure of the name lookup, no route, a connection that times out, or a machine that cannot make connections.',
    evidence: fields('reason'),
    remedy:
      'Check `delivery.inbox`: `imaps://` (993) and `pop3s://` (995) use implicit TLS, `imap://` (143) upgrades with STARTTLS and `pop3://` (110) with STLS, `mailpit+http://` (8025) and `maildev+http://` (1080) are unencrypted. Its certificate must be trusted by the same CAs as that of the endpoint: add a private CA to `ca`.',
    reference: 'RFC 8314 section 3.2',
  },
  'inbox-rejected': {
    title: 'Inbox access rejected',
    severity: 'error',
    steps: ['delivery'],
    explanation: 'The inbox rejects the login, does not have the folder, or does not allow the gate to read the probe.',
    evidence: fields('reason'),
    remedy:
      'Check `delivery.username`, `delivery.password` and the folder in `delivery.inbox`. Large providers require an app password for IMAP and POP3.',
    reference: 'RFC 9051 section 6.2',
  },
  'inbox-cleanup-failed': {
    title: 'Inbox cleanup failed',
    severity: 'warning',
    steps: ['delivery'],
    explanation:
      'The probe arrived and was read. Then the gate could not search the inbox for more copies, or could not delete the probe, which may still be there.',
    evidence: fields('reason'),
    remedy:
      'Delete the probe manually if it is still there. The account must be allowed to delete messages. With `delivery.keep: true`, the gate deletes none.',
    reference: 'RFC 9051 section 6.4',
  },
  'message-not-received': {
    title: 'Message accepted but not received',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The server took responsibility for the probe (250), but the probe was not in the inbox within `delivery.within`. For a user, this is lost mail.',
    evidence: fields('messageId'),
    remedy:
      "Search the server's log for the Message-ID: the message may still be queued, in another folder (Junk) or mailbox, or discarded by a filter. If delivery is just slow, raise `delivery.within`.",
    reference: 'RFC 5321 section 6.1',
  },
  'message-altered': {
    title: 'Message altered in transit',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The probe arrived, but a header field that the gate set, or the body, is not what the gate sent. Footers, subject tags and re-encoding break signatures (DKIM) and attachments. If the random value in the body is missing, too, the body was replaced or the message was forged.',
    evidence: { ...fields('messageId'), altered: 'what is different' },
    remedy:
      'Find the filter, gateway or mailing list that changes mail, and exempt this mail from it or let it change copies only.',
    reference: 'RFC 5321 section 6.4',
  },
  'receipt-not-verified': {
    title: 'Receipt not verified',
    severity: 'notice',
    steps: ['delivery'],
    explanation: 'The server accepted the probe. No inbox is configured, so the gate did not check whether it arrived.',
    evidence: {},
    remedy:
      'Configure `delivery.inbox` with its username and password to verify that the message arrives, or set `delivery.expect: accepted` if acceptance is enough.',
  },
  'message-in-junk': {
    title: 'Message in the junk folder',
    severity: 'warning',
    steps: ['delivery'],
    explanation:
      'The message arrived in the junk folder. Recipients do not see such mail, and the provider treats other mail from this sender the same way.',
    evidence: { folder: 'the folder in which the message was' },
    remedy:
      "Read the receiver's verdict in the header of the message (`delivery.keep: true` leaves the message there). Publish SPF, DKIM and DMARC for the sender's domain, and exempt the gate's sender from the filter if only the probe is affected.",
  },
  'message-duplicated': {
    title: 'Message received more than once',
    severity: 'warning',
    steps: ['delivery'],
    explanation:
      'The same message is in the inbox several times. If a server accepts a message but replies too late, the client sends it again. Two routes that lead to the same mailbox have the same effect.',
    evidence: { ...fields('messageId'), copies: 'how many copies there are' },
    remedy:
      'Compare the `Received` lines of the copies: where they differ, a server has sent the message twice (an alias that lists the mailbox two times, a filter that returns a copy, a timeout after the final dot).',
    reference: 'RFC 5321 section 4.5.3.2.6',
  },
  'delivery-hop-unencrypted': {
    title: 'Message received without TLS, according to the server',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The `Received` line of the server that received the message from the gate says that there was no TLS, although the session with the gate was encrypted: something between the two terminates TLS and continues unencrypted. A line says so in words, or by plain `ESMTP` or `ESMTPA` from software that writes `ESMTPS` or `ESMTPSA` whenever there is TLS (Postfix, Exim, Sendmail, OpenSMTPD, Haraka, Stalwart, and Exchange in its own way).',
    evidence: { ...TRACE, with: 'the protocol that it names' },
    remedy:
      'Look for a proxy or a load balancer that terminates TLS in front of the mail server; let it pass the connection through, or use TLS to the mail server. If TLS is terminated there by design and you trust the network between them, waive the finding.',
    reference: 'RFC 3848',
  },
  'delivery-hop-mismatch': {
    title: 'Server names another TLS session',
    severity: 'warning',
    steps: ['delivery'],
    explanation:
      'The `Received` line of the server that received the message from the gate names a TLS version or a cipher suite other than that of the session with the gate: something between the two terminates TLS and starts a new TLS session.',
    evidence: {
      ...TRACE,
      expected: 'version and cipher suite of the session with the gate',
      found: 'version and cipher suite that the server names',
    },
    remedy:
      'Find out what is between the runner and the mail server (a proxy, a filtering gateway, a device that inspects TLS), and whether it is meant to read the mail.',
    reference: 'RFC 3848',
  },
  'delivery-hop-unproved': {
    title: 'No server says whether it received the message with TLS',
    severity: 'notice',
    steps: ['delivery'],
    explanation:
      'No `Received` line of the message can be attributed to the server that received it from the gate, by the name or the address of the gate or by the name of the server; or the line is known only by the name of the server, and names no protocol that the gate uses; or it does not say whether TLS was used. The `with` clause is optional, and some software always writes `SMTP` (Mailpit, Postal) or nothing (Inbucket). The message does not prove that TLS reached that server.',
    evidence: TRACE,
    remedy: 'Nothing to do, unless the server is yours: make it write `with ESMTPS` or `with ESMTPSA` (RFC 3848).',
    reference: 'RFC 5321 section 4.4',
  },
  'delivery-verdict-mismatch': {
    title: 'Unexpected SPF, DKIM or DMARC result',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The message arrived, but one of the checks in `delivery.verdicts` has another result than required. The gate verifies DKIM itself, on the message that arrived and with the key from DNS; one valid signature of any domain is a pass. SPF and DMARC results are those that the named receiver added to the message. A temporary error of the receiver or of the DNS lookup is inconclusive.',
    evidence: {
      ...fields('check', 'required', 'authservId', 'reason'),
      found: 'the result',
      result: 'what the receiver added to the message',
      sender: 'the domain of the sender, if the result is for another domain',
      domain: 'the domain of the DKIM signature',
      selector: 'the selector of the DKIM signature',
    },
    remedy:
      "Compare the DNS records of the sender's domain with the message: the SPF record must allow the server that handed it over, the DKIM selector must have the key that signed, and one of the two must be aligned with the domain in From (DMARC).",
    reference: 'RFC 8601',
  },
  'delivery-verdict-missing': {
    title: 'SPF or DMARC result missing',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The message has no `Authentication-Results` field of the receiver that `delivery.verdicts` names, or that field does not mention the check. Fields of other servers do not count, and neither do fields in the name of the receiver that an earlier server could have written. A field counts if it is above the `Received` line by which the message came in from outside. If there is none, a field directly below that line counts, provided that the line names the receiver. A `Received` line with any address other than loopback counts as a line from outside.',
    evidence: {
      ...fields('check', 'required', 'authservId'),
      present: 'the `Authentication-Results` lines in the message',
    },
    remedy:
      'Compare `authserv-id` with the header of the message, and make sure that the receiver runs the check. If the receiver forwards the message to a mailbox on another machine, use an inbox on the receiver itself, or transfer the message by LMTP over a Unix socket or loopback. Microsoft 365 writes such fields without a name, so they cannot be used. If the receiver does not name itself, remove the check from `delivery.verdicts`.',
    reference: 'RFC 8601 section 5',
  },
  'relay-open': {
    title: 'Recipient accepted that must be rejected',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      '`delivery.expect: refused` says that the server must reject this recipient, but it accepts it. A server that accepts recipients of other domains from anyone is an open relay, and is on every blocklist within days. The session was that of step 4, with the credentials of `auth` if there are any. No message was sent.',
    evidence: { ...fields('reply'), recipient: 'the envelope recipient' },
    remedy:
      'Allow relaying only for authenticated clients and for your own domains (Postfix: `smtpd_relay_restrictions`; Exim: the `acl_smtp_rcpt` ACL with `relay_from_hosts`), and reject recipients that do not exist at RCPT.',
    reference: 'RFC 5321 section 7.9',
  },
  greylisted: {
    title: 'Message accepted after a delay',
    severity: 'notice',
    steps: ['delivery'],
    explanation:
      'The server deferred the message at first, and accepted it later in the same run. Usually this is greylisting, which applies to the first message of every sender.',
    evidence: { reply: 'the first reply', seconds: 'how many seconds later the server accepted the message' },
    remedy: 'Nothing to do. To save the time, exempt the address of the runner or the sender of the gate.',
    reference: 'RFC 6647',
  },
} as const satisfies Record<string, CatalogueEntry>;
