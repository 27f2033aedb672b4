import { listOf } from '../../text/lists.js';
import { ALTERED, DOT, DUPLICATED, FIELD_REMOVED, IN_JUNK, REENCODED, REPLACED } from './arrival-commands.js';
import { entriesOf, type CatalogEntry, type Values } from './entry.js';
import { fields } from './evidence.js';
import { NOT_FOUND, NOT_FOUND_CAUSES } from './missing-message.js';
import { INBOX_CAUSES, INBOX_CERTIFICATE_EVIDENCE, INBOX_EVIDENCE, INBOX_REJECTED_CAUSES } from './inbox.js';

const { error, warning, notice } = entriesOf(['delivery']);

/** By default, the gate deletes the message. */
const SERVERS_IN_HEADER = 'The `Received` lines of the message name the servers (set `delivery.keep: true`).';

/** Findings of step 5: whether the test message arrives, and is intact. */
export const RECEIPT = {
  'inbox-unreachable': error(
    'Inbox unreachable',
    'The gate cannot read the mailbox in which the test message should arrive. Possible reasons are no connection, no TLS, a certificate that is not valid (then no password was sent), a server for another protocol, or one that sends too much data. The finding is about the inbox server, not about the SMTP server. If the connection is lost, or the server does not reply or is busy, the gate tries again: up to `retries` times before the message is sent, and after that until `delivery.within` has elapsed. The finding is inconclusive if the gate could not test the inbox, because of a temporary DNS failure, no route, a connection that times out, or a machine that cannot open connections. It is also inconclusive if the inbox server itself reports a temporary problem.',
    {
      party: 'inbox',
      certainty: 'likely',
      remedy: "Check `delivery.inbox`, and check the inbox server's log for the time of the test.",
    },
    {
      about: 'delivery.inbox',
      evidence: {
        ...INBOX_EVIDENCE,
        ...INBOX_CERTIFICATE_EVIDENCE,
        ...fields('reason', 'protocol', 'alert', 'required'),
        container: 'whether the job runs in a container',
        services: 'the names of the services of the job',
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
      remedy: "Check the inbox server's log for the time of the test.",
    },
    {
      about: 'delivery.inbox',
      evidence: {
        ...INBOX_EVIDENCE,
        ...fields('reason'),
        requested: 'the mailbox as the gate requested it, if that name is not the configured one',
        provider: 'the provider of the inbox, if it is known to reject the password of an account',
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
        "Delete the test message manually if it is still there. If this happens often, check the inbox server's log for the time of the test.",
    },
    {
      about: 'delivery.inbox',
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
    'The server took responsibility for the test message (250), but the gate did not find the message in the inbox within `delivery.within`. It may be late, in a different folder or mailbox, removed by another program, returned to the sender, or lost. In an IMAP inbox, the gate then searches up to 20 other folders of the account, and compares the UIDs: they show whether any message has arrived. If a bounce of the message is in the inbox, the finding quotes it.',
    NOT_FOUND,
    {
      about: 'delivery.inbox',
      evidence: {
        ...fields('messageId', 'reply'),
        ...INBOX_EVIDENCE,
        searched: 'the folders that were searched',
        junk: 'whether a junk folder was searched',
        within: 'how long the gate searched',
        otherFolders: 'how many other folders of the account were searched after that',
        queueId: 'the queue ID in the reply of the server',
        folder: 'the other folder that has the message',
        uid: 'the UID of the message in that folder',
        other: 'sender and subject of a different message that has the identifier of the test message',
        bounce: 'why the message was not delivered, according to the bounce',
        to: 'the recipient, if it looks like a misspelled username of the inbox',
      },
      reference: 'RFC 5321 section 6.1',
      causes: NOT_FOUND_CAUSES,
    },
  ),
  'message-altered': error(
    'Message altered in transit',
    'The test message arrived, but a header field that the gate set, or the body, is not what the gate sent. Footers, subject tags and other changes invalidate signatures (DKIM). If the random value in the body is also missing, the body was replaced or the message was forged.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: listOf(
        'Find the filter, gateway or mailing list that changes mail in transit, and turn this change off.',
        [
          SERVERS_IN_HEADER,
          'Do not exempt only the address in `delivery.from`: the mail of other users would still be changed.',
        ],
      ),
      reproduce: ALTERED,
    },
    {
      evidence: {
        ...fields('messageId'),
        altered: 'what is different',
        removed: 'the header fields that are missing, if nothing else is different',
        added: 'the first new line of text, or the tag in the subject',
        read: 'the command that reads the newest message of the mailbox',
      },
      reference: 'RFC 5321 section 6.4',
      causes: {
        'field-removed': {
          title: 'Header field removed in transit',
          party: 'server',
          certainty: 'likely',
          remedy: ({ removed = '' }: Values) =>
            listOf(
              `Remove the rule that deletes ${removed} from the header: usually a header filter of the server, or a content filter behind it.`,
              [SERVERS_IN_HEADER, 'Do not exempt only the test sender: the mail of users would still lack the field.'],
            ),
          reproduce: FIELD_REMOVED,
          examples:
            'Postfix: `IGNORE` in `header_checks`, which also applies to submitted mail. Exim: `headers_remove`.',
        },
        'from-replaced': {
          title: 'Sender address replaced in transit',
          party: 'server',
          certainty: 'likely',
          remedy: listOf('Turn off what replaces the address in From, or use the new address as `delivery.from`.', [
            'If the account may not use this address, the server may replace it with that of the account: allow the address for it.',
            'If the mail goes through a mailing list or a forwarder, that replaces From because of DMARC: use an inbox that receives the mail directly.',
            SERVERS_IN_HEADER,
          ]),
          examples:
            'Postfix: `sender_canonical_maps`, `smtp_generic_maps` or `masquerade_domains`. Exim: the section `begin rewrite`.',
          reproduce: ALTERED,
        },
        'leading-dot': {
          title: 'Leading dot of a line lost or doubled',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Update the proxy, filter or script that passes the message on: it does not handle a dot at the start of a line as SMTP requires.',
            [SERVERS_IN_HEADER],
          ),
          reproduce: DOT,
          reference: 'RFC 5321 section 4.5.2',
        },
        footer: {
          title: 'Text added at the end of the message',
          party: 'server',
          certainty: 'likely',
          remedy: listOf('Turn off the footer for this mail: a disclaimer, or the text of a scanner or mailing list.', [
            'If it is intended, waive this finding, and sign with DKIM after the footer is added.',
            SERVERS_IN_HEADER,
          ]),
          reproduce: ALTERED,
        },
        'external-mark': {
          title: 'Message marked as external mail',
          party: 'inbox',
          certainty: 'likely',
          remedy: listOf(
            "Have the administrator of the recipient's organization exempt the test mailbox from the rule that marks external mail, or use a mailbox without such a rule.",
            [
              'If the mark does not matter, waive this finding: the tested server probably did not change the message.',
              SERVERS_IN_HEADER,
            ],
          ),
          reproduce: ALTERED,
          examples: 'Exchange: `Get-TransportRule` lists the mail flow rules.',
        },
        'spam-tag': {
          title: 'Message marked as spam',
          party: 'inbox',
          certainty: 'likely',
          remedy: listOf(
            'Find out in the header of the message why the spam filter marked it: the filter writes its score and the rules that applied there.',
            [
              'If SPF, DKIM or DMARC failed, correct them for the domain of `delivery.from`.',
              'Otherwise, correct the rule that applied, or exempt authenticated clients from filtering.',
              SERVERS_IN_HEADER,
            ],
          ),
          reproduce: ALTERED,
        },
        replaced: {
          title: 'Body of the message replaced',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Find the filter or gateway that replaces the body, and configure it to deliver the original: it may quarantine the message, or turn its text into HTML.',
            [SERVERS_IN_HEADER, 'If nobody can say who replaced the body, treat the message as forged.'],
          ),
          reproduce: REPLACED,
        },
      },
    },
  ),
  'message-reencoded': warning(
    'Message re-encoded in transit',
    'The test message arrived, and every decoded part is what the gate sent, but a server rewrote the MIME structure: a different boundary, a preamble, a different transfer encoding, or different parameters of a MIME field. Such a change invalidates every DKIM signature of the body, and breaks messages that are signed or encrypted (S/MIME, PGP).',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Find the server that rewrites the MIME structure (`altered` in the evidence lists the differences), and turn that off. If DKIM signing happens after this change, and senders do not sign their mail (S/MIME, PGP), waive the finding.',
      examples: 'Courier: the line `opt MIME=none` in its `bofh` file.',
      reproduce: REENCODED,
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
      remedy: listOf(
        'Read in the header of the message why the spam filter of the inbox put it there (set `delivery.keep: true` to keep the message).',
        [
          'If SPF, DKIM or DMARC failed, correct them for the domain of `delivery.from`.',
          "If the sending IP address is on a blocklist, or has no name in DNS, correct that with the server's provider.",
          'Otherwise, correct the rule of the filter that applies, or train it with the message.',
        ],
      ),
      reproduce: IN_JUNK,
    },
    { evidence: { folder: 'the folder in which the message was' } },
  ),
  'message-duplicated': warning(
    'Message received more than once',
    'The same message is in the inbox several times. If a server accepts a message but replies too late, the client sends it again. Two routes that lead to the same mailbox have the same effect.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: listOf(
        'Set `delivery.keep: true`, and compare the `Received` lines of the copies: the lowest line in which they differ shows where they separate.',
        [
          'If a line differs, the server after `from` in it has sent the message more than once: look there for a timeout after the final dot, or a filter that returns a copy.',
          'If no line differs, the copies were made at delivery: an alias or a forward that leads to the mailbox twice, or a rule that files a copy.',
        ],
      ),
      reproduce: DUPLICATED,
    },
    {
      evidence: { ...fields('messageId'), copies: 'how many copies there are' },
      reference: 'RFC 5321 section 4.5.3.2.6',
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
