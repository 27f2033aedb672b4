import type { TLSSocketOptions } from 'node:tls';
import type { FindingCode } from '../../../src/findings/catalog.js';
import type { Dialogue } from '../dialogue.js';

/** An inbox beside a mail server, with TLS from the first byte, in which the message is looked for. */
export interface Beside {
  readonly scheme: 'imaps' | 'pop3s' | 'mailpit+https' | 'maildev+https';
  /** Starts it on a free port of 127.0.0.1. */
  readonly start: () => Promise<AsyncDisposable & { readonly port: number }>;
}

/** A hostile server as data, and the verdict that it must come to. */
export interface Entry {
  readonly name: string;
  readonly server: Dialogue;
  readonly inbox?: Beside;
  readonly transport?: 'implicit';
  /** A token in place of the password. */
  readonly accessToken?: true;
  /** Five letters, one a step, as `letters()` gives them. */
  readonly steps: string;
  /** What is found, in any order. */
  readonly codes: readonly FindingCode[];
}

/** What every server of the corpus is given. */
export interface Means {
  /** A certificate for the name that is expected, of the authority that is trusted. */
  readonly tls: TLSSocketOptions;
  readonly username: string;
  readonly password: string;
}

/** Milliseconds for any one wait of the client. What is to be too late for it waits longer, what is in time far less. */
export const TIMEOUT_MS = 2000;

/** What the five steps come to where the first finding that counts is at one of them, counted from 0. */
export function stoppedAt(step: number, letter: 'f' | 'i', code: FindingCode): Pick<Entry, 'steps' | 'codes'> {
  return { steps: 'p'.repeat(step) + letter + 'b'.repeat(4 - step), codes: [code] };
}

/** Nothing is wrong that counts; nobody has looked into an inbox. */
export const AS_GOOD: Pick<Entry, 'steps' | 'codes'> = { steps: 'ppppp', codes: ['receipt-not-verified'] };

/** Any octet that is a character of its own in ISO 8859-1. */
export function octets(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** A reply of several lines. */
export function reply(code: string, ...lines: readonly string[]): string[] {
  return lines.map((text, index) => `${code}${index === lines.length - 1 ? ' ' : '-'}${text}`);
}

/** Lines as they go out. */
export function wire(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}
