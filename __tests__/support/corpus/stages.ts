import { close, startTls, type Act, type Dialogue, type Verb } from '../dialogue.js';
import { wire, type Means } from './entry.js';

/** A point of the session at which the server sends something. */
export interface Stage {
  readonly name: string;
  /** The step of its reply, counted from 0. */
  readonly step: number;
  /** The step that waits for the next reply, and fails if that comes too early. */
  readonly next: number;
  readonly good: readonly string[];
  readonly verb: `plain:${Verb}` | `tls:${Verb}` | undefined;
}

/** After its reply, the server is responsible for the message. */
export const END_OF_DATA: Stage = {
  name: 'the end of data',
  step: 4,
  next: 4,
  verb: 'tls:MESSAGE',
  good: ['250 2.0.0 Queued'],
};

/** All stages, in the order of the session. */
export const STAGES: readonly Stage[] = [
  { name: 'the greeting', step: 0, next: 0, verb: undefined, good: ['220 mail.example.test ESMTP'] },
  { name: 'EHLO', step: 0, next: 1, verb: 'plain:EHLO', good: ['250-mail.example.test', '250 STARTTLS'] },
  { name: 'STARTTLS', step: 1, next: 1, verb: 'plain:STARTTLS', good: ['220 2.0.0 Ready'] },
  { name: 'EHLO in TLS', step: 3, next: 3, verb: 'tls:EHLO', good: ['250-mail.example.test', '250 AUTH PLAIN'] },
  { name: 'AUTH', step: 3, next: 3, verb: 'tls:AUTH', good: ['235 2.7.0 Welcome'] },
  { name: 'MAIL', step: 4, next: 4, verb: 'tls:MAIL', good: ['250 2.1.0 Ok'] },
  { name: 'RCPT', step: 4, next: 4, verb: 'tls:RCPT', good: ['250 2.1.5 Ok'] },
  { name: 'DATA', step: 4, next: 4, verb: 'tls:DATA', good: ['354 Go ahead'] },
  END_OF_DATA,
];

/** The last stage, where replies are ignored. */
export const QUIT: Stage = { name: 'QUIT', step: 4, next: 4, verb: 'tls:QUIT', good: ['221 2.0.0 Bye'] };

/** What a correct server does after its reply. */
export function goesOn({ verb }: Stage): readonly Act[] {
  if (verb === 'plain:STARTTLS') return [startTls];
  return verb === 'tls:QUIT' ? [close] : [];
}

/** A server that is correct except at one stage, without PIPELINING. */
export function serverAt({ verb }: Stage, { tls }: Means, acts: readonly Act[]): Dialogue {
  const common: Dialogue = { tls, offersInTls: ['AUTH PLAIN'] };
  return verb === undefined ? { ...common, greeting: acts } : { ...common, replies: { [verb]: acts } };
}

/** The code of the correct reply. */
export function codeOf({ good }: Stage): string {
  return wire(good).slice(0, 3);
}
