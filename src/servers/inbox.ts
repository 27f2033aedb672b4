import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { listen, LOOPBACK, type Listener } from './listener.js';

/** The inbox of the servers of the demo and the self-test. */
export interface Inbox extends Listener {
  /** @param message as the mail server accepted it, lines ending in CR LF, bytes as ISO 8859-1 */
  deliver(message: string): void;
}

/**
 * Starts an inbox on a free port of loopback, with the part of Mailpit's API that the gate uses: it loads fastest.
 * @param server the name of the mail server that accepts the messages
 */
export async function startInbox(server: string): Promise<Inbox> {
  const messages = new Map<string, string>();
  const answerTo = async (request: IncomingMessage): Promise<string | undefined> => {
    if (request.method === 'DELETE') {
      const { IDs } = (await json(request)) as { readonly IDs: readonly string[] };
      for (const id of IDs) messages.delete(id);
      return '';
    }
    const [, id] = /\/message\/(\d+)\/raw$/.exec(request.url ?? '') ?? [];
    // A search also gets all messages; the client selects its own.
    return id === undefined ? JSON.stringify({ messages: [...messages].map(summary) }) : messages.get(id);
  };
  const listener = await listen(
    createServer((request, response) => {
      answerTo(request).then(
        (answer) => response.writeHead(answer === undefined ? 404 : 200).end(answer, 'latin1'),
        () => response.destroy(),
      );
    }),
  );
  let delivered = 0;
  return {
    ...listener,
    deliver: (message) => {
      // RFC 5321 section 4.4.
      const trace = `Received: from [${LOOPBACK}] by ${server} with ESMTPSA; ${new Date().toUTCString()}`;
      messages.set(String((delivered += 1)), `${trace}\r\n${message}`);
    },
  };
}

function summary([id, message]: readonly [id: string, message: string]) {
  const field = (name: string): string => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(message)?.[1] ?? '';
  return { ID: id, MessageID: field('Message-ID').replace(/[<>]/g, ''), Subject: field('Subject') };
}
