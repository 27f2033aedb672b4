import { listOf } from '../../text/lists.js';
import type { Cause, Reproduction, Values } from './entry.js';
import { others } from './rejections/parts.js';

/** Too many connections are open at the same time from one IP address, or with one account. */
export const connectionLimit = (reproduce: Reproduction) =>
  ({
    title: 'Too many concurrent connections',
    party: 'server',
    certainty: 'likely',
    remedy: (evidence: Values) =>
      evidence.sameHost === undefined
        ? listOf(
            `Close other connections from the same IP address${evidence.account === undefined ? '' : ' or account'}, or wait until they end: other jobs, an application, or machines behind the same NAT probably use up the limit of the server.`,
            [
              '`ss -tn` on the machine of the gate lists its connections.',
              "If the IP address is shared, raise the limit of the server, or exempt the gate's IP address from it.",
            ],
          )
        : listOf(
            `Set \`per-host: 1\`: ${others(evidence)} used the same server in the same run, and the limit applies to all connections together.`,
            [
              'If it persists, other jobs, an application, or machines behind the same NAT use up the limit: close their connections, or wait.',
              "Or raise the limit of the server, or exempt the gate's IP address from it.",
            ],
          ),
    examples:
      'Exim: `smtp_accept_max_per_host`. Postfix: `smtpd_client_connection_count_limit`. Exchange: `MaxInboundConnectionPerSource` of the receive connector.',
    setting: 'connection-limit',
    reproduce,
  }) as const satisfies Cause;

/** The server accepts nothing from anyone at the moment. */
export const SERVER_BUSY = {
  title: 'Server too busy',
  party: 'server',
  certainty: 'likely',
  remedy: listOf(
    'Run the gate again later: the reply is about the load of the server, or about a limit for all clients together.',
    [
      'If it persists, find out on the server which clients connect, and what slows down its sessions.',
      'Then raise the limit for all connections, if the machine can serve more.',
    ],
  ),
  examples:
    'Exim: `smtp_accept_max`, `smtp_load_reserve`. Postfix: the column "maxproc" in `master.cf`, `default_process_limit`. Exchange: `MaxInboundConnection`.',
  setting: 'server-busy',
} as const satisfies Cause;
