import { RECIPIENT_ACCEPTED } from '../commands/swaks.js';
import { entriesOf, REPLY, type CatalogEntry } from './entry.js';
import { fields } from './evidence.js';
import { rejectionCauses } from './rejections.js';
import { RECIPIENT_ACCEPTED_ELSEWHERE } from './siblings.js';

const { error, notice } = entriesOf(['delivery']);

/** A rejection, and whose mail to whom it rejects. */
const ENVELOPE = {
  ...fields('reply', 'worksAt', 'sameHost'),
  sender: 'the envelope sender',
  recipient: 'the envelope recipient',
  account: 'the username with which the gate has authenticated',
};

const ACCEPTED = { command: 'rcpt-accepted', shows: RECIPIENT_ACCEPTED } as const;

/** Findings of step 5: the submission of the test message. */
export const DELIVERY = {
  'sender-rejected': error(
    'Sender rejected',
    'The server rejects the envelope sender (MAIL FROM).',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "If the reply does not say why the sender is rejected, search the server's log for the address in `delivery.from`. Then allow the sender, or use a different `delivery.from`.",
      reproduce: { command: 'mail', shows: REPLY },
    },
    { evidence: ENVELOPE, reference: 'RFC 5321 section 3.3', causes: rejectionCauses('mail') },
  ),
  'recipient-rejected': error(
    'Recipient rejected',
    'The server rejects the envelope recipient (RCPT TO). With `delivery.expect: refused`, the finding means that the rejection is about something else (the client, the sender or the command), or uses words that the gate does not recognize. It does not show that the server rejects the recipient.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "If the reply does not say why the recipient is rejected, search the server's log for the address in `delivery.to`. Then configure the server to accept the recipient, or use a different `delivery.to`.",
      reproduce: { command: 'rcpt', shows: REPLY },
    },
    {
      evidence: ENVELOPE,
      reference: 'RFC 5321 section 3.3',
      causes: {
        ...rejectionCauses('rcpt'),
        'accepted-elsewhere': RECIPIENT_ACCEPTED_ELSEWHERE,
        'not-about-recipient': {
          title: 'Recipient rejected for an unknown reason',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Configure the server to reject this recipient in its reply to RCPT: with 550 5.1.1 if the user does not exist, or 550 5.7.1 if the server does not relay to that domain. If the reply is about the client or the sender, fix that first: until then the test shows nothing about the recipient.',
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
        "If the reply does not say why the message is rejected, search the server's log for the address in `delivery.from` at the time of the run.",
      reproduce: { command: 'delivery', shows: REPLY },
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
  'relay-open': error(
    'Server accepted a recipient that it must reject',
    '`delivery.expect: refused` says that the server must reject this recipient, but it accepts it. A server that accepts recipients of other domains from anyone is an open relay, and will be on most blocklists within days. The session was that of step 4, with the credentials of `auth` if there are any. No message was sent.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "If the server does not serve the domain of the recipient, close the relay immediately: relay only for authenticated clients. If the server trusts the gate's IP address, first test from a different network. If the server serves the domain, configure it to reject unknown users in its reply to RCPT.",
      examples:
        'Postfix: `reject_unauth_destination` in `smtpd_relay_restrictions`, `mynetworks`, and `local_recipient_maps` or `relay_recipient_maps`. Exim: the ACL `acl_smtp_rcpt` with `relay_from_hosts`, and `verify = recipient`.',
      reproduce: ACCEPTED,
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
            'Test from a different network: servers often relay for the IP addresses of their own network, and the gate is in it. If the server accepts the recipient there too, it is an open relay: close it immediately, and relay only for authenticated clients. If not, check that the trusted networks are as small as possible.',
          examples:
            'Postfix: `mynetworks`, and `reject_unauth_destination` in `smtpd_relay_restrictions`. Exim: `relay_from_hosts`.',
          reproduce: ACCEPTED,
        },
        account: {
          title: 'Account may send to a recipient that must be rejected',
          party: 'server',
          certainty: 'certain',
          remedy:
            'Restrict the recipients to which this account may send. To test for an open relay instead, remove `auth` from this endpoint: an authenticated session does not show one.',
          reproduce: ACCEPTED,
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
      remedy: "Nothing to do. To avoid the delay, exempt the gate's IP address from greylisting.",
    },
    {
      evidence: { reply: 'the first reply', seconds: 'how many seconds later the server accepted the message' },
      reference: 'RFC 6647',
      causes: {
        account: {
          title: 'Message of an authenticated client accepted after a delay',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Exempt authenticated clients from greylisting: a mail client that submits a message does not retry later.',
          examples: 'Postfix: `permit_sasl_authenticated` before `check_policy_service`. Exim: `!authenticated = *`.',
        },
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
