import { createPki, type Pki } from '../../../src/servers/pki.js';
import { composeTestMessage } from '../../../src/message/test-message.js';
import type { ApiTarget } from '../../../src/plan/endpoint.js';
import { startEmbedded, USER } from '../../support/embedded.js';
import { codes, gate, letters, WITHOUT_PAUSES } from '../../support/gate.js';
import { startHttp, type HttpReply, type HttpServer } from '../../support/http.js';

/*
 * A mail catcher that forges the message from what the gate searches for. It knows or can guess everything else about
 * the message: sender, recipient, date and text.
 */

const HOST = '127.0.0.1';
const NOW = new Date();
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

let pki: Pki;

beforeAll(async () => {
  pki = await createPki('Forged');
});

interface Message {
  readonly id: string;
  readonly text: string;
}

/** How each catcher lists messages, and the route of their source. */
const CATCHERS = {
  'mailpit+http': {
    list: (nonce: string, messages: readonly Message[]) => ({
      messages: messages.map(({ id }) => ({ ID: id, MessageID: messageId(nonce), Subject: subject(nonce) })),
    }),
    source: /^GET \/api\/v1\/message\/(\w+)\/raw$/,
  },
  'maildev+http': {
    list: (nonce: string, messages: readonly Message[], route: string) => {
      const items = messages.map(({ id }) => ({
        id,
        subject: subject(nonce),
        headers: { 'message-id': `<${messageId(nonce)}>` },
      }));
      return route.endsWith('/summary') ? { items } : items;
    },
    source: /^GET \/api\/email\/(\w+)\/source$/,
  },
} as const;

const subject = (nonce: string): string => `STARTTLS Gate test message ${nonce}`;
const messageId = (nonce: string): string => `starttls-gate.${nonce}@${USER.username.replace(/^.*@/, '')}`;

/**
 * Starts a catcher that has a forged message as soon as the gate searches for one.
 * @param genuine the real message, which it has from the third search on
 */
async function startForger(scheme: keyof typeof CATCHERS, genuine: () => Buffer | undefined): Promise<HttpServer> {
  const { list, source } = CATCHERS[scheme];
  const template = await composeTestMessage(USER.username, USER.username, NOW);
  let looks = 0;
  let deleted = false;
  let messages: Message[] = [];
  return startHttp({}, ({ route, url, body }): HttpReply => {
    if (route.endsWith('/config')) return { body: '{"version":"3.0.0"}' };
    if (route.startsWith('DELETE')) {
      deleted = true;
      return { body: 'ok' };
    }
    const id = source.exec(route)?.[1];
    if (id !== undefined) {
      const found = messages.find((message) => message.id === id);
      return found && !deleted ? { body: found.text } : { status: 404 };
    }
    const [nonce] = UUID.exec(decodeURIComponent(url.search) + body) ?? [];
    if (nonce === undefined) return { body: JSON.stringify({ messages: [] }) };
    looks += 1;
    const real = looks > 2 ? genuine() : undefined;
    messages = [
      { id: 'forged', text: template.text.replaceAll(template.nonce, nonce) },
      ...(real ? [{ id: 'real', text: real.toString() }] : []),
    ];
    return { body: JSON.stringify(list(nonce, messages, route)) };
  });
}

describe.each(['mailpit+http', 'maildev+http'] as const)('a %s catcher that forges the message', (scheme) => {
  async function gated(arrives: boolean) {
    let delivered: Buffer | undefined;
    await using server = await startEmbedded({
      pki,
      smtp: {
        deliver: (raw) => {
          delivered = raw;
        },
      },
    });
    await using catcher = await startForger(scheme, () => (arrives ? delivered : undefined));
    const inbox: ApiTarget = { scheme, host: HOST, port: catcher.port, basePath: '' };
    const endpoint = server.endpoint();
    if (!endpoint.delivery) throw new Error('no delivery');
    const delivery = { ...endpoint.delivery, inbox, withinMs: arrives ? 20_000 : 1500 };
    const { report } = await gate({ ...endpoint, delivery }, { now: () => NOW, ...WITHOUT_PAUSES });
    return { report, delivered: delivered?.toString() ?? '', heard: catcher.heard };
  }

  test('does not make the step pass if the server has lost the message', async () => {
    const { report } = await gated(false);
    expect([letters(report.steps), codes(report.steps)[0]]).toEqual(['ppppf', 'message-altered']);
    expect(report.steps[4]?.findings[0]?.message).toMatch(/was replaced, or the message was forged/);
  });

  test('does not hide the real message that arrives later, and never receives the token in its body', async () => {
    const { report, delivered, heard } = await gated(true);
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppp', []]);
    expect(heard.filter((line) => line.startsWith('DELETE')).join()).not.toContain('forged');
    const [, body = ''] = delivered.split(/\r\n\r\n([^]*)/);
    const [token = ''] = /^[0-9a-f]{32}$/m.exec(body) ?? [];
    expect(token).not.toBe('');
    expect(delivered.split(token)).toHaveLength(2);
    expect(heard.join('\n')).not.toContain(token);
  });
});
