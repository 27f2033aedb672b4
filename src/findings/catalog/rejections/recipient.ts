import { listOf } from '../../../text/lists.js';
import { command } from '../../commands/shell.js';
import type { Cause } from '../entry.js';
import { domain, quoted, reproduce } from './parts.js';

/** An address without what follows the plus sign in its local part. */
const withoutExtension = (address: string): string =>
  address.slice(0, address.indexOf('+')) + address.slice(address.lastIndexOf('@'));

/** The command that looks an address up in a table of Postfix. */
const tableLookup = (address: string): string => command(['postmap', '-q', address, 'TABLE']);

/** Rejections that are about the recipient address. */
export const OF_RECIPIENT = {
  'recipient-or-relay': {
    title: 'Recipient not accepted from an authenticated client',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      `Check that the server's rules allow authenticated clients to send to other domains: without such a rule, it rejects a recipient in ${domain(recipient)} with this reply. If the server itself serves that domain, check that the address exists.`,
    examples:
      'OpenSMTPD: `match from any auth for any action "outbound"`. Postfix: `permit_sasl_authenticated` in `smtpd_relay_restrictions`.',
    setting: 'relay-for-accounts',
    reproduce,
  },
  'recipient-not-qualified': {
    title: 'Recipient address not fully qualified',
    about: 'delivery.to',
    party: 'configuration',
    certainty: 'certain',
    remedy: ({ recipient }) =>
      `Set \`delivery.to\`${quoted(recipient)} to an address with a fully qualified domain. A host name without a domain is not enough.`,
    reproduce,
  },
  'recipient-syntax': {
    title: 'Syntax of the recipient address not accepted',
    about: 'delivery.to',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      `Set \`delivery.to\`${quoted(recipient)} to an ordinary address, with a fully qualified domain and no special characters.`,
    reproduce,
  },
  'recipient-null-mx': {
    title: 'Domain of the recipient accepts no mail',
    about: 'delivery.to',
    party: 'configuration',
    certainty: 'certain',
    remedy: ({ recipient }) =>
      `Set \`delivery.to\` to an address in a domain that accepts mail: the MX record of ${domain(recipient)} is \`.\` (null MX). If the domain should accept mail, correct its MX record.`,
    reference: 'RFC 7505 section 4.1',
    reproduce,
  },
  'recipient-domain-unknown': {
    title: 'Domain of the recipient does not exist',
    about: 'delivery.to',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      `Correct the domain in \`delivery.to\`${quoted(recipient)}: the server finds no MX, A or AAAA record for it. If the domain has one, check the DNS resolver of the server.`,
    reproduce,
  },
  'recipient-unverified': {
    title: 'Recipient not verified yet',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Check the recipient's own server: this server asks that server before it accepts mail, and got no useful reply. Then run the gate again later, because the result is cached.",
    examples: 'Postfix: `reject_unverified_recipient`.',
    reproduce,
  },
  'recipient-unknown': {
    title: 'Recipient does not exist',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      `Check \`delivery.to\`${quoted(recipient)}. If the address exists, the server cannot find it: check its aliases, its directory and the domains that it serves.`,
    setting: 'known-recipients',
    reproduce,
  },
  'recipient-not-accepted': {
    title: 'Recipient not accepted',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf(
        `Check that a rule of the server accepts mail for ${domain(recipient)}: the server has no such rule, or does not know the recipient.`,
        [
          'If there is such a rule, create the recipient on the server as a user, a mailbox or an alias.',
          `If the address is misspelled, correct \`delivery.to\`${quoted(recipient)}.`,
        ],
      ),
    examples: 'OpenSMTPD: `match from any for domain "DOMAIN" action NAME`.',
    setting: 'served-domains',
    reproduce,
  },
  'recipient-of-inbox': {
    title: 'Server does not know the recipient',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf(
        `Check that the server serves ${domain(recipient)}, and create the recipient${quoted(recipient)} there as a mailbox or an alias.`,
        [
          'A typo is unlikely, because the inbox has the same username.',
          'If the mailboxes are on another server, check how this one learns which recipients exist.',
          'If another server receives mail for the domain (its MX record), test that one.',
        ],
      ),
    setting: 'known-recipients',
    reproduce,
  },
  'rule-for-inbox': {
    title: 'Recipient not accepted',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf(
        `Check that a rule of the server accepts mail for ${domain(recipient)}: the server has no such rule, or does not know the recipient.`,
        [
          'If there is such a rule, create the recipient on the server as a user, a mailbox or an alias.',
          'A typo is unlikely, because the inbox has the same username.',
        ],
      ),
    examples: 'OpenSMTPD: `match from any for domain "DOMAIN" action NAME`.',
    setting: 'served-domains',
    reproduce,
  },
  'domain-not-served': {
    title: 'Domain of the recipient not served',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf(
        `Add ${domain(recipient)} to the domains for which the server accepts mail: it rejects the recipient as one in another domain, although the inbox has the same username.`,
        [
          'If another server receives mail for the domain (its MX record), test that one.',
          'To send through this server as a client, use its port for submission (587 or 465) with `auth`.',
        ],
      ),
    setting: 'served-domains',
    reproduce,
  },
  'recipient-unroutable': {
    title: 'Server has no route to the recipient',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf(`Check the domain in \`delivery.to\`${quoted(recipient)}, and that the address exists.`, [
        `If the server should receive mail for ${domain(recipient)}, add that domain to its configuration.`,
        'If it should relay to another server, its DNS resolver must find the MX, A or AAAA records of the domain.',
      ]),
    examples: 'Exim: `exim -bt ADDRESS` on the server shows which router accepts the address.',
    setting: 'served-domains',
    reproduce,
  },
  'unknown-in-local-table': {
    title: 'Recipient not among the local users of Postfix',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf(
        `Check on the server whether ${domain(recipient)} should be in \`mydestination\`: \`postconf mydestination virtual_mailbox_domains\` shows both lists, and a domain must not be in both.`,
        [
          'If its mailboxes are virtual, remove the domain from `mydestination`, and run `postfix reload`.',
          'If it is a local domain, create the user or an entry in `alias_maps`, or correct `local_recipient_maps`.',
          `If the address is misspelled, correct \`delivery.to\`${quoted(recipient)}.`,
        ],
      ),
    reproduce,
  },
  'unknown-in-relay-table': {
    title: 'Recipient not in the relay recipient table of Postfix',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf(
        `Add the recipient${quoted(recipient)} to the table in \`relay_recipient_maps\`, and run \`postmap\` for it: Postfix relays mail for this domain, but does not know the recipient.`,
        [
          'If the mailboxes of the domain are on this server, remove the domain from `relay_domains`.',
          '`postconf relay_domains relay_recipient_maps` on the server shows both.',
          'If the address is misspelled, correct `delivery.to`.',
        ],
      ),
    reproduce,
  },
  'unknown-in-alias-table': {
    title: 'Recipient not in the virtual alias table of Postfix',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf(
        `Add an alias for the recipient${quoted(recipient)} to the table in \`virtual_alias_maps\`, and run \`postmap\` for it: Postfix has only aliases for this domain.`,
        [
          'If the domain has mailboxes, move it from `virtual_alias_domains` to `virtual_mailbox_domains`.',
          '`postconf virtual_alias_domains virtual_mailbox_domains` on the server shows both.',
          'If the address is misspelled, correct `delivery.to`.',
        ],
      ),
    reproduce,
  },
  'unknown-in-mailbox-table': {
    title: 'Recipient has no virtual mailbox in Postfix',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient = 'ADDRESS' }) =>
      listOf(
        `Check \`delivery.to\`${quoted(recipient)}: Postfix serves this domain, but has no mailbox for the address.`,
        [
          'If the address is right, create the mailbox or an alias. If the table is a file, run `postmap` for it.',
          `\`postconf virtual_mailbox_maps\` on the server shows the table, and \`${tableLookup(recipient)}\` looks the address up.`,
        ],
      ),
    reproduce,
  },
  'recipient-extension': {
    title: 'Recipient with a plus sign does not exist',
    about: 'delivery.to',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient = '' }) =>
      listOf(
        `Configure the server to ignore what follows the plus sign, so that \`${recipient}\` reaches \`${withoutExtension(recipient)}\`. Or set \`delivery.to\` to that address.`,
        ['If the address without the extension does not exist either, create it on the server.'],
      ),
    examples:
      'Postfix and Dovecot: `recipient_delimiter = +`. Exim: `local_part_suffix = +*` and `local_part_suffix_optional` in the router. Exchange: `Set-OrganizationConfig -DisablePlusAddressInRecipients $false`.',
    reference: 'RFC 5233 section 1',
    reproduce,
  },
  'mailbox-of-inbox': {
    title: 'Recipient has no virtual mailbox in Postfix',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient = 'ADDRESS' }) =>
      listOf(
        `Create a mailbox or an alias for the recipient${quoted(recipient)}: Postfix serves its domain, but finds neither. If the table is a file, run \`postmap\` for it.`,
        [
          `\`postconf virtual_mailbox_maps\` on the server shows the table, and \`${tableLookup(recipient)}\` looks the address up.`,
          'A typo is unlikely, because the inbox has the same username.',
        ],
      ),
    reproduce,
  },
  'sender-restricted': {
    title: 'Recipient accepts mail only from certain senders',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient, sender }) =>
      `Use a \`delivery.to\` without such a restriction. Or have the administrator of the recipient${quoted(recipient)} allow the sender${quoted(sender)}: groups often accept mail only from members, or from authenticated senders of the organization.`,
    reproduce,
  },
  'wrong-server': {
    title: 'Server does not receive mail for this domain',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      `Set \`host\` to the name in the MX record of ${domain(recipient)}: the mailboxes of the domain are in a different region. If the MX record names this server, the owner of the domain has to correct the record.`,
    reproduce,
  },
  'not-in-directory': {
    title: "Recipient not in the organization's directory",
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      `Check \`delivery.to\`${quoted(recipient)}. If the address is right, ask the administrator of the recipient's organization to create it there, as a mailbox or an alias. The sender, its IP address and its permissions are not the reason.`,
    setting: 'recipient-directory',
    reproduce,
  },
  'inbox-not-in-directory': {
    title: "Recipient not in the organization's directory",
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf(
        `Have the administrator of the recipient's organization look up the recipient${quoted(recipient)} in its directory, and create it there as a mailbox or an alias if it is missing.`,
        [
          'A typo is unlikely, because the inbox has the same username.',
          'The sender, its IP address and its permissions are not the reason.',
        ],
      ),
    setting: 'recipient-directory',
    reproduce,
  },
  'mailbox-disabled': {
    title: 'Mailbox disabled',
    party: 'inbox',
    certainty: 'likely',
    remedy: 'Enable the mailbox of `delivery.to`, or use a different one.',
    reproduce,
  },
  'mailbox-full': {
    title: 'Mailbox full',
    party: 'inbox',
    certainty: 'likely',
    remedy: 'Delete old messages from the mailbox of `delivery.to`, or raise its quota.',
    reproduce,
  },
  'recipient-refused': {
    title: 'Recipient not accepted',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Fix the rule that rejects the recipient (the server's log says which one), or use a `delivery.to` for which the server accepts mail.",
    reproduce,
  },
} as const satisfies Readonly<Record<string, Cause>>;
