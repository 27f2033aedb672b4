import { entriesOf, REPLY, type CatalogEntry, type Cause, type Values } from './entry.js';
import { fields } from './evidence.js';
import { INBOX_CAUSES, INBOX_CERTIFICATE_EVIDENCE, INBOX_EVIDENCE, INBOX_REJECTED_CAUSES } from './inbox.js';
import { rejectionCauses } from './rejections.js';

const { error, warning, notice } = entriesOf(['delivery']);

/** What the server that received the message from the gate wrote into it (RFC 5321 section 4.4). */
const TRACE = { received: 'the `Received` line' };

/** What to search the log of the server for. */
const inLog = ({ queueId = '', messageId = '' }: Values): string =>
  queueId === '' ? `Message-ID ${messageId}` : `queue ID ${queueId}`;

/** A rejection, and whose mail to whom it rejects. */
const ENVELOPE = {
  ...fields('reply'),
  sender: 'the envelope sender',
  recipient: 'the envelope recipient',
  account: 'the username with which the gate has authenticated',
};

/** Where the public key of a DKIM signature is, as code. */
const keyName = ({ selector = '', domain = '' }: Values): string => `\`${selector}._domainkey.${domain}\``;

/** Why SPF, DKIM or DMARC did not pass. */
const VERDICT_CAUSES = {
  temporary: {
    title: 'SPF, DKIM or DMARC not checked: temporary error',
    party: 'network',
    certainty: 'likely',
    remedy: "Run the gate again. If the error persists, check the name servers of the sender's domain.",
  },
  spf: {
    title: 'SPF did not pass',
    party: 'server',
    certainty: 'likely',
    remedy:
      'Add the IP address from which the server delivers mail to the SPF record of the domain in `delivery.from`, or deliver through a server that the record allows.',
  },
  'dkim-missing': {
    title: 'Message not signed with DKIM',
    party: 'server',
    certainty: 'certain',
    remedy:
      'Configure the server to sign outgoing mail for the domain of `delivery.from`, and make sure that the rule applies to this account and port.',
  },
  dkim: {
    title: 'DKIM did not pass',
    party: 'server',
    certainty: 'likely',
    remedy: ({ reason = 'see the evidence' }) =>
      `Correct the signature of the server, or its key in DNS: ${reason}. If the signature is from a server that is not yours, sign with your own.`,
  },
  'dkim-key': {
    title: 'DKIM signature does not match its key',
    party: 'server',
    certainty: 'likely',
    remedy: (evidence) =>
      `Compare the public key in DNS (${keyName(evidence)}) with the private key that signs, and publish the one in use. If they match, a server changed a signed header field after it was signed: sign last.`,
  },
  'dkim-body': {
    title: 'Body changed after it was signed with DKIM',
    party: 'server',
    certainty: 'likely',
    remedy:
      'Sign last: a server changed the body after it was signed (a footer, a filter, a different transfer encoding). The key is not the reason.',
  },
  'dkim-no-key': {
    title: 'DKIM key not in DNS',
    party: 'server',
    certainty: 'likely',
    remedy: (evidence) =>
      `Publish the public key of the server as the TXT record ${keyName(evidence)}, or configure the server to sign with a selector whose key is published.`,
  },
  'dkim-expired': {
    title: 'DKIM signature expired',
    party: 'server',
    certainty: 'likely',
    remedy:
      'Configure the server to sign with a later expiration (`x=`) or none, and check the clock of the server that signs and that of the runner.',
  },
  'dkim-short-key': {
    title: 'DKIM key too short',
    party: 'server',
    certainty: 'certain',
    remedy: (evidence) =>
      `Sign with an RSA key of 2048 bits, and publish its public key at ${keyName(evidence)} or with a new selector.`,
    reference: 'RFC 8301 section 3.2',
  },
  dmarc: {
    title: 'DMARC did not pass',
    party: 'server',
    certainty: 'likely',
    remedy:
      'SPF or DKIM must pass for a domain that is aligned with the one in From: the same domain, or one of the same organization unless the DMARC record demands more. Correct the one that does not.',
  },
  'other-domain': {
    title: 'Result is for a different domain',
    party: 'server',
    certainty: 'likely',
    remedy:
      'A server on the path replaces the sender, or the receiver checked a different one. Configure the server to keep the address in `delivery.from`, or change `delivery.from` or `delivery.verdicts`.',
  },
} as const satisfies Readonly<Record<string, Cause>>;

/** Findings of step 5: the test message. */
export const DELIVERY = {
  'sender-rejected': error(
    'Sender rejected',
    'The server rejects the envelope sender (MAIL FROM).',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Search the server's log for the address in `delivery.from`, if the reply does not say why it is rejected. Then allow the sender, or use a different `delivery.from`.",
      reproduce: { command: 'mail', shows: REPLY },
    },
    { evidence: ENVELOPE, reference: 'RFC 5321 section 3.3', causes: rejectionCauses('mail') },
  ),
  'recipient-rejected': error(
    'Recipient rejected',
    'The server rejects the envelope recipient (RCPT TO). With `delivery.expect: refused`, the finding means that the rejection is about something else (the client, the sender or the command), or is in words that the gate does not recognize. It does not show that the server rejects the recipient.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Search the server's log for the address in `delivery.to`, if the reply does not say why it is rejected. Then configure the server to accept the recipient, or use a different `delivery.to`.",
      reproduce: { command: 'rcpt', shows: REPLY },
    },
    {
      evidence: ENVELOPE,
      reference: 'RFC 5321 section 3.3',
      causes: {
        ...rejectionCauses('rcpt'),
        'not-about-recipient': {
          title: 'Recipient rejected for an unknown reason',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Configure the server to reject this recipient in its reply to RCPT, with 550 5.1.1 if there is no such user or 550 5.7.1 if it does not relay to that domain, and in words that say so. If the reply is about the client or the sender, fix that first: until then the test shows nothing about the recipient.',
          reproduce: { command: 'rcpt', shows: REPLY },
        },
      },
    },
  ),
  'message-rejected': error(
    'Message rejected',
    "The server accepted sender and recipient, but rejected the message itself at DATA or after its last line. Or the message is larger than the server's SIZE limit, so the gate did not send it.",
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Search the server's log for the address in `delivery.from` at the time of the run, if the reply does not say why the message is rejected.",
    },
    {
      evidence: {
        ...ENVELOPE,
        size: 'the size of the message in bytes',
        limit: 'the limit of the server in bytes',
      },
      reference: 'RFC 5321 section 4.2.5',
      causes: rejectionCauses('delivery'),
    },
  ),
  'inbox-unreachable': error(
    'Inbox unreachable',
    'The gate cannot read the mailbox in which the test message should arrive: no connection, no TLS, a certificate that is not valid (then no password was sent), a server for another protocol, or one that sends too much data. The finding is about the inbox server, not about the SMTP server. If the connection is lost, or the server does not reply or is busy, the gate tries again: up to `retries` times before the message is sent, and after that until `delivery.within` has elapsed. The finding is inconclusive if the runner could not test the inbox: a temporary DNS failure, no route, a connection that times out, or a machine that cannot open connections. It is also inconclusive if the server itself says that it cannot do it now.',
    {
      party: 'inbox',
      certainty: 'likely',
      remedy: 'Check `delivery.inbox`, and check the log of the inbox server for the time of the test.',
    },
    {
      evidence: {
        ...INBOX_EVIDENCE,
        ...INBOX_CERTIFICATE_EVIDENCE,
        ...fields('reason', 'protocol', 'alert', 'required'),
        negotiated: 'the TLS version that the server selects if every version is enabled',
      },
      reference: 'RFC 8314 section 3.2',
      causes: INBOX_CAUSES,
    },
  ),
  'inbox-rejected': error(
    'Inbox access rejected',
    'The inbox server rejects the login, does not have the mailbox, or does not allow the gate to read the test message. The finding is about the inbox, not about the SMTP server.',
    {
      party: 'inbox',
      certainty: 'likely',
      remedy: 'Check the log of the inbox server for the time of the test.',
    },
    {
      evidence: {
        ...INBOX_EVIDENCE,
        ...fields('reason'),
        requested: 'the mailbox as the gate requested it, if that name is not the configured one',
        separator: 'what separates the parts of a mailbox name on this server',
        suggested: 'the configured mailbox with that separator',
      },
      reference: 'RFC 9051 section 6.2',
      causes: INBOX_REJECTED_CAUSES,
    },
  ),
  'inbox-cleanup-failed': warning(
    'Inbox cleanup failed',
    'The test message arrived and was read. Then the gate could not search the inbox for more copies, or could not delete the message, which may still be there.',
    {
      party: 'inbox',
      certainty: 'likely',
      remedy:
        'Delete the test message manually if it is still there. If the finding is frequent, check the log of the inbox server for the time of the test.',
    },
    {
      evidence: { ...INBOX_EVIDENCE, ...fields('reason') },
      reference: 'RFC 9051 section 6.4',
      causes: {
        'not-deleted': {
          title: 'Test message not deleted',
          party: 'inbox',
          certainty: 'likely',
          remedy:
            'Delete the test message manually. Allow the account to delete messages in this mailbox, or set `delivery.keep: true`: the gate then deletes none.',
        },
      },
    },
  ),
  'message-not-received': error(
    'Message accepted but not found in the inbox',
    'The server took responsibility for the test message (250), but the gate did not find the message in the inbox within `delivery.within`. It may be late, in a folder that the gate does not search, in a different mailbox, returned to the sender, or lost.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: ({ queueId = '', messageId = '', junk, mailbox }: Values) =>
        [
          `Search the server's log for the ${inLog({ queueId, messageId })}.`,
          'It says to which mailbox or server the message went. If that is not the mailbox that the gate reads, correct the alias or route, or `delivery.inbox`. If the message is still queued, the log says why; only if delivery is just slow, raise `delivery.within`.',
          junk === 'not searched' && mailbox !== undefined
            ? 'A rule may also have moved it to a different folder.'
            : '',
        ]
          .filter((sentence) => sentence !== '')
          .join(' '),
    },
    {
      evidence: {
        ...fields('messageId', 'reply'),
        ...INBOX_EVIDENCE,
        searched: 'the folders that were searched',
        junk: 'whether a junk folder was searched',
        within: 'how long the gate searched',
        queueId: 'the queue ID in the reply of the server',
        other: 'sender and subject of a different message that has the identifier of the test message',
      },
      reference: 'RFC 5321 section 6.1',
      causes: {
        'other-message': {
          title: 'A different message arrived instead',
          party: 'server',
          certainty: 'likely',
          remedy: ({ other = '', ...evidence }: Values) =>
            `Read the message that is there (${other}). If it is a bounce or an automatic reply, it says what happened to the test message. If a gateway replaces messages, configure it to deliver the original. Otherwise somebody has forged it. Then search the server's log for the ${inLog(evidence)}.`,
        },
        'unused-mailbox': {
          title: 'Message not found in an inbox that has never received mail',
          party: 'server',
          certainty: 'likely',
          remedy: ({ user = 'the account', ...evidence }: Values) =>
            `Search the server's log for the ${inLog(evidence)}: it says to which mailbox or server the message went. The mailbox of ${user} that the gate reads has never received a message, so mail for \`delivery.to\` probably goes to a different mailbox (an alias, a different account) or a different mail store. Correct that, or \`delivery.inbox\`.`,
        },
      },
    },
  ),
  'message-altered': error(
    'Message altered in transit',
    'The test message arrived, but a header field that the gate set, or the body, is not what the gate sent. Footers, subject tags and other changes invalidate signatures (DKIM). If the random value in the body is also missing, the body was replaced or the message was forged.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: ({ altered = '' }: Values) =>
        `Find the filter, gateway or mailing list that changes mail in transit, and turn that off: ${altered}. Do not exempt only the address in \`delivery.from\`: the mail of other users would still be changed.`,
    },
    {
      evidence: {
        ...fields('messageId'),
        altered: 'what is different',
        removed: 'the header fields that are missing, if nothing else is different',
      },
      reference: 'RFC 5321 section 6.4',
      causes: {
        'field-removed': {
          title: 'Header field removed in transit',
          party: 'server',
          certainty: 'likely',
          remedy: ({ removed = '' }: Values) =>
            `Remove the rule that deletes ${removed} from the header: usually a header filter of the server, or a content filter behind it. The \`Received\` lines of the message name the servers (set \`delivery.keep: true\`). Do not exempt only the test sender: the mail of users would still lack the field.`,
          examples:
            'Postfix: `IGNORE` in `header_checks`, which also applies to submitted mail. Exim: `headers_remove`.',
        },
        footer: {
          title: 'Text added at the end of the message',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Turn off the footer (a disclaimer, or the text of a mailing list or scanner) for the mail of this server, or add it before DKIM signing. If it is intended, waive this finding.',
        },
        replaced: {
          title: 'Body of the message replaced',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Find the filter or gateway that replaces the body: it may quarantine the message, or turn its text into HTML. Correct its rule, or configure it to deliver the original. If nobody can say who replaced the body, treat the message as forged.',
        },
      },
    },
  ),
  'message-reencoded': warning(
    'Message encoded again in transit',
    'The test message arrived, and every decoded part is what the gate sent, but a server has written the MIME structure again: a different boundary, a preamble, a different transfer encoding, or different parameters of a MIME field. Such a change invalidates every DKIM signature of the body, and breaks messages that are signed or encrypted (S/MIME, PGP).',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Find the server that writes the MIME structure again (the finding lists what is different), and turn that off. If the mail of this server is signed with DKIM afterwards and is never signed by its authors, waive the finding.',
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
      party: 'inbox',
      certainty: 'likely',
      remedy:
        'Read what the spam filter of the inbox wrote in the header of the message (set `delivery.keep: true` to keep it). If SPF, DKIM or DMARC failed, correct them for the domain of `delivery.from`. Otherwise correct the rule of the filter that applies, or train it with the message.',
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
        'Set `delivery.keep: true`, and compare the `Received` lines of the copies. The server named after `from` in the lowest line in which they differ passed the message on twice. If no line differs, the copies were made at delivery. Look there for an alias that lists the mailbox twice, a filter that returns a copy, or a timeout after the final dot.',
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
        'Look for a proxy, a load balancer or a gateway that terminates TLS between the runner and the mail server. Configure it to pass the connection through, or use TLS from there to the mail server as well.',
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
            'If a proxy in front of the mail server terminates TLS by design, and you trust the network between the two, set `delivery.hop: proxied`. Otherwise configure the proxy to pass TLS through, or to use TLS to the mail server as well.',
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
    {
      evidence: TRACE,
      reference: 'RFC 5321 section 4.4',
      causes: {
        'no-line': {
          title: 'No Received line in the message',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Configure the server to add its own `Received` line, as RFC 5321 requires. It adds none, or a filter after it removes them. The line also ends mail loops.',
          examples: 'Postfix: `IGNORE` in `header_checks`. Exim: `received_header_text`.',
        },
        'too-many-lines': {
          title: 'Too many Received lines',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Look for a mail loop in the `Received` lines of the message (set `delivery.keep: true` to keep it): servers that forward mail to each other.',
          reference: 'RFC 5321 section 6.3',
        },
      },
    },
  ),
  'delivery-verdict-mismatch': error(
    'Unexpected SPF, DKIM or DMARC result',
    'The message arrived, but one of the checks in `delivery.verdicts` has a result other than the required one. The gate verifies DKIM itself, on the message that arrived and with the key from DNS; one valid signature of any domain is a pass. SPF and DMARC results are those that the named receiver added to the message. A temporary error of the receiver or of the DNS lookup is inconclusive.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "If the result in the message is right, change `delivery.verdicts`. Otherwise correct the DNS records of the sender's domain, or the server that signs its mail.",
    },
    {
      causes: VERDICT_CAUSES,
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
      remedy: ({ check = 'SPF or DMARC' }: Values) =>
        `Make sure that the receiver checks ${check.toUpperCase()} and writes \`Authentication-Results\` with its name. Most servers do not check SPF for authenticated clients: if the tested server also holds the inbox, remove \`${check}\` from \`delivery.verdicts\`. Do the same if the receiver writes these fields without a name, as Microsoft 365 does.`,
    },
    {
      evidence: {
        ...fields('check', 'required', 'authservId'),
        present: 'the `Authentication-Results` lines in the message',
        otherId: 'a different authserv-id that reports this check',
      },
      reference: 'RFC 8601 section 5',
      causes: {
        'other-id': {
          title: 'Result is from a different authserv-id',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ otherId = '' }: Values) =>
            `If \`${otherId}\` is your receiver, set \`authserv-id\` in \`delivery.verdicts\` to it: the message has this result from there. If not, ignore that result, because anyone can add such a field, and make sure that your receiver runs the check.`,
        },
        'wrong-place': {
          title: 'Result is where an earlier server could have added it',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Use an inbox on the receiver itself, or configure the receiver to transfer messages to the mailbox by LMTP over a Unix socket or loopback: after a transfer to a different machine, the gate cannot know who added the result. If the field is not from your receiver, it is forged.',
        },
      },
    },
  ),
  'relay-open': error(
    'Server accepted a recipient that it must reject',
    '`delivery.expect: refused` says that the server must reject this recipient, but it accepts it. A server that accepts recipients of other domains from anyone is an open relay, and will be on most blocklists within days. The session was that of step 4, with the credentials of `auth` if there are any. No message was sent.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Close the relay at once if the server does not serve the domain of the recipient: relay only for authenticated clients. Only if the server trusts the runner's IP address, test from a different network first. If the server serves the domain, reject users that do not exist in the reply to RCPT.",
      examples:
        'Postfix: `reject_unauth_destination` in `smtpd_relay_restrictions`, `mynetworks`, and `local_recipient_maps` or `relay_recipient_maps`. Exim: the ACL `acl_smtp_rcpt` with `relay_from_hosts`, and `verify = recipient`.',
      reproduce: { command: 'rcpt', shows: REPLY },
    },
    {
      evidence: { ...fields('reply'), recipient: 'the envelope recipient' },
      reference: 'RFC 5321 section 7.9',
      causes: {
        'trusted-network': {
          title: 'Recipient accepted from a local or private network',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Test from a different network: servers often relay for the IP addresses of their own network, and the runner is in it. If the server accepts the recipient there too, it is an open relay: close it at once, and relay only for authenticated clients. If not, check that the trusted networks are as small as possible.',
          examples:
            'Postfix: `mynetworks`, and `reject_unauth_destination` in `smtpd_relay_restrictions`. Exim: `relay_from_hosts`.',
          reproduce: { command: 'delivery', shows: REPLY },
        },
        account: {
          title: 'Account may send to a recipient that must be rejected',
          party: 'server',
          certainty: 'certain',
          remedy:
            'Restrict the recipients to which this account may send. To test for an open relay instead, remove `auth` from this endpoint: an authenticated session does not show one.',
          reproduce: { command: 'rcpt', shows: REPLY },
        },
      },
    },
  ),
  greylisted: notice(
    'Message accepted after a delay',
    'The server deferred the message at first, and accepted it later in the same run. Usually this is greylisting, which applies to the first message from a new combination of client IP address, sender and recipient.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: "Nothing to do. To avoid the delay, exempt the runner's IP address from greylisting.",
    },
    {
      evidence: { reply: 'the first reply', seconds: 'how many seconds later the server accepted the message' },
      reference: 'RFC 6647',
      causes: {
        account: {
          title: 'Message of an authenticated client accepted after a delay',
          party: 'server',
          certainty: 'likely',
          remedy: 'Exempt authenticated clients from greylisting: a mail program that submits a message does not wait.',
          examples: 'Postfix: `permit_sasl_authenticated` before `check_policy_service`. Exim: `!authenticated = *`.',
        },
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
