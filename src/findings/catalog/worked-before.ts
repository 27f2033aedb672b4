import type { Cause, Values } from './entry.js';

/** The cause of a failure before the greeting, if the server worked in an earlier attempt of the same run. */
export const WORKED_BEFORE = {
  title: 'Server stopped working between two attempts',
  party: 'server',
  certainty: 'likely',
  remedy: ({ reached = 'a later step' }: Values) =>
    `Check the server's log for the time of the first attempt, and fix what failed in ${reached}. An earlier attempt got that far, so \`host\` and \`port\` are right. Since then, a process of the server has probably crashed, or the server blocks the gate's IP address after that failure.`,
} as const satisfies Cause;
