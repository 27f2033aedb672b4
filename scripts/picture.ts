import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { marked } from 'marked';
import { startEmbedded } from '../__tests__/support/embedded.js';
import { createRunner } from '../__tests__/support/runner.js';
import { createPki } from '../src/servers/pki.js';

/*
 * Renders docs/images/summary.png: the summary that the bundle in dist/ writes for three servers on loopback, with
 * GitHub's style sheet, in headless Chromium. Run by `npm run docs:picture`.
 */

const PICTURE = 'docs/images/summary.png';
/** In CSS pixels. */
const WIDTH = 1120;
const SCALE = 2;

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const run = promisify(execFile);

async function findBrowser(): Promise<string> {
  for (const name of BROWSERS) {
    const found = await run('which', [name]).catch(() => undefined);
    if (found) return found.stdout.trim();
  }
  throw new Error(
    `None of ${BROWSERS.join(', ')} is installed. On Debian: apt-get install chromium fonts-liberation fonts-noto-color-emoji`,
  );
}

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

/** A page with the summary, and a script that finds out how much of it is shown: up to the second endpoint. */
function page(summary: string, styles: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<style>${styles}
  body { margin: 0; background: #fff; }
  .markdown-body { box-sizing: border-box; width: ${WIDTH}px; padding: 24px 32px; font-size: 14px; }
</style>
<article class="markdown-body">${marked.parse(summary, { async: false })}</article>
<script>
  const [, second] = document.querySelectorAll('h3');
  const end = second ? second.offsetTop - 16 : document.body.scrollHeight;
  document.documentElement.dataset.height = Math.floor(end);
</script>
`;
}

const browser = await findBrowser();
const styles = await readFile('node_modules/github-markdown-css/github-markdown-light.css', 'utf8');
const summary = await renderSummary();
const folder = await mkdtemp(join(tmpdir(), 'picture-'));
try {
  const file = join(folder, 'summary.html');
  await mkdir(dirname(PICTURE), { recursive: true });
  await writeFile(file, page(summary, styles));
  const options = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    `--user-data-dir=${folder}/profile`,
  ];
  const url = pathToFileURL(file).href;
  const { stdout: dom } = await run(browser, [...options, `--window-size=${WIDTH},2000`, '--dump-dom', url]);
  const height = /data-height="(\d+)"/.exec(dom)?.[1];
  if (height === undefined) throw new Error('Chromium did not render the summary');
  await run(browser, [
    ...options,
    `--window-size=${WIDTH},${height}`,
    `--force-device-scale-factor=${SCALE}`,
    `--screenshot=${resolve(PICTURE)}`,
    url,
  ]);
} finally {
  await rm(folder, { recursive: true });
}
