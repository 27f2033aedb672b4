import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

/** The address on which only {@link startFullListener} listens. */
export const FULL = '127.0.0.10';

/** More than a queue of one holds. */
const FILLERS = 8;

export interface FullListener extends AsyncDisposable {
  readonly port: number;
}

/**
 * Starts a listener that does not reply, as if a firewall dropped every packet: its process is stopped, and its
 * queue is full.
 * @param port of {@link FULL}; 0 for any free one
 * @throws {Error} if this process may not listen on the port, or if it is in use
 */
export async function startFullListener(port: number): Promise<FullListener> {
  const script = `require('node:net').createServer().on('error', () => process.exit(1))
    .listen({ host: '${FULL}', port: ${port}, backlog: 1 }, function () {
      process.stdout.write(String(this.address().port), () => process.kill(process.pid, 'SIGSTOP'));
    })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const [said] = (await Promise.race([once(child.stdout, 'data'), closed])) as [Buffer | number];
  if (typeof said === 'number') throw new Error(`Cannot listen on port ${port} of ${FULL}`);
  const listening = Number(said.toString());
  const fillers = Array.from({ length: FILLERS }, () => connect(listening, FULL).on('error', () => undefined));
  // These two wait to be accepted, and all others get no reply.
  await Promise.all(fillers.slice(0, 2).map((filler) => once(filler, 'connect')));
  return {
    port: listening,
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
      await closed;
    },
  };
}
