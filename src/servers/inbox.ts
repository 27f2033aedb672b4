import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { listen } from './listener.js';
import type { Listener } from './listener.js';

/** The inbox of the servers of the demo and the self-test. */
export interface Inbox extends Listener {
  /** @param message its source, lines ending in CR LF */
  deliver(message: string): void;
}

/**
 * Starts an inbox on a free port of loopback. It has as much of Mailpit's API as the gate asks for: of all the inboxes
 * that the gate knows, this takes it the least to load, and one message is like another to the judgement.
 */
export async function startInbox(): Promise<Inbox> {
  const messages = new Map<string, string>();
  const answerTo = async (request: IncomingMessage): Promise<string | undefined> => {
    if (request.method === 'DELETE') {
      const { IDs } = (await json(request)) as { readonly IDs: readonly string[] };
      for (const id of IDs) messages.delete(id);
      return '';
    }
    const [, id] = /\/message\/(\d+)\/raw$/.exec(request.url ?? '') ?? [];
    // To a search too: whoever asks picks out what is his.
    return id === undefined ? JSON.stringify({ messages: [...messages].map(summary) }) : messages.get(id);
  };
  const listener = await listen(
    createServer((request, response) => {
      answerTo(request).then(
        (answer) => response.writeHead(answer === undefined ? 404 : 200).end(answer),
        () => response.destroy(),
      );
    }),
  );
  let delivered = 0;
  return {
    ...listener,
    deliver: (message) => {
      messages.set(String((delivered += 1)), message);
    },
  };
}

function summary([id, message]: readonly [id: string, message: string]) {
  const field = (name: string): string => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(message)?.[1] ?? '';
  return { ID: id, MessageID: field('Message-ID').replace(/[<>]/g, ''), Subject: field('Subject') };
}
