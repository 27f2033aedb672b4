import { listOf } from '../../text/lists.js';
import { REPLY, type Cause, type Reproduction, type Values } from './entry.js';

/** The page that a rejection names, as far as the reply is quoted. It is a text of the server. */
export function pageIn({ reply = '' }: Values): string | undefined {
  const page = /\bhttps?:\/\/[^\s"'<>()[\]]+/i.exec(reply)?.[0].replace(/[.,;:!?]$/, '');
  // The rest of a link that was cut or escaped is not known.
  return page === undefined || /…|\\/.test(page) ? undefined : page;
}

/** The IP address of the gate is on a blocklist, or has a bad reputation. */
export const listedClient = (reproduce: Omit<Reproduction, 'shows'>): Cause => ({
  title: "Gate's IP address is on a blocklist",
  party: 'network',
  certainty: 'likely',
  remedy: (evidence) => {
    const page = pageIn(evidence);
    const where =
      page === undefined ? ', which the reply usually names' : `, on the page that the reply names: ${page}`;
    return listOf(
      `Run the gate on a machine whose fixed IP address is not listed (in a workflow: a self-hosted runner): many blocklists list cloud machines, including GitHub-hosted runners.`,
      [
        `Or request the removal of the gate's public IP address from the blocklist${where}. Usually only the operator of its network can do this.`,
        'On your own server, you can also exempt the address.',
      ],
    );
  },
  setting: 'greeting-rejected',
  // The first line of such a reply is often only the name of the server, and the rest of the link an IP address.
  reproduce: {
    ...reproduce,
    shows: (evidence) => /^https?:\/\/[^/?#]+/i.exec(pageIn(evidence) ?? '')?.[0] ?? REPLY(evidence),
  },
});

/** Looks for the error, because the beginning of the reply is the same for a listing. */
const errorIn = (evidence: Values): string =>
  /\berror: [a-z ]*[a-z]/i.exec(evidence.reply ?? '')?.[0] ?? REPLY(evidence);

/** The server rejects clients because of an error of a blocklist. */
export const blocklistErrors = (command: Omit<Reproduction, 'shows'>) => {
  const reproduce = { ...command, shows: errorIn };
  return {
    'blocklist-query-refused': {
      title: "Blocklist refuses the server's queries",
      party: 'server',
      certainty: 'likely',
      remedy: listOf(
        'Configure the server to query the blocklist through its own resolver instead of a public or shared one, or with a key from the blocklist operator.',
        [
          'Limit the rule to the return codes that mean a listing.',
          "The reply quotes an error of the blocklist, so the server probably rejects every client: the gate's IP address is not the problem.",
        ],
      ),
      examples:
        'Spamhaus: a DQS key. Postfix: `reject_rbl_client zen.spamhaus.org=127.0.0.[2..11]`. Exim: `dnslists = zen.spamhaus.org!&0.255.255.0`.',
      setting: 'blocklist-codes',
      reproduce,
    },
    'blocklist-gone': {
      title: 'Server queries a blocklist that does not exist',
      party: 'server',
      certainty: 'likely',
      remedy:
        "Correct the name of the blocklist in the server's configuration, or remove the blocklist if its operator has shut it down. The reply quotes an error from the blocklist, so the server probably rejects every client: the gate's IP address is not the problem.",
      examples: 'Postfix: `reject_rbl_client`, `postscreen_dnsbl_sites`. Exim: `dnslists`.',
      setting: 'blocklist-codes',
      reproduce,
    },
  } as const satisfies Record<string, Cause>;
};
