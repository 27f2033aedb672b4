import {
  addressesCommand,
  aliasCommand,
  dkimKeyCommand,
  dkimKeyLengthCommand,
  failedLookupCommand,
  mailDomainCommand,
  mxCommand,
  nameCommand,
  nullMxCommand,
  policyCommand,
} from '../dig.js';
import type { Commands } from '../subject.js';

/** What the DNS has. */
export const DNS_COMMANDS = {
  /** Whether the host name exists. */
  name: (endpoint) => nameCommand(endpoint),
  'failed-lookup': (endpoint) => failedLookupCommand(endpoint),
  addresses: (endpoint) => addressesCommand(endpoint),
  alias: (endpoint) => aliasCommand(endpoint),
  'mail-domain': (endpoint) => mailDomainCommand(endpoint),
  /** The public key of a DKIM signature. */
  'dkim-key': (_, { evidence }) => dkimKeyCommand(evidence),
  'dkim-key-length': (_, { evidence }) => dkimKeyLengthCommand(evidence),
  /** The records with which a receiver checks the domain of the sender. */
  spf: (endpoint) => policyCommand(endpoint, 'spf'),
  dmarc: (endpoint) => policyCommand(endpoint, 'dmarc'),
  mx: (endpoint) => mxCommand(endpoint),
  'null-mx': (endpoint) => nullMxCommand(endpoint),
} as const satisfies Commands;
