/**
 * Collects what is printed while something runs, for `@actions/core` prints to `process.stdout` and nowhere else.
 * @returns all that was printed
 */
export async function printedBy(run: () => void | Promise<void>): Promise<string> {
  const { stdout } = process;
  const write = Object.getOwnPropertyDescriptor(stdout, 'write');
  let printed = '';
  stdout.write = (chunk: string | Uint8Array) => {
    printed += String(chunk);
    return true;
  };
  try {
    await run();
  } finally {
    if (write) Object.defineProperty(stdout, 'write', write);
    else Reflect.deleteProperty(stdout, 'write');
  }
  return printed;
}
