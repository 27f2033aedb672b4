import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Below the ephemeral ports of Linux, so that no client uses a port between its selection and its use. */
const LOWEST = 16_000;
/** Each worker has its own range, because a selected port is free until its server starts. */
const OF_A_WORKER = 1000;
const WORKERS = 16;

/** Selected ports are free until their servers start, and a test may start several servers at the same time. */
const selected = new Set<number>();

/** Finds free ports of 127.0.0.1, for servers that cannot select one themselves. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  const worker = Number(process.env.JEST_WORKER_ID ?? 1) % WORKERS;
  const first = LOWEST + worker * OF_A_WORKER;
  const last = first + OF_A_WORKER - 1;
  let candidate = first + Math.floor(Math.random() * (OF_A_WORKER - 4 * count));
  for (; ports.length < count; candidate++) {
    if (candidate > last) throw new Error('No free ports left');
    if (selected.has(candidate)) continue;
    selected.add(candidate);
    if (await isFree(candidate)) ports.push(candidate);
  }
  return ports;
}

/** Waits until a port of 127.0.0.1 accepts connections. @throws after `withinMs` */
export async function accepting(port: number, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`Nobody listens on port ${port}`, { cause: error });
      await sleep(50);
    } finally {
      socket.destroy();
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    const listening = once(server, 'listening');
    server.listen(port, '127.0.0.1');
    await listening;
  } catch {
    return false;
  }
  const closed = once(server, 'close');
  server.close();
  await closed;
  return true;
}
