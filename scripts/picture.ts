import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { startEmbedded } from '../__tests__/support/embedded.js';
import { createRunner } from '../__tests__/support/runner.js';
import { createPki } from '../src/servers/pki.js';
import { Browser } from './chromium.js';

/*
 * Renders docs/images/summary.png: the summary that the bundle in dist/ writes for three servers on loopback. Run by
 * `npm run docs:picture`.
 */

const PICTURE = 'docs/images/summary.png';

/** The summary of a run in which one server passes, one warns and one fails. Times are always the same. */
async function renderSummary(): Promise<string> {
  const pki = await createPki('Example');
  const issue = (...names: string[]) => pki.issue({ commonName: names[0] ?? '', names });
  await using smtp = await startEmbedded({
    pki,
    identity: await issue('smtp.example.com'),
    smtp: { knows: () => true },
    imap: { knows: () => true, identity: await issue('imap.example.com') },
  });
  const deliver = (message: Buffer): undefined => {
    smtp.mailbox.append(message);
  };
  await using relay = await startEmbedded({
    pki,
    identity: await issue('relay.example.com'),
    smtp: { knows: () => true, authBeforeTls: true },
    alter: deliver,
  });
  await using mail = await startEmbedded({
    pki,
    identity: await issue('mail.example.net'),
    smtp: { knows: () => true },
  });
  await using runner = await createRunner();
  const { summary } = await runner.run(
    {
      endpoints: 'smtp.example.com, relay.example.com, mail.example.com',
      ca: pki.root.cert,
      username: 'app@example.com',
      password: 'a password',
      'mail-from': 'app@example.com',
      'rcpt-to': 'gate@example.com',
      inbox: 'imaps://imap.example.com/INBOX',
      'inbox-username': 'gate@example.com',
      'inbox-password': 'another password',
    },
    {
      NODE_OPTIONS: `--import=${resolve('__tests__/action/fixtures/network.mjs')}`,
      TEST_NETWORK: JSON.stringify({
        'smtp.example.com:587': smtp.port,
        'relay.example.com:587': relay.port,
        'mail.example.com:587': mail.port,
        'imap.example.com:993': smtp.imapPort,
      }),
    },
  );
  return summary.replaceAll(/\b\d+(?:\.\d+)?(\s)m?s\b/g, '320$1ms');
}

await using browser = await Browser.find();
const summary = await renderSummary();
await mkdir(dirname(PICTURE), { recursive: true });
await browser.picture(summary, PICTURE, { theme: 'light', width: 1120, fontSize: 14, scale: 2 }, 'h3');
