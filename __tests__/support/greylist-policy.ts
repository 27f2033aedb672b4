import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { listen, type Listener } from '../../src/servers/listener.js';

/** A policy service for Postfix that greylists: it defers every message for a number of attempts. */
export interface GreylistPolicy extends Listener {
  /** The number of attempts that will be deferred. */
  triesLeft: number;
  /** The recipients of all requests, one for each attempt. */
  readonly asked: string[];
}

/** Starts the service; it speaks the policy delegation protocol (Postfix, SMTPD_POLICY_README). */
export async function startGreylistPolicy(): Promise<GreylistPolicy> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    let recipient = '';
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => {
      const [, name, value = ''] = /^([^=]*)=(.*)$/.exec(line) ?? [];
      if (name === 'recipient') recipient = value;
      if (line !== '') return;
      asked.push(recipient);
      const putsOff = policy.triesLeft > 0;
      if (putsOff) policy.triesLeft -= 1;
      socket.write(`action=${putsOff ? '451 4.7.1 Greylisted, come again' : 'DUNNO'}\n\n`);
    });
  });
  const policy: GreylistPolicy = { ...(await listen(server)), triesLeft: 0, asked };
  return policy;
}
