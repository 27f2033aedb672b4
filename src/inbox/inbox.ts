import type { X509Certificate } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { Resolver } from '../net/connect.js';
import type { Deadline } from '../net/deadline.js';
import type { Line, Transcript } from '../net/transcript.js';
import type { ValidDays } from '../plan/endpoint.js';
import type { InboxResult, Objection } from './failure.js';

/** A large message has the time of one reply for each part of this size. */
export const PART_BYTES = 1024 * 1024;

/** An open mailbox. */
export interface Inbox {
  /**
   * Waits for one message among those that have arrived since the inbox was opened.
   * @returns the message, or undefined if it did not arrive before the deadline
   */
  find(sought: Sought, deadline: Deadline): Promise<InboxResult<Received | undefined>>;
  /** Finds out more about a message that the last search did not find. Never throws. */
  explain(sought: Sought): Promise<Searched>;
  /** Settles when the connection has ended, for any reason. */
  readonly ended: Promise<void>;
  /** Logs out and closes the connection. Never throws. */
  close(): Promise<void>;
}

/** Where a message was searched for, by the names of the folders. */
export interface Searched {
  readonly folders: readonly string[];
  /** The junk folder of the account, if the gate knows one; `searched` unless the last search of it failed. */
  readonly junk?: { readonly folder: string; readonly searched: boolean };
  /** Missing if the server does not report it, or has assigned new UIDs. */
  readonly uids?: UidRange;
  /** The other folders of the account; missing if they could not be searched. */
  readonly elsewhere?: Elsewhere;
}

/** What the UIDs of a mailbox show: each message gets the next one, and none is used again (RFC 9051 section 2.3.1.1). */
export interface UidRange {
  /** UIDNEXT when the run first opened the mailbox. */
  readonly first: number;
  /** UIDNEXT after the search. */
  readonly next: number;
  /** How many messages from the first UID on the run has seen. */
  readonly seen: number;
}

/** The folders of an account that are not searched until the message has been found nowhere else. */
export interface Elsewhere {
  /** How many were searched. */
  readonly count: number;
  /** The one that has the message, if any, and its UID there. */
  readonly found?: { readonly folder: string; readonly uid: number };
}

/** The message to find. */
export interface Sought {
  /** With the angle brackets. */
  readonly messageId: string;
  /** Part of its Message-ID and Subject, by which it is found if its Message-ID was replaced in transit. */
  readonly nonce: string;
  /**
   * Whether a message with that Message-ID or such a Subject is the one, or a copy of it. A message that has the
   * Message-ID and is not the one counts only if no other has arrived by the deadline, because its body may have been
   * replaced in transit. No other message is touched.
   */
  readonly is: (source: Buffer) => boolean;
  /** Receives each message that was read, has the nonce, and is not the one: a bounce, a reply or a forgery. */
  readonly onOther?: (source: Buffer) => void;
  /** Its size in bytes when it was sent. */
  readonly size: number;
}

/** A message that was found. */
export interface Received {
  /** As the inbox has it, cut after `maxReadBytes` of its size. */
  readonly source: Buffer;
  /** The name of the junk folder in which it was found, if it was in one. */
  readonly junk?: string;
  /** How many copies were found, including this message. */
  readonly copies: number;
  /** Whether the last search found more possible copies than the gate reads. The others are not deleted. */
  readonly hasMore: boolean;
  /** Searches for copies once more. */
  recount(): Promise<InboxResult<void>>;
  /**
   * Searches for copies once more, then deletes this message and its copies, and no other message. If the server can
   * only delete all marked messages, they are only marked.
   */
  delete(): Promise<InboxResult<void>>;
}

/** The certificates of an inbox, leaf first, and OpenSSL's error for the chain. */
export interface InboxPeer {
  readonly sent: readonly X509Certificate[];
  readonly verifyError?: string;
}

/** How the connection to an inbox is made and judged. */
export interface InboxSettings {
  readonly resolver: Resolver;
  readonly context: SecureContext;
  /** The oldest TLS version that the context allows. */
  readonly minVersion: string;
  /** A context with every version and cipher suite, for a handshake that explains why another one failed. */
  readonly anything: () => SecureContext;
  /** How long the certificate must still be valid; `judge` checks it. */
  readonly minValidDays: ValidDays;
  /**
   * Judges the certificates of the inbox.
   * @returns what is wrong with them; the password is sent only if that is nothing
   */
  readonly judge: (peer: InboxPeer) => readonly Objection[];
  /** Whether the chain of the inbox leads to an anchor of the default store. */
  readonly endsInDefaultStore?: (peer: InboxPeer) => boolean;
  /** Milliseconds for any one wait. */
  readonly timeoutMs: number;
}

/** The settings of a connection, and where it records what it does. */
export interface SessionSettings extends InboxSettings {
  /** The dialogue, without secrets and the content of messages. */
  readonly transcript: Transcript;
  /** Receives the name of the mailbox before it is opened, with the prefix that an IMAP server may require. */
  readonly onMailbox: (name: string) => void;
}

/** What the last session with an inbox did, as far as it got. */
export interface SessionRecord {
  readonly lines: readonly Line[];
  readonly mailbox?: string;
  /** Whether the chain of the inbox leads to an anchor of the default store. */
  readonly endsInDefaultStore?: boolean;
}
