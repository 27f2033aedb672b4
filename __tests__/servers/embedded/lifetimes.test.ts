import { createPki, inDays, issue, type Identity, type Pki } from '../../../src/servers/pki.js';
import type { TlsPolicy, ValidDays } from '../../../src/plan/endpoint.js';
import { TrustStore } from '../../../src/tls/trust.js';
import { HOST } from '../../support/certificate-fixtures.js';
import { startEmbedded } from '../../support/embedded.js';
import { codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';

/** How long a certificate must and should stay valid, and how long it may live. */

let pki: Pki;
beforeAll(async () => {
  pki = await createPki('Test');
});

const SOON = 'certificate-expires-soon';
const DUE = 'certificate-renewal-due';

const DAY_MS = 86_400_000;
/** In days. */
const HOURS = 1 / 24;
const MINUTES = HOURS / 60;
/** The lifetime of Let's Encrypt's profile `shortlived`. */
const SIX_DAYS = 160 * HOURS;

const AUTO = { minValidDays: 'auto', warnValidDays: 'auto' } as const;

/** Issues a certificate with exactly this lifetime: the times in a certificate are whole seconds. */
function ending(days: number, lifetime: number, addresses: readonly string[] = []): Promise<Identity> {
  const notAfter = new Date(Math.floor(inDays(days).getTime() / 1000) * 1000);
  const notBefore = new Date(notAfter.getTime() - lifetime * DAY_MS);
  return pki.issue({ names: [HOST], addresses, notBefore, notAfter });
}

async function see({ key, chain }: Identity, policy: Partial<TlsPolicy>, trust?: TrustStore) {
  await using server = await startScriptedServer({ tls: { key, cert: chain } });
  const tls = { ca: [pki.root.cert], minVersion: 'TLSv1.2', ...AUTO, pins: [], ...policy } as const;
  const { report } = await gate(testEndpoint(server.port, { tls }), trust && { trust });
  return { steps: letters(report.steps), codes: codes(report.steps), found: report.steps[2]?.findings[0] };
}

describe('by default, what a certificate needs depends on its lifetime', () => {
  test.each<[string, number, string, number, string[]]>([
    ['six days', SIX_DAYS, 'three days', 3, []],
    ['six days', SIX_DAYS, '40 hours and a few minutes', 40 * HOURS + 5 * MINUTES, []],
    ['six days', SIX_DAYS, 'just under 40 hours', 40 * HOURS - MINUTES, [DUE]],
    ['six days', SIX_DAYS, '27 hours', 27 * HOURS, [DUE]],
    ['six days', SIX_DAYS, '26 hours', 26 * HOURS, [SOON]],
    ['six days', SIX_DAYS, '20 hours', 20 * HOURS, [SOON]],
    ['45 days', 45, '15 days', 15, []],
    ['45 days', 45, 'just over 11.25 days', 11.25 + 5 * MINUTES, []],
    ['45 days', 45, 'just under 11.25 days', 11.25 - MINUTES, [DUE]],
    ['45 days', 45, 'just over 7.5 days', 7.5 + 5 * MINUTES, [DUE]],
    ['45 days', 45, 'just under 7.5 days', 7.5 - MINUTES, [SOON]],
    ['90 days', 90, '30 days', 30, []],
    ['90 days', 90, 'just over 21 days', 21 + 5 * MINUTES, []],
    ['90 days', 90, 'just under 21 days', 21 - MINUTES, [DUE]],
    ['90 days', 90, 'just over 14 days', 14 + 5 * MINUTES, [DUE]],
    ['90 days', 90, 'just under 14 days', 14 - MINUTES, [SOON]],
    ['90 days', 90, '10 days', 10, [SOON]],
    ['398 days', 398, '22 days', 22, []],
    ['398 days', 398, '20 days', 20, [DUE]],
    ['398 days', 398, '13 days', 13, [SOON]],
  ])('a certificate for %s (%d) that expires in %s (%d)', async (_, lifetime, __, left, expected) => {
    const seen = await see(await ending(left, lifetime), {});
    expect(seen.codes).toEqual(expected);
    expect(seen.steps[2]).toBe(expected[0] === SOON ? 'f' : expected[0] === DUE ? 'w' : 'p');
  });
});

describe('a number of days is required whatever the lifetime is', () => {
  test.each<[{ minValidDays: ValidDays; warnValidDays: ValidDays }, number, number, string[]]>([
    [{ minValidDays: 14, warnValidDays: 0 }, SIX_DAYS, 3, [SOON]],
    [{ minValidDays: 14, warnValidDays: 0 }, 90, 14 + 5 * MINUTES, []],
    [{ minValidDays: 14, warnValidDays: 0 }, 90, 14 - MINUTES, [SOON]],
    [{ minValidDays: 1, warnValidDays: 0 }, SIX_DAYS, 25 * HOURS, []],
    [{ minValidDays: 0, warnValidDays: 0 }, SIX_DAYS, 1 * HOURS, []],
    [{ minValidDays: 0, warnValidDays: 0 }, 90, 1 * HOURS, []],
    [{ minValidDays: 0, warnValidDays: 'auto' }, SIX_DAYS, 1 * HOURS, [DUE]],
    [{ minValidDays: 'auto', warnValidDays: 0 }, 90, 15, []],
    [{ minValidDays: 'auto', warnValidDays: 0 }, 90, 13, [SOON]],
    [{ minValidDays: 'auto', warnValidDays: 28 }, 90, 28 - MINUTES, [DUE]],
    [{ minValidDays: 'auto', warnValidDays: 28 }, 90, 28 + 5 * MINUTES, []],
    [{ minValidDays: 28, warnValidDays: 'auto' }, 90, 25, [SOON]],
    [{ minValidDays: 28, warnValidDays: 14 }, 90, 25, [SOON]],
  ])('%j with a certificate for %d days that expires in %d', async (policy, lifetime, left, expected) => {
    expect((await see(await ending(left, lifetime), policy)).codes).toEqual(expected);
  });
});

describe('the finding', () => {
  test.each<[string, number, number, Partial<TlsPolicy>, string[]]>([
    [
      'a certificate for six days says in hours what is left and what is required',
      SIX_DAYS,
      20 * HOURS + 5 * MINUTES,
      {},
      [
        ...['error', 'server', 'Certificate expires soon'],
        'The certificate expires on DATE, in 20 hours, but must be valid for at least 27 hours (a sixth of its lifetime).',
      ],
    ],
    [
      'a certificate for six days whose renewal is due says the same as a warning',
      SIX_DAYS,
      30 * HOURS + 5 * MINUTES,
      {},
      [
        ...['warning', 'server', 'Certificate renewal due'],
        'The certificate expires on DATE, in 30 hours, but should be valid for at least 40 hours (a quarter of its lifetime).',
      ],
    ],
    [
      'a certificate for 45 days has a requirement with a fraction',
      45,
      7.4,
      {},
      [
        ...['error', 'server', 'Certificate expires soon'],
        'The certificate expires on DATE, in 7 days, but must be valid for at least 7.5 days (a sixth of its lifetime).',
      ],
    ],
    [
      'a certificate for 90 days has whole days',
      90,
      18.5,
      {},
      [
        ...['warning', 'server', 'Certificate renewal due'],
        'The certificate expires on DATE, in 18 days, but should be valid for at least 21 days.',
      ],
    ],
    [
      'a number that is too large for the lifetime is a problem of the configuration',
      SIX_DAYS,
      3.1,
      { minValidDays: 14 },
      [
        ...['error', 'configuration', 'Lifetime too short for min-valid-days'],
        'The certificate expires on DATE, in 3 days, but must be valid for at least 14 days. Its entire lifetime is 6 days.',
      ],
    ],
    [
      'so is one for the warning',
      45,
      20.5,
      { warnValidDays: 30 },
      [
        ...['warning', 'configuration', 'Lifetime too short for warn-valid-days'],
        'The certificate expires on DATE, in 20 days, but should be valid for at least 30 days. Its entire lifetime is 45 days.',
      ],
    ],
    [
      'a number is not too large if less than a third of the lifetime is left',
      45,
      14.5,
      { minValidDays: 30 },
      [
        ...['error', 'server', 'Certificate expires soon'],
        'The certificate expires on DATE, in 14 days, but must be valid for at least 30 days.',
      ],
    ],
  ])('about %s', async (_, lifetime, left, policy, expected) => {
    const { found } = await see(await ending(left, lifetime), policy);
    const { severity, party, title, message } = found ?? {};
    expect([severity, party, title, message?.replace(/\d{4}-\d\d-\d\d/, 'DATE')]).toEqual(expected);
  });

  test('about a late renewal says to check first whether the server was reloaded, and how to automate that', async () => {
    const { found } = await see(await ending(15, 90), {});
    expect(found).toMatchObject({
      remedy: expect.stringMatching(
        /^First check whether .* reload the mail server.*certbot: .*--deploy-hook.*acme\.sh: .*--reloadcmd/s,
      ) as string,
      reproduceShows: expect.stringMatching(/^NotAfter: /) as string,
    });
  });

  test('about a late renewal refers to the fix of an error for which a new certificate is needed, too', async () => {
    const dates = { notBefore: inDays(-75), notAfter: inDays(15) };
    const seen = await see(await pki.issue({ names: ['wrong.example.test'], ...dates }), {});
    expect(seen.codes).toEqual([DUE, 'certificate-hostname-mismatch']);
    expect(seen.found?.remedy).toMatch(/^The same new certificate fixes this: see "/);
  });

  test('about a number that is too large for the lifetime suggests auto', async () => {
    const { found } = await see(await ending(20, 45), { warnValidDays: 30 });
    expect(found?.remedy).toMatch(
      /^Set `warn-valid-days` \(or `tls\.warn-valid-days`, if this endpoint sets it\) to `auto`/,
    );
  });
});

test('a warning that the renewal is due does not withhold credentials', async () => {
  const identity = await ending(15, 90);
  await using server = await startEmbedded({ pki, identity });
  const endpoint = server.endpoint({ servername: HOST });
  const { report } = await gate({ ...endpoint, tls: { ...endpoint.tls, ...AUTO } });
  expect([letters(report.steps), codes(report.steps)]).toEqual(['ppwpp', [DUE]]);
});

describe('an issuer that expires before a certificate for 45 days', () => {
  test.each<[string, number, string, string, string]>([
    ['is a warning', 8, 'warning', 'ppwnn', ''],
    [
      'is an error if that is too soon for the certificate',
      2.1,
      'error',
      'ppfbb',
      ', in 50 hours, but must be valid for at least 7.5 days',
    ],
  ])('%s', async (_, left, severity, steps, clause) => {
    const ca = { commonName: 'Ending CA', ca: true, notBefore: inDays(-900), notAfter: inDays(left) };
    const issuer = await issue({ ...ca, issuer: pki.root });
    const [notBefore, notAfter] = [inDays(-5), new Date(inDays(-5).getTime() + 45 * DAY_MS)];
    const seen = await see(await issue({ names: [HOST], notBefore, notAfter, issuer }), {});
    expect(seen.steps).toBe(steps);
    expect(seen.found).toMatchObject({ code: 'certificate-issuer-expires-first', severity });
    expect(seen.found?.message).toMatch(new RegExp(`CN=Ending CA expires on [-\\d]+${clause}; the certificate itself`));
  });
});

describe('the certificate of an inbox', () => {
  test.each<[string, number, Partial<TlsPolicy>, string, string[]]>([
    ['has enough time for its lifetime', 3, AUTO, 'ppppp', []],
    ['should have been renewed, which is no error', 30 * HOURS, AUTO, 'ppppp', []],
    ['expires too soon for its lifetime', 20 * HOURS, AUTO, 'ppppf', ['inbox-unreachable']],
    ['expires too soon for a number of days', 3, { ...AUTO, minValidDays: 14 }, 'ppppf', ['inbox-unreachable']],
  ])('%s: %d', async (_, left, policy, steps, expected) => {
    const identity = await pki.issue({ names: [HOST] });
    await using server = await startEmbedded({
      pki,
      identity,
      imap: { identity: await ending(left, SIX_DAYS, ['127.0.0.1']) },
    });
    const endpoint = server.endpoint({ servername: HOST });
    const { report } = await gate({ ...endpoint, tls: { ...endpoint.tls, ...policy } });
    expect([letters(report.steps), codes(report.steps)]).toEqual([steps, expected]);
  });
});

/** A store to which every CA is public. */
class PublicStore extends TrustStore {
  override isPublic(): boolean {
    return true;
  }
}

describe('a lifetime that is too long for a public CA', () => {
  /** The last second of a certificate counts. */
  const FULL = -1000;

  test.each<[string, string, number, number, boolean]>([
    ['398 days before March 15, 2026', '2026-03-14T23:59:59Z', 398, FULL, false],
    ['398 days and a second before March 15, 2026', '2026-03-14T23:59:59Z', 398, 0, true],
    ['200 days from March 15, 2026', '2026-03-15T00:00:00Z', 200, FULL, false],
    ['200 days and a second from March 15, 2026', '2026-03-15T00:00:00Z', 200, 0, true],
    ['200 days before March 15, 2027', '2027-03-14T23:59:59Z', 200, FULL, false],
    ['200 days from March 15, 2027', '2027-03-15T00:00:00Z', 200, FULL, true],
    ['100 days from March 15, 2027', '2027-03-15T00:00:00Z', 100, FULL, false],
    ['100 days and a second from March 15, 2027', '2027-03-15T00:00:00Z', 100, 0, true],
    ['100 days before March 15, 2029', '2029-03-14T23:59:59Z', 100, FULL, false],
    ['100 days from March 15, 2029', '2029-03-15T00:00:00Z', 100, FULL, true],
    ['47 days from March 15, 2029', '2029-03-15T00:00:00Z', 47, FULL, false],
    ['47 days and a second from March 15, 2029', '2029-03-15T00:00:00Z', 47, 0, true],
    ['ten years before there was a limit of 398 days', '2020-08-31T23:59:59Z', 3650, FULL, false],
  ])('%s', async (_, from, days, moreMs, isLong) => {
    const notBefore = new Date(from);
    const notAfter = new Date(notBefore.getTime() + days * DAY_MS + moreMs);
    const identity = await pki.issue({ names: [HOST], notBefore, notAfter });
    // Whether it is valid today depends on the day of the test.
    const { codes: found } = await see(identity, {}, new PublicStore());
    expect(found.includes('certificate-lifetime-long')).toBe(isLong);
  });
});
