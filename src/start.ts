import { setFlagsFromString } from 'node:v8';
import { reasonOf } from './text/reason.js';

/** The runner keeps ten errors of a step. */
const MOST_COMPLAINTS = 10;

/**
 * What servers send is garbage as soon as it is read. Left to itself the heap grows to hold tens of mebibytes of it,
 * before it is looked through.
 */
const FRUGAL = ['--semi-space-growth-factor=1', '--optimize-for-size', '--heap-growing-percent=10'];

/**
 * Runs a program so that nothing but its own word can end it well. Until it has said otherwise the exit code is
 * that of a failure; whatever is thrown anywhere, awaited or not, of whatever type, makes it one.
 * @param main the program; it returns the exit code
 * @param complain tells of what was thrown
 */
export function start(main: () => Promise<number>, complain: (reason: string) => void): void {
  let stray = 0;
  let complaints = 0;
  const onStray = (thrown: unknown): void => {
    stray = 1;
    complaints += 1;
    // What is broken may be the very thing that tells of it: then it would be asked for ever.
    if (complaints > MOST_COMPLAINTS) return;
    try {
      complain(reasonOf(thrown));
    } catch {
      // Thrown from here Node would print it as it is, to a log that obeys. It is red all the same.
    }
  };
  FRUGAL.forEach(setFlagsFromString);
  process.exitCode = 1;
  process.on('uncaughtException', onStray);
  process.on('unhandledRejection', onStray);
  void main()
    .catch((thrown: unknown) => {
      onStray(thrown);
      return 1;
    })
    .then((code) => {
      // A name lookup that nobody waits for any more would keep the process alive for as long as it likes; what
      // was written goes out first, and a rejection of the last moment is heard of.
      process.stdout.write('', () => setImmediate(() => process.exit(code || stray)));
    });
}
