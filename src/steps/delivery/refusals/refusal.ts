import type { CauseOf } from '../../../findings/catalog.js';
import type { TransactionVerb } from '../../../smtp/transaction.js';

/** What the server refused: a command, or the message after its final dot. */
export type RefusedAt = TransactionVerb | 'MESSAGE';

export type RefusalCause = CauseOf<'message-rejected'>;

/** What a refusal can be about besides its words. */
export interface RefusedClient {
  readonly hasAuthenticated: boolean;
  /** Whether the server offers AUTH over TLS. */
  readonly offersAuth: boolean;
  /** Whether a proxy authenticates the client, and a server behind it replies to the rest. */
  readonly isProxied?: boolean;
  /** The username with which it has authenticated. */
  readonly account?: string;
  readonly from: string;
  readonly to: string;
}

export interface Refusal extends RefusedClient {
  /** Whether the recipient is in a domain other than that of the sender. */
  readonly isForeign: boolean;
  readonly at: RefusedAt;
  readonly code: number;
  /** Subject and detail of the enhanced code, such as `7.1`, without its class; empty if there is none. */
  readonly status: string;
  /** The server's own words, without the addresses, names and links in them. */
  readonly text: string;
  /** The same with links, by which blocklists are recognized. */
  readonly linked: string;
}

export interface Row {
  /** Whether the code says exactly this, regardless of the words. */
  readonly isExactly?: (refusal: Refusal) => boolean;
  readonly fits: (refusal: Refusal) => boolean;
  readonly text: string;
  readonly cause: RefusalCause;
}

/** Fits any of the status codes, or the words. */
export const either =
  (statuses: readonly string[], words: RegExp) =>
  ({ status, text }: Refusal): boolean =>
    statuses.includes(status) || words.test(text);

/** Fits the words. */
export const says =
  (words: RegExp) =>
  ({ text }: Refusal): boolean =>
    words.test(text);

/** Whether the server has the message or asks for it. */
export const isLate = (at: RefusedAt): boolean => at === 'DATA' || at === 'MESSAGE';

/** Words of a refusal that is about the content of the message. Postfix and Sendmail say the last two words for a milter. */
export const CONTENT =
  /spam|gtube|virus|infected|malware|phishing|unsolicited|content|attachment|header|policy|score|command rejected/;
