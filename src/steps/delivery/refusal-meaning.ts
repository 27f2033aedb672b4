import type { Reply } from '../../smtp/reply.js';
import { accountMeaningOf } from '../replies/provider-account.js';
import { gatewayMeaningOf } from '../replies/gateways.js';
import { blocklistErrorIn } from '../replies/blocklist.js';
import { wordsOf } from '../reply-text.js';
import { OF_CLIENT } from './refusals/of-client.js';
import { OF_POLICY } from './refusals/of-policy.js';
import { OF_RECIPIENT } from './refusals/of-recipient.js';
import { OF_SENDER } from './refusals/of-sender.js';
import { OF_SERVER } from './refusals/of-server.js';
import type { RefusalCause, RefusedAt, RefusedClient, Row } from './refusals/refusal.js';

export type { RefusedAt, RefusedClient } from './refusals/refusal.js';

/**
 * The first row that a code matches exactly counts, otherwise the first that fits. Clear words come before codes that
 * many causes share.
 */
const TABLE: readonly Row[] = [...OF_CLIENT, ...OF_SENDER, ...OF_SERVER, ...OF_RECIPIENT, ...OF_POLICY];

/** Whether the server quotes the sender, which is not the address of the account, and says nothing that is known. */
function namesForeignSender(reply: Reply, { from, to, account = '' }: RefusedClient): boolean {
  const text = reply.lines.map(({ exact }) => exact.toLowerCase()).join(' ');
  const [sender, recipient, own] = [from, to, account].map((address) => address.toLowerCase()) as [
    string,
    string,
    string,
  ];
  const isForeign = own.includes('@') && sender !== own;
  return isForeign && [550, 553].includes(reply.code) && text.includes(sender) && !text.includes(recipient);
}

/**
 * What a 4xx or 5xx means, by its enhanced status code (RFC 3463) and its words.
 * @returns a sentence and the cause; undefined if neither its codes nor its words are known
 */
export function refusalMeaningOf(
  at: RefusedAt,
  reply: Reply,
  client: RefusedClient,
): { readonly text: string; readonly cause: RefusalCause } | undefined {
  const { code, enhanced = '' } = reply;
  const linked = wordsOf(reply);
  const status = enhanced.slice(enhanced.indexOf('.') + 1);
  const isForeign = domainOf(client.from) !== domainOf(client.to);
  const refusal = { ...client, isForeign, at, code, status, text: linked.replace(/(?<!\S)\S*:\/\/\S*/g, ''), linked };
  const error = blocklistErrorIn(reply);
  if (error) return { text: 'The reply quotes an error of a blocklist, not a listing.', cause: error };
  const ofAccount = accountMeaningOf(reply, client);
  const ofGateway = ofAccount ?? gatewayMeaningOf(reply);
  if (ofGateway) return ofGateway;
  const row = TABLE.find(({ isExactly }) => isExactly?.(refusal)) ?? TABLE.find(({ fits }) => fits(refusal));
  if (!row) {
    if ((at !== 'MAIL' && at !== 'MESSAGE') || !namesForeignSender(reply, client)) return undefined;
    const text = 'The server names the sender, which is not the address of the account.';
    return { text, cause: 'account-may-not-send-as' };
  }
  const { text, cause } = row;
  if (cause === 'relay-denied' && client.hasAuthenticated && client.isProxied) {
    return { text, cause: 'relay-denied-to-proxy' };
  }
  if (client.hasAuthenticated) return { text, cause: WITH_AUTH[cause] ?? cause };
  return { text, cause: cause === 'relay-denied' && !client.offersAuth ? 'relay-denied-without-auth' : cause };
}

/** What a cause means if the client has authenticated. */
const WITH_AUTH: Readonly<Partial<Record<RefusalCause, RefusalCause>>> = {
  'sign-in-required': 'not-authorized',
  'relay-denied': 'relay-denied-to-account',
  'client-name': 'account-rejected-by-address',
  'client-reputation': 'account-rejected-by-address',
  'client-not-allowed': 'account-rejected-by-address',
  'sender-authentication': 'account-without-spf',
  'sender-not-allowed': 'account-may-not-send-as',
};

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
