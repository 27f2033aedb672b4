import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Endpoint, InboxTarget } from '../../../src/plan/endpoint.js';
import { Secret } from '../../../src/secrets/secret.js';
import { TrustStore } from '../../../src/tls/trust.js';
import { createCorpus, TIMEOUT_MS, type Corpus, type Entry } from '../../support/corpus/corpus.js';
import { startEntry, type Started } from '../../support/corpus/start.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { waiting } from '../../support/time.js';

/** Every hostile server comes to its verdict, in time, and leaves nothing behind. */

const CREDENTIALS = { username: AUTH.username, password: 'correct horse' };
/** An attempt may wait four times as long as any one wait in it. */
const BUDGET_MS = 4 * TIMEOUT_MS + 1500;
const AT_A_TIME = 24;
const PATIENCE_MS = 120_000;

interface Came {
  readonly name: string;
  readonly steps: string;
  readonly codes: readonly string[];
}

function endpointOf(entry: Entry, { port, inbox }: Started, { ca }: Corpus): Endpoint {
  const { username, password } = CREDENTIALS;
  const secret = new Secret(password);
  const inboxAt = ({ scheme, port }: NonNullable<Started['inbox']>): InboxTarget => {
    const target = { host: '127.0.0.1', port, username, password: secret };
    return scheme === 'imaps' || scheme === 'pop3s'
      ? { ...target, scheme, mailbox: 'INBOX' }
      : { ...target, scheme, basePath: '' };
  };
  return testEndpoint(port, {
    timeoutMs: TIMEOUT_MS,
    tls: { ca: [ca], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    ...(entry.transport && { transport: entry.transport }),
    auth: { username, secret, kind: entry.accessToken ? 'access-token' : 'password', expect: 'accepted' },
    delivery: {
      ...DELIVERY,
      ...(inbox && { inbox: inboxAt(inbox) }),
    },
  });
}

let corpus: Corpus;
beforeAll(async () => {
  corpus = await createCorpus(CREDENTIALS);
});

test('the corpus is as large as it should be, and no two of it are one', () => {
  const names = corpus.entries.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(120);
});

test(
  'each ends in its verdict, within its time, and leaves neither a timer nor a socket behind',
  async () => {
    const before = held();
    const limit = pLimit(AT_A_TIME);
    const trust = new TrustStore();
    const late: [string, number][] = [];
    const came = await Promise.all(
      corpus.entries.map((entry) =>
        limit(async (): Promise<Came> => {
          await using started = await startEntry(entry);
          const waited = waiting();
          const { report } = await gate(endpointOf(entry, started, corpus), { trust });
          if (waited() > BUDGET_MS) late.push([entry.name, waited()]);
          return { name: entry.name, steps: letters(report.steps), codes: codes(report.steps).toSorted() };
        }),
      ),
    );
    const due = corpus.entries.map(({ name, steps, codes }): Came => ({ name, steps, codes: codes.toSorted() }));
    expect(came.filter((one, at) => JSON.stringify(one) !== JSON.stringify(due[at]))).toEqual([]);
    expect(late).toEqual([]);
    // What is closed is gone some turns of the event loop later.
    for (let turns = 0; turns < 50 && held() !== before; turns += 1) await sleep(20);
    expect(held()).toBe(before);
  },
  PATIENCE_MS,
);

/** What would keep the process alive. */
function held(): string {
  return process.getActiveResourcesInfo().toSorted().join(' ');
}
