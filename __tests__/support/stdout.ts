/**
 * Collects what a function prints, because `@actions/core` prints only to `process.stdout`.
 * @returns the output
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
