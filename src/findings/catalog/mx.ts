import { listOf } from '../../text/lists.js';
import { beginning, entriesOf, type CatalogEntry, type Values } from './entry.js';
import { fields } from './evidence.js';

const { error, warning, notice } = entriesOf(['capability', 'certificate']);

const TARGET = { target: 'the target of the MX record' } as const;

/** The MX records of the domain. */
const RECORD = { command: 'mx', shows: ({ target = '' }: Values) => beginning(target) } as const;
const NULL_RECORD = { command: 'null-mx', shows: 'null MX' } as const;

/** Findings of `mx`, in the step that opens the connection: step 1, or step 3 with implicit TLS. */
export const MX = {
  'mx-not-found': error(
    'Domain has no mail server',
    'Mail for the domain cannot be delivered: the domain does not exist, or it has neither an MX record nor an IP address of its own. Without an MX record, mail is delivered to the IP address of the domain itself (an implicit MX).',
    {
      title: 'Domain does not exist',
      party: 'configuration',
      certainty: 'likely',
      remedy: listOf('Check the spelling of `mx`: public DNS does not know this domain.', [
        'If it should receive mail from the Internet, check its registration and its delegation.',
        'If it is internal, run the gate in a network that can resolve it (in a workflow: on a self-hosted runner).',
      ]),
      reproduce: { command: 'name', shows: 'status: NXDOMAIN' },
    },
    {
      evidence: fields('detail'),
      reference: 'RFC 5321 section 5.1',
      causes: {
        'no-records': {
          party: 'server',
          certainty: 'likely',
          remedy: listOf('Add an MX record that names the mail server of the domain.', [
            'If the domain should not receive mail, remove the endpoint, and add a null MX (`MX 0 .`), so that senders know at once.',
            'If the record exists only in an internal zone, run the gate on a machine that can resolve names in that zone.',
          ]),
          reproduce: { command: 'mail-domain', shows: 'no IP address' },
        },
      },
    },
  ),
  'mx-null': error(
    'Domain accepts no mail',
    'The domain has a null MX: an MX record with the target `.`, which says that the domain accepts no mail. Mail to the domain is returned at once.',
    {
      party: 'configuration',
      certainty: 'certain',
      remedy:
        'Remove the endpoint: the domain declares that it accepts no mail. If it should receive mail, replace the null MX with MX records that name its mail servers.',
      reproduce: NULL_RECORD,
    },
    {
      evidence: { ...TARGET, others: 'the targets of the other MX records' },
      reference: 'RFC 7505 section 3',
      causes: {
        'with-others': {
          title: 'Null MX next to other MX records',
          party: 'server',
          certainty: 'certain',
          remedy: ({ others = '' }: Values) =>
            `Remove the MX record with the target \`.\`: it says that the domain accepts no mail, and senders may return mail because of it. The domain has other MX records: ${others}. If it should not receive mail, remove these instead.`,
          reproduce: NULL_RECORD,
        },
      },
    },
  ),
  'mx-is-alias': warning(
    'MX record names an alias',
    'The target of the MX record is an alias (CNAME) for another name. That is not allowed: some senders do not follow the alias, and a server may not recognize itself in the record, so that mail loops.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: ({ alias = '' }: Values) =>
        `Name the host itself in the MX record: ${alias}. Its certificate must then include that name. Or replace the CNAME record with A and AAAA records.`,
      reproduce: { command: 'alias', shows: ({ alias = '' }: Values) => beginning(alias) },
    },
    { evidence: { alias: 'the name in the CNAME record of the MX host' }, reference: 'RFC 2181 section 10.3' },
  ),
  'mx-alias-unknown': notice(
    'Alias check of the MX host failed',
    'The CNAME record of the MX host could not be looked up: there was no reply within 5 seconds, or the name server reported a failure. So the gate does not know whether the MX record names an alias, which is not allowed. The host itself is tested.',
    {
      party: 'network',
      certainty: 'likely',
      remedy: listOf(
        'Look the record up on the machine that runs the gate, and with a public resolver (`dig @1.1.1.1`, with the name of the host and `CNAME`).',
        [
          "If only the machine's own resolver fails, correct that.",
          'If both fail, the name servers of the domain do not answer queries for CNAME records: whoever manages the domain must correct that.',
          'If it fails only sometimes, run the gate again.',
        ],
      ),
    },
    { evidence: fields('detail'), reference: 'RFC 2181 section 10.3' },
  ),
  'mx-is-address': error(
    'MX record contains an IP address',
    'The target of the MX record is an IP address. It must be the name of a host: many senders look it up as a name, which fails. The gate does not connect to it.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: ({ target = '' }: Values) =>
        `Name a host in the MX record instead of ${target}, and give that name an A or AAAA record with the IP address.`,
      reproduce: RECORD,
    },
    { evidence: TARGET, reference: 'RFC 5321 section 5.1' },
  ),
  'mx-invalid': error(
    'MX record names no valid host',
    'The target of the MX record is not a host name, so senders cannot deliver mail to it. The gate does not look it up.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Correct the MX record: its target must be the name of a host, which consists of letters, digits, hyphens and dots, and has an A or AAAA record.',
      reproduce: RECORD,
    },
    { evidence: TARGET, reference: 'RFC 5321 section 5.1' },
  ),
  'mx-too-many': error(
    'Too many MX hosts',
    'The domain has more MX hosts than the gate tests. The most preferred ones are tested, and the others are not.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Remove MX records that are not needed. Senders try only a few of the hosts. To test the others too, make each of them an endpoint with `host` and port 25.',
    },
    {
      evidence: { found: 'the number of MX hosts', tested: 'how many of them are tested' },
      reference: 'RFC 5321 section 5.1',
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
