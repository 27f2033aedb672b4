import { entriesOf, REPLY, type CatalogEntry, type Cause } from './entry.js';
import { fields } from './evidence.js';

const { error, warning, notice } = entriesOf(['delivery']);

/** What the server that received the message from the gate wrote into it (RFC 5321 section 4.4). */
const TRACE = { received: 'the `Received` line' };

/** Causes that a server can name when it rejects any part of the delivery. */
const REJECTION_CAUSES = {
  'sign-in-required': {
    party: 'server',
    certainty: 'likely',
    remedy:
      'Configure `auth`, or `username` and `password`. If they are configured and come from secrets, check that these exist: a secret that does not exist is empty.',
  },
  'not-authorized': {
    party: 'server',
    certainty: 'likely',
    remedy:
      'The server accepted the credentials, but treats the session as unauthenticated. Find out which accounts may send through this server, and on which port (587 and 465 are for submission, 25 is not).',
  },
  greylisting: {
    party: 'server',
    certainty: 'likely',
    remedy:
      'Raise `delivery.within` to the time for which the server defers unknown clients (usually five minutes), with `retries` at 1 or more. Or exempt the runner, or the address in `delivery.from`, from greylisting.',
  },
  'rate-limit': {
    party: 'server',
    certainty: 'likely',
    remedy:
      "GitHub-hosted runners share their IP addresses with other users, whose messages count toward the same limit. Run the gate less often or with a lower `concurrency`, submit with credentials on port 587 or 465, or exempt the runner's IP address from the limit.",
  },
  'client-reputation': {
    party: 'server',
    certainty: 'likely',
    remedy:
      "The runner's IP address has a bad reputation: GitHub-hosted runners share their IP addresses with other users. Submit with credentials on port 587 or 465, where IP reputation is usually not checked, or run the gate from an IP address with a good reputation and a PTR record.",
  },
  'relay-denied': {
    party: 'server',
    certainty: 'likely',
    remedy:
      'The server accepts mail for other domains only from known clients, and mail for its own domains from everyone. Configure `auth`, or use a `delivery.to` in a domain of the server. If the server should accept mail for the domain of the recipient, add the domain to its configuration.',
  },
  'sender-authentication': {
    party: 'server',
    certainty: 'likely',
    remedy:
      'Send through a server that the SPF record of the `delivery.from` domain allows, or allow this client: add the runner to the SPF record, or let the tested server sign with DKIM. Otherwise use a `delivery.from` whose domain belongs to the server.',
  },
  'sender-unknown': {
    party: 'server',
    certainty: 'likely',
    remedy: 'Use a `delivery.from` whose domain has an MX or an address record in DNS and accepts bounces.',
  },
  'sender-not-allowed': {
    party: 'server',
    certainty: 'likely',
    remedy:
      'Set `delivery.from` to an address that belongs to the account in `auth`, or allow the account to send as that address.',
  },
  'storage-full': {
    party: 'server',
    certainty: 'likely',
    remedy: 'Empty the mailbox or raise its quota. Check the free disk space for the queue of the server.',
  },
  'message-too-large': {
    party: 'server',
    certainty: 'likely',
    remedy:
      'Raise the limit of the server (Postfix: `message_size_limit`; Exim: `message_size_limit`; Sendmail: `MaxMessageSize`) or of the mailbox, or lower `delivery.attachment-bytes`.',
  },
  'recipient-unverified': {
    party: 'server',
    certainty: 'likely',
    remedy:
      "The server asks the recipient's own server before it accepts mail for it (Postfix: `reject_unverified_recipient`), and got no useful reply. Check that server, or run the gate again later: the result is cached.",
  },
  'recipient-unknown': {
    party: 'server',
    certainty: 'likely',
    remedy:
      'Check `delivery.to`: the address must exist, and the server must be able to find it (aliases, directory, domain).',
  },
  'mailbox-disabled': {
    party: 'server',
    certainty: 'likely',
    remedy: 'Enable the mailbox of `delivery.to`, or use a different one.',
  },
  'recipient-refused': {
    party: 'server',
    certainty: 'likely',
    remedy:
      "Use a `delivery.to` for which the server accepts mail, or fix the rule that rejects it. The server's log says which rule.",
  },
  'content-filter': {
    party: 'server',
    certainty: 'likely',
    remedy:
      "Look for the reason in the filter's log (SpamAssassin, Rspamd, amavis, the provider's quarantine), and exempt the address in `delivery.from`: the text of the test message is always the same.",
  },
  policy: {
    party: 'server',
    certainty: 'likely',
    remedy:
      "The server's log says which rule it was. Exempt the addresses in `delivery.from` and `delivery.to`, or fix the rule.",
  },
  'no-smtputf8': {
    party: 'server',
    certainty: 'likely',
    remedy: 'Use addresses in plain ASCII, or a server that offers SMTPUTF8.',
    reference: 'RFC 6531 section 3.1',
  },
  'size-limit': {
    party: 'server',
    certainty: 'likely',
    remedy: 'Raise the limit of the server, or lower `delivery.attachment-bytes`.',
    reference: 'RFC 1870 section 4',
  },
} as const satisfies Readonly<Record<string, Cause>>;

/** Findings of step 5: the test message. */
export const DELIVERY = {
  'sender-rejected': error(
    'Sender rejected',
    'The server rejects the envelope sender (MAIL FROM).',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'The reply says why. 530 means that authentication is required: configure `auth`. 550 and 553 mean that this account may not send as `delivery.from`, or that its domain is rejected (SPF, no MX).',
      reproduce: { command: 'delivery', shows: REPLY },
    },
    { evidence: fields('reply'), reference: 'RFC 5321 section 3.3', causes: REJECTION_CAUSES },
  ),
  'recipient-rejected': error(
    'Recipient rejected',
    'The server rejects the envelope recipient (RCPT TO). With `delivery.expect: refused`, the finding means that the rejection is about something else (the client, the sender or the command), or is in words that the gate does not recognize. It does not show that the server rejects the recipient.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'The reply says why. "Relay access denied" means that the server accepts mail for this domain only from authenticated clients: configure `auth`. 550 5.1.1 means that the mailbox does not exist. A temporary code is usually greylisting: raise `delivery.within`.',
      reproduce: { command: 'delivery', shows: REPLY },
    },
    { evidence: fields('reply'), reference: 'RFC 5321 section 3.3', causes: REJECTION_CAUSES },
  ),
  'message-rejected': error(
    'Message rejected',
    "The server accepted sender and recipient, but rejected the message itself at DATA or after its last line. Or the message is larger than the server's SIZE limit, so the gate did not send it.",
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "The reply says why: a content filter, a policy, a size limit, a quota. Look for the queue ID or the reason in the server's log.",
      reproduce: { command: 'delivery', shows: REPLY },
    },
    {
      evidence: {
        ...fields('reply'),
        size: 'the size of the message in bytes',
        limit: 'the limit of the server in bytes',
      },
      reference: 'RFC 5321 section 4.2.5',
      causes: REJECTION_CAUSES,
    },
  ),
  'inbox-unreachable': error(
    'Inbox unreachable',
    'The gate cannot read the mailbox in which the test message should arrive: no connection, no TLS, a certificate that is not valid (then no password was sent), or a server that sends too much data. If the connection is lost, or the server does not reply or is busy, the gate tries again: up to `retries` times before the message is sent, and after that until `delivery.within` has elapsed. The finding is inconclusive if the runner could not test the inbox: a temporary DNS failure, no route, a connection that times out, or a machine that cannot open connections.',
    {
      party: 'inbox',
      certainty: 'likely',
      remedy:
        'Check `delivery.inbox`: `imaps://` (993) and `pop3s://` (995) use implicit TLS, `imap://` (143) upgrades with STARTTLS and `pop3://` (110) with STLS, `mailpit+http://` (8025) and `maildev+http://` (1080) are unencrypted. The certificate of the inbox must chain to a CA that the gate trusts for the endpoint: add a private CA to `ca`.',
    },
    { evidence: fields('reason'), reference: 'RFC 8314 section 3.2' },
  ),
  'inbox-rejected': error(
    'Inbox access rejected',
    'The inbox rejects the login, does not have the mailbox, or does not allow the gate to read the test message.',
    {
      party: 'inbox',
      certainty: 'likely',
      remedy:
        'Check `delivery.username`, `delivery.password` and the mailbox in `delivery.inbox`. Large providers require an app password for IMAP and POP3.',
    },
    { evidence: fields('reason'), reference: 'RFC 9051 section 6.2' },
  ),
  'inbox-cleanup-failed': warning(
    'Inbox cleanup failed',
    'The test message arrived and was read. Then the gate could not search the inbox for more copies, or could not delete the message, which may still be there.',
    {
      party: 'inbox',
      certainty: 'likely',
      remedy:
        'Delete the test message manually if it is still there. The account must be allowed to delete messages. With `delivery.keep: true`, the gate deletes none.',
    },
    { evidence: fields('reason'), reference: 'RFC 9051 section 6.4' },
  ),
  'message-not-received': error(
    'Message accepted but not received',
    'The server took responsibility for the test message (250), but the message was not in the inbox within `delivery.within`. For a user, this is lost mail.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Search the server's log for the Message-ID: the message may still be queued, in a different folder (Junk) or mailbox, or discarded by a filter. If delivery is just slow, raise `delivery.within`.",
    },
    { evidence: fields('messageId'), reference: 'RFC 5321 section 6.1' },
  ),
  'message-altered': error(
    'Message altered in transit',
    'The test message arrived, but a header field that the gate set, or the body, is not what the gate sent. Footers, subject tags and other changes invalidate signatures (DKIM). If the random value in the body is also missing, the body was replaced or the message was forged.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: 'Find the filter, gateway or mailing list that changes mail, and exempt the test message from it.',
    },
    { evidence: { ...fields('messageId'), altered: 'what is different' }, reference: 'RFC 5321 section 6.4' },
  ),
  'message-reencoded': warning(
    'Message encoded again in transit',
    'The test message arrived, and every decoded part is what the gate sent, but a server has written the MIME structure again: a different boundary, a preamble, a different transfer encoding, or different parameters of a MIME field. Such a change invalidates every DKIM signature of the body, and breaks messages that are signed or encrypted (S/MIME, PGP).',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Find the server that rewrites MIME (the message lists what is different), and turn that off. If the mail of this server is signed with DKIM afterwards and is never signed by its authors, waive the finding.',
      examples: 'Courier: the line `opt MIME=none` in its `bofh` file.',
    },
    { evidence: { ...fields('messageId'), altered: 'what is different' }, reference: 'RFC 6376 section 5.3' },
  ),
  'receipt-not-verified': notice(
    'Receipt not verified',
    'The server accepted the test message. No inbox is configured, so the gate did not check whether it arrived.',
    {
      party: 'configuration',
      certainty: 'certain',
      remedy:
        'Configure `delivery.inbox` with its username and password to verify that the message arrives, or set `delivery.expect: accepted` if acceptance is enough.',
    },
    { evidence: {} },
  ),
  'message-in-junk': warning(
    'Message in the junk folder',
    'The message arrived in the junk folder. Recipients do not see such mail, and the provider treats other mail from this sender the same way.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Read what the receiver's spam filter wrote in the header of the message (`delivery.keep: true` leaves the message in the junk folder). Publish SPF, DKIM and DMARC for the sender's domain, and exempt the address in `delivery.from` from the filter if only the test message is affected.",
    },
    { evidence: { folder: 'the folder in which the message was' } },
  ),
  'message-duplicated': warning(
    'Message received more than once',
    'The same message is in the inbox several times. If a server accepts a message but replies too late, the client sends it again. Two routes that lead to the same mailbox have the same effect.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Compare the `Received` lines of the copies: where they differ, a server has sent the message twice (an alias that lists the mailbox twice, a filter that returns a copy, a timeout after the final dot).',
    },
    {
      evidence: { ...fields('messageId'), copies: 'how many copies there are' },
      reference: 'RFC 5321 section 4.5.3.2.6',
    },
  ),
  'delivery-hop-unencrypted': error(
    'Received line shows that TLS was not used',
    'The `Received` line of the server that received the message from the gate says that there was no TLS, although the session with the gate was encrypted: something between the two terminates TLS and continues unencrypted. A line says so in words, or with plain `ESMTP` or `ESMTPA` from software that writes `ESMTPS` or `ESMTPSA` whenever there is TLS (Postfix, Exim, Sendmail, OpenSMTPD, Haraka, Stalwart, and Exchange, which adds `version=` and `cipher=`). If the only client in the line is a loopback or private address that is not the one of the gate, the finding is a warning, and with `delivery.hop: proxied` a notice.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Look for a proxy, a load balancer or a gateway that terminates TLS between the runner and the mail server. Let it pass the connection through, or use TLS from there to the mail server as well.',
    },
    {
      evidence: {
        ...TRACE,
        with: 'the protocol in the `with` clause',
        client: 'the IP address of the client, if it is a loopback or private address and not that of the gate',
      },
      reference: 'RFC 3848',
      causes: {
        'behind-proxy': {
          title: 'Unencrypted between a proxy and the mail server',
          party: 'server',
          certainty: 'likely',
          remedy:
            'If a proxy in front of the mail server terminates TLS by design, and you trust the network between the two, set `delivery.hop: proxied`. Otherwise let the proxy pass TLS through, or let it use TLS to the mail server as well.',
        },
      },
    },
  ),
  'delivery-hop-mismatch': warning(
    'Received line shows a different TLS session',
    'The `Received` line of the server that received the message from the gate shows a TLS version or a cipher suite other than that of the session with the gate. Something between the two terminates TLS and starts a new TLS session. With `delivery.hop: proxied`, the finding is a notice if the only client in the line is a loopback or private address.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Find out what is between the runner and the mail server (a proxy, a filtering gateway, a device that inspects TLS), and whether it is meant to read the mail. If it is your proxy on a private network, set `delivery.hop: proxied`.',
    },
    {
      evidence: {
        ...TRACE,
        expected: 'version and cipher suite of the session with the gate',
        found: 'version and cipher suite in the `Received` line',
      },
      reference: 'RFC 3848',
    },
  ),
  'delivery-hop-unproved': notice(
    'No Received line shows whether TLS was used',
    'The lowest `Received` line of the message cannot be attributed to the server that received it from the gate: it has neither the name or IP address of the gate nor the name of the server. Or its `by` clause names the server, but its `with` clause names no protocol that the gate uses. Or it does not say whether TLS was used. The `with` clause is optional, and some software always writes `SMTP` (Mailpit, Postal) or nothing (Inbucket). The message does not prove that TLS reached that server.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Nothing to do, unless the server is yours. Then configure it to write `with ESMTPS` or `with ESMTPSA` (RFC 3848).',
    },
    { evidence: TRACE, reference: 'RFC 5321 section 4.4' },
  ),
  'delivery-verdict-mismatch': error(
    'Unexpected SPF, DKIM or DMARC result',
    'The message arrived, but one of the checks in `delivery.verdicts` has a result other than the required one. The gate verifies DKIM itself, on the message that arrived and with the key from DNS; one valid signature of any domain is a pass. SPF and DMARC results are those that the named receiver added to the message. A temporary error of the receiver or of the DNS lookup is inconclusive.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Compare the DNS records of the sender's domain with the message: the SPF record must allow the server that delivered it, and the DKIM selector must have the key that signed it. For DMARC, one of the two must be aligned with the domain in From.",
    },
    {
      evidence: {
        ...fields('check', 'required', 'authservId', 'reason'),
        found: 'the result',
        result: 'what the receiver added to the message',
        sender: 'the domain of the sender, if the result is for a different domain',
        domain: 'the domain of the DKIM signature',
        selector: 'the selector of the DKIM signature',
      },
      reference: 'RFC 8601',
    },
  ),
  'delivery-verdict-missing': error(
    'SPF or DMARC result missing',
    'The message has no `Authentication-Results` field of the receiver that `delivery.verdicts` names, or that field does not mention the check. Fields of other servers are ignored, and so are fields with the authserv-id of the receiver that an earlier server could have added. A field is used if it is above the `Received` line that records the transfer from another host. If there is none, a field directly below that line is used, provided that the line names the receiver. A `Received` line with any IP address other than loopback records a transfer from another host.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Compare `authserv-id` with the header of the message, and make sure that the receiver runs the check. If the receiver forwards the message to a mailbox on a different machine, use an inbox on the receiver itself, or transfer the message by LMTP over a Unix socket or loopback. Microsoft 365 writes such fields without a name, so they cannot be used. If the receiver writes no authserv-id, remove the check from `delivery.verdicts`.',
    },
    {
      evidence: {
        ...fields('check', 'required', 'authservId'),
        present: 'the `Authentication-Results` lines in the message',
      },
      reference: 'RFC 8601 section 5',
    },
  ),
  'relay-open': error(
    'Server accepted a recipient that it must reject',
    '`delivery.expect: refused` says that the server must reject this recipient, but it accepts it. A server that accepts recipients of other domains from anyone is an open relay, and will be on most blocklists within days. The session was that of step 4, with the credentials of `auth` if there are any. No message was sent.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Allow relaying only for authenticated clients and for your own domains (Postfix: `smtpd_relay_restrictions`; Exim: the `acl_smtp_rcpt` ACL with `relay_from_hosts`), and reject nonexistent recipients in the reply to RCPT.',
      reproduce: { command: 'delivery', shows: REPLY },
    },
    { evidence: { ...fields('reply'), recipient: 'the envelope recipient' }, reference: 'RFC 5321 section 7.9' },
  ),
  greylisted: notice(
    'Message accepted after a delay',
    'The server deferred the message at first, and accepted it later in the same run. Usually this is greylisting, which applies to the first message from a new combination of client IP address, sender and recipient.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: "Nothing to do. To avoid the delay, exempt the runner's IP address or the address in `delivery.from`.",
    },
    {
      evidence: { reply: 'the first reply', seconds: 'how many seconds later the server accepted the message' },
      reference: 'RFC 6647',
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
