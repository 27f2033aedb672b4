import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Endpoint, InboxTarget } from '../../../src/plan/endpoint.js';
import { Secret } from '../../../src/secrets/secret.js';
import { TrustStore } from '../../../src/tls/trust.js';
import { createCorpus, TIMEOUT_MS, type Corpus, type Entry } from '../../support/corpus/corpus.js';
import { startEntry, type Started } from '../../support/corpus/start.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { waiting } from '../../support/time.js';

/** Every malicious server gets its expected result within its time limit, and no resource remains open. */

const CREDENTIALS = { username: AUTH.username, password: 'correct horse' };
/** An attempt may wait four times as long as a single wait. */
const BUDGET_MS = 4 * TIMEOUT_MS + 1500;
const CONCURRENCY = 24;
const TEST_TIMEOUT_MS = 300_000;

interface Outcome {
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

test('the corpus has at least 120 entries with unique names', () => {
  const names = corpus.entries.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(120);
});

test(
  'each entry gets its expected result within its time limit, and leaves no timer or socket open',
  async () => {
    const before = openResources();
    const limit = pLimit(CONCURRENCY);
    const trust = new TrustStore();
    const late: [string, number][] = [];
    const outcomes = await Promise.all(
      corpus.entries.map((entry) =>
        limit(async (): Promise<Outcome> => {
          await using started = await startEntry(entry);
          const waited = waiting();
          const { report } = await gate(endpointOf(entry, started, corpus), { trust });
          if (waited() > BUDGET_MS) late.push([entry.name, waited()]);
          return { name: entry.name, steps: letters(report.steps), codes: codes(report.steps).toSorted() };
        }),
      ),
    );
    const expected = corpus.entries.map(({ name, steps, codes }): Outcome => ({
      name,
      steps,
      codes: codes.toSorted(),
    }));
    expect(outcomes.filter((one, at) => JSON.stringify(one) !== JSON.stringify(expected[at]))).toEqual([]);
    expect(late).toEqual([]);
    // Closed resources disappear only after a few turns of the event loop.
    for (let turns = 0; turns < 50 && openResources() !== before; turns += 1) await sleep(20);
    expect(openResources()).toBe(before);
  },
  TEST_TIMEOUT_MS,
);

/** The resources that keep the process alive. */
function openResources(): string {
  return process.getActiveResourcesInfo().toSorted().join(' ');
}
