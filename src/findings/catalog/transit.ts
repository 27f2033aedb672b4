import { NO_POLICY, NO_TXT_RECORD } from '../commands/dig.js';
import {
  HOP_WITHOUT_TLS,
  NO_RESULT,
  NOT_SIGNED,
  OTHER_HOP,
  RESULT,
  RESULT_OF_OTHER_DOMAIN,
} from './arrival-commands.js';
import { listOf } from '../../text/lists.js';
import { entriesOf, type CatalogEntry, type Cause, type Reproduction, type Values } from './entry.js';
import { fields } from './evidence.js';

const { error, warning, notice } = entriesOf(['delivery']);

/** What the server that received the message from the gate wrote into it (RFC 5321 section 4.4). */
const TRACE = { received: 'the `Received` line' };

/** Where the public key of a DKIM signature is, as code. */
const keyName = ({ selector = '', domain = '' }: Values): string => `\`${selector}._domainkey.${domain}\``;

/** That record, as far as it shows the problem. */
const KEY_IN_DNS: Reproduction = { command: 'dkim-key', shows: ({ publishedKey = '' }) => publishedKey };

/** What a key record must be instead. */
function howToCorrect({ reason = '', domain = '' }: Values): string {
  if (/\bbackslashes$/.test(reason)) return ' Enter the record without backslashes before the semicolons.';
  if (/\bquotation marks$/.test(reason)) return ' Enter the record without quotation marks: the form adds them.';
  if (/\bnot base64$|\bnot a public key$/.test(reason)) {
    return ' After `p=`, it must have what `openssl rsa -in KEY -pubout -outform DER | openssl base64 -A` prints for the private key that signs: one line, without the first and last line of a PEM file.';
  }
  if (/\bno p=$/.test(reason)) return ` It must be \`v=DKIM1; k=rsa; p=…\` with the public key of ${domain}.`;
  if (/\bk=$/.test(reason)) return ' Only `k=rsa` and `k=ed25519` exist.';
  if (/\bthe type of the key$/.test(reason)) return ' It must be `k=rsa` or `k=ed25519`, whichever the key is.';
  return '';
}

/** Why SPF, DKIM or DMARC did not pass. */
const VERDICT_CAUSES = {
  temporary: {
    title: 'SPF, DKIM or DMARC not checked: temporary error',
    party: 'network',
    certainty: 'likely',
    remedy: ({ check = '' }: Values) =>
      `Run the gate again. If the error persists, check the name servers of the sender's domain, and the resolver of ${check === 'dkim' ? 'the machine that runs the gate' : 'the receiver'}.`,
  },
  spf: {
    title: 'SPF did not pass',
    party: 'server',
    certainty: 'likely',
    remedy: ({ found = '' }: Values) => {
      if (found === 'none') {
        return 'Publish an SPF record for the domain of `delivery.from` with the IP addresses from which its servers send mail: the receiver found none.';
      }
      if (found === 'permerror') {
        return listOf('Correct the SPF record of the domain in `delivery.from`: the receiver cannot evaluate it.', [
          'It needs more than ten DNS lookups: replace each `include` that is not needed.',
          'The domain has two records that begin with `v=spf1`: merge them.',
          'A mechanism is misspelled, or the domain of an `include` has no record.',
        ]);
      }
      return listOf(
        'Add the IP address from which the server sends mail to the SPF record of the domain in `delivery.from`, or send through a server that the record allows.',
        [
          "If the tested server itself is the receiver, it has checked the gate's IP address: turn SPF checks off for clients that have authenticated.",
          'If a server in between forwards the mail, the receiver has checked that server: use an inbox that gets the mail directly.',
        ],
      );
    },
    // Without a result, the receiver has found no record; with one, it has compared the client with the record.
    reproduce: { command: 'spf', shows: ({ found }: Values) => (found === 'none' ? NO_POLICY.spf : 'v=spf1') },
  },
  'dkim-missing': {
    title: 'Message not signed with DKIM',
    party: 'server',
    certainty: 'certain',
    remedy: listOf(
      'Configure the server to sign mail with DKIM for the domain of `delivery.from`: the message arrived without a `DKIM-Signature`.',
      [
        'If it signs other mail, its rule does not include this message: check for which domains, accounts, ports and routes it signs.',
        'If it signs only mail that leaves the server, and this inbox is on it, use an inbox elsewhere, or remove `dkim` from `delivery.verdicts`.',
      ],
    ),
    examples:
      'Exim: `dkim_domain`, `dkim_selector` and `dkim_private_key` of the transport that the message uses. Postfix: OpenDKIM or Rspamd in `smtpd_milters`, also of the submission service.',
    reproduce: NOT_SIGNED,
  },
  dkim: {
    title: 'DKIM did not pass',
    party: 'server',
    certainty: 'likely',
    remedy: ({ reason = 'see the evidence', domain = '' }) =>
      `Correct the DKIM signature${domain === '' ? '' : ` of ${domain}`}: ${reason}. If someone else's server signed the message, sign it with your own.`,
    // A message can have several signatures.
    reproduce: {
      command: 'sent-header',
      shows: ({ domain = '' }) => (domain === '' ? 'DKIM-Signature:' : `d=${domain}`),
    },
  },
  'dkim-key-cut-off': {
    title: 'DKIM key in DNS is cut off',
    party: 'server',
    certainty: 'certain',
    remedy: (evidence) =>
      listOf(
        `Have the DNS administrator of ${evidence.domain ?? 'the domain'} publish the whole key as the TXT record ${keyName(evidence)}: a string in it can have 255 characters, so a key of 2048 bits needs two strings.`,
        [
          'In a zone file: two strings in quotation marks in one record, `"v=DKIM1; k=rsa; p=MII…" "…"`.',
          'In a web form, paste the whole key. If the form accepts only 255 characters, try a CNAME record to a name elsewhere that has the key.',
        ],
      ),
    reproduce: KEY_IN_DNS,
    reference: 'RFC 6376 section 3.6.2.2',
  },
  'dkim-key-revoked': {
    title: 'DKIM key is revoked',
    party: 'server',
    certainty: 'certain',
    remedy: (evidence) =>
      `Sign with the selector whose key is in use now. If this is the right selector, have the DNS administrator of ${evidence.domain ?? 'the domain'} publish the public key after \`p=\` in ${keyName(evidence)}: an empty \`p=\` means that the key is revoked.`,
    reproduce: KEY_IN_DNS,
    reference: 'RFC 6376 section 3.6.1',
  },
  'dkim-key-several': {
    title: 'Several records for one DKIM key',
    party: 'server',
    certainty: 'certain',
    remedy: (evidence) =>
      `Have the DNS administrator of ${evidence.domain ?? 'the domain'} delete all TXT records of ${keyName(evidence)} except the one with the key that signs: with several, each receiver may use a different one. If they are the parts of one key, publish them as strings of one record.`,
    reproduce: KEY_IN_DNS,
    reference: 'RFC 6376 section 3.6.2.2',
  },
  'dkim-key-record': {
    title: 'DKIM key in DNS cannot be used',
    party: 'server',
    certainty: 'certain',
    remedy: (evidence) =>
      `Have the DNS administrator of ${evidence.domain ?? 'the domain'} correct the TXT record ${keyName(evidence)}: ${evidence.reason ?? ''}.${howToCorrect(evidence)}`,
    reproduce: KEY_IN_DNS,
    reference: 'RFC 6376 section 3.6.1',
  },
  'dkim-key': {
    title: 'DKIM signature does not match its key',
    party: 'server',
    certainty: 'likely',
    remedy: (evidence) =>
      listOf(
        `Compare the public key in DNS (${keyName(evidence)}) with that of the private key that signs, and publish the one in use.`,
        [
          'For an RSA key, `openssl rsa -in KEY -pubout -outform DER | openssl base64 -A` on the server prints what must be after `p=` in DNS. dig may show it in several parts.',
          'If they match, a server changed a signed header field after it was signed: sign last.',
        ],
      ),
    examples:
      'The file of the private key: `KeyFile` or `KeyTable` in OpenDKIM, `path` in `dkim_signing.conf` of Rspamd, `dkim_private_key` of the transport in Exim.',
    reproduce: KEY_IN_DNS,
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
    reproduce: { command: 'dkim-key', shows: NO_TXT_RECORD },
  },
  'dkim-expired': {
    title: 'DKIM signature expired',
    party: 'server',
    certainty: 'likely',
    remedy:
      'Configure the server to sign with a later expiration (`x=`) or none, and check the clock of the server that signs and that of the machine that runs the gate.',
    reproduce: { command: 'sent-header', shows: 'x=' },
  },
  'dkim-short-key': {
    title: 'DKIM key too short',
    party: 'server',
    certainty: 'certain',
    remedy: (evidence) =>
      `Sign with an RSA key of 2048 bits, and publish its public key at ${keyName(evidence)} or with a new selector.`,
    reproduce: { command: 'dkim-key-length', shows: 'Public-Key: (' },
    reference: 'RFC 8301 section 3.2',
  },
  dmarc: {
    title: 'DMARC did not pass',
    party: 'server',
    certainty: 'likely',
    remedy: ({ found = '' }: Values) => {
      if (found === 'none') {
        return 'Publish a DMARC record (`_dmarc` and the domain of `delivery.from`, such as `v=DMARC1; p=none`): the receiver found none.';
      }
      if (found === 'permerror') {
        return 'Correct the DMARC record of the domain in `delivery.from`: the receiver cannot evaluate it. It must begin with `v=DMARC1; p=`, and be the only one.';
      }
      return listOf('Make SPF or DKIM pass for the domain of `delivery.from`: DMARC requires one of them.', [
        'DKIM: sign with this domain (`d=`). A signature of a different domain does not count, even if it is valid.',
        'SPF: the domain of the envelope sender must be this one, too, and its record must allow the sending server.',
        'A subdomain counts unless the DMARC record requires strict alignment (`adkim=s`, `aspf=s`).',
      ]);
    },
    // A result of a subdomain can be that of the record of a parent domain.
    reproduce: {
      command: 'dmarc',
      shows: ({ found }: Values) => (found === 'none' ? NO_POLICY.dmarc : ''),
      otherwise: RESULT,
    },
  },
  'other-domain': {
    title: 'Result is for a different domain',
    party: 'server',
    certainty: 'likely',
    remedy:
      'Configure the server to keep the address in `delivery.from`: it, or a server after it, replaces the sender. If the new sender is intended, use it as `delivery.from`.',
    reproduce: RESULT_OF_OTHER_DOMAIN,
  },
} as const satisfies Readonly<Record<string, Cause>>;

/** Findings of step 5: what the message that arrived shows about its path. */
export const TRANSIT = {
  'delivery-hop-unencrypted': error(
    'Received line shows that TLS was not used',
    "The `Received` line of the server that received the message from the gate says that there was no TLS, although the session with the gate was encrypted. Something between the two terminates TLS and continues unencrypted. The line says so in words, or it has plain `ESMTP` or `ESMTPA` and comes from software that otherwise writes `ESMTPS` or `ESMTPSA` for TLS: Postfix, Exim, Sendmail, OpenSMTPD, Haraka, Stalwart, or Exchange (which adds `version=` and `cipher=`). If the only client in the line is a loopback or private address that is not the gate's own, the finding is a warning, and with `delivery.hop: proxied` a notice.",
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Find the proxy, load balancer or gateway that terminates TLS between the gate and the mail server. Configure it to pass the connection through, or to use TLS to the mail server as well. The `from` clause of the line names it, unless it passes on the address of its client (PROXY protocol, XCLIENT).',
      reproduce: HOP_WITHOUT_TLS,
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
          remedy: ({ client = 'the client in the line' }: Values) =>
            `If ${client} is your proxy, which terminates TLS by design, and you trust the network between it and the mail server, set \`delivery.hop: proxied\`. Otherwise, configure it to pass TLS through, or to use TLS to the mail server as well.`,
          reproduce: HOP_WITHOUT_TLS,
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
      remedy: listOf(
        'Find out what is between the gate and the mail server: the `from` clause of the line names it, unless it passes on the address of its client.',
        [
          'If it is your proxy, in a private network, set `delivery.hop: proxied`.',
          'If it is a filtering gateway or a device that inspects TLS, decide whether it is meant to read the mail. If not, exempt the mail server from it.',
        ],
      ),
      reproduce: OTHER_HOP,
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
    'The lowest `Received` line of the message cannot be attributed to the server that received it from the gate, because it has neither the name or IP address of the gate nor the name of the server. Or its `by` clause names the server, but its `with` clause names no protocol that the gate uses. Or it does not say whether TLS was used. The `with` clause is optional, and some software always writes `SMTP` (Mailpit, Postal) or nothing (Inbucket). The message does not prove that TLS reached that server.',
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
            'Set `delivery.keep: true`, and look for a mail loop in the `Received` lines of the message: servers that forward mail to each other.',
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
      remedy: ({ check = '', required = '' }: Values) =>
        `If the result in the message is right, change \`${check}: ${required}\` in \`delivery.verdicts\`. Otherwise, correct the DNS records of the sender's domain, or the server that signs its mail.`,
      reproduce: RESULT,
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
        publishedKey: 'the part of the key record in DNS that shows the problem',
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
      remedy: ({ check = 'SPF or DMARC', authservId = 'the receiver' }: Values) =>
        `Configure ${authservId} to check ${check.toUpperCase()} of incoming mail and to write the result into \`Authentication-Results\` with this name. If the tested server also holds the inbox, remove \`${check}\` from \`delivery.verdicts\` instead: most servers do not check ${check.toUpperCase()} for clients that have authenticated.`,
      reproduce: NO_RESULT,
    },
    {
      about: 'delivery.verdicts',
      evidence: {
        ...fields('check', 'required', 'authservId'),
        present: 'the `Authentication-Results` lines in the message',
        otherId: 'a different authserv-id that reports this check',
      },
      reference: 'RFC 8601 section 5',
      causes: {
        'without-id': {
          title: 'Receiver writes results without its name',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ check = '' }: Values) =>
            `Remove \`${check}\` from \`delivery.verdicts\`, or use an inbox whose receiver writes its name into \`Authentication-Results\`: a result without a name can be from anyone. Microsoft 365 writes none.`,
          reproduce: NO_RESULT,
        },
        'other-id': {
          title: 'Result is from a different authserv-id',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ otherId = '' }: Values) =>
            `If \`${otherId}\` is your receiver, set \`authserv-id\` in \`delivery.verdicts\` to it: the message has this result from there. If not, ignore that result, because anyone can add such a field, and make sure that your receiver runs the check.`,
          reproduce: NO_RESULT,
        },
        'id-of-tested-server': {
          title: 'Result is from a different authserv-id',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ otherId = '' }: Values) =>
            `Set \`authserv-id\` in \`delivery.verdicts\` to \`${otherId}\`: the tested server, which accepted the message, writes its results with this name.`,
          reproduce: NO_RESULT,
        },
        'wrong-place': {
          title: 'Result may have been added by an earlier server',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Use an inbox on the receiver itself, or configure the receiver to transfer messages to the mailbox by LMTP over a Unix socket or loopback: after a transfer to a different machine, the gate cannot know who added the result. If the field is not from your receiver, it is forged.',
          reproduce: NO_RESULT,
        },
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
