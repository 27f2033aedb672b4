import type { TLSSocketOptions } from 'node:tls';
import type { FindingCode } from '../../../src/findings/codes.js';
import type { Dialogue } from '../dialogue.js';

/** The inbox of a mail server, with implicit TLS, in which the gate searches for the message. */
export interface Beside {
  readonly scheme: 'imaps' | 'pop3s' | 'mailpit+https' | 'maildev+https';
  /** Starts it on a free port of 127.0.0.1. */
  readonly start: () => Promise<AsyncDisposable & { readonly port: number }>;
}

/** A malicious server as data, and its expected result. */
export interface Entry {
  readonly name: string;
  readonly server: Dialogue;
  readonly inbox?: Beside;
  readonly transport?: 'implicit';
  /** An access token instead of the password. */
  readonly accessToken?: true;
  /** Five letters, one for each step, as returned by `letters()`. */
  readonly steps: string;
  /** The codes of the findings, in any order. */
  readonly codes: readonly FindingCode[];
}

/** What every server of the corpus needs. */
export interface Means {
  /** A certificate of the trusted CA for the expected name. */
  readonly tls: TLSSocketOptions;
  readonly username: string;
  readonly password: string;
}

/** The client's timeout. Replies that must be too late take longer, and those in time take much less. */
export const TIMEOUT_MS = 2000;

/** The expected result if the first failure is in the given step, counted from 0. */
export function stoppedAt(step: number, letter: 'f' | 'i', code: FindingCode): Pick<Entry, 'steps' | 'codes'> {
  return { steps: 'p'.repeat(step) + letter + 'b'.repeat(4 - step), codes: [code] };
}

/** The expected result without a failure and without an inbox. */
export const AS_GOOD: Pick<Entry, 'steps' | 'codes'> = { steps: 'ppppp', codes: ['receipt-not-verified'] };

/** Text in ISO 8859-1 as bytes. */
export function octets(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** A multiline reply. */
export function reply(code: string, ...lines: readonly string[]): string[] {
  return lines.map((text, index) => `${code}${index === lines.length - 1 ? ' ' : '-'}${text}`);
}

/** Lines as they are sent. */
export function wire(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}
