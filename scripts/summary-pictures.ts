import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aFinding, anEndpoint, aReport, aTls, aTranscript } from '../__tests__/support/reports.js';
import { renderSummary } from '../src/output/summary.js';
import type { EndpointReport, Report } from '../src/report/report.js';
import { judge } from '../src/verdict/verdict.js';
import { Browser, type Look } from './chromium.js';

/*
 * Renders the summaries of runs of several sizes, as GitHub shows them, into a folder. Fails if a table is wider than
 * GitHub's page. Run by `npm run docs:pictures`.
 */

const FOLDER = process.argv[2] ?? 'build/pictures';
const SIZES = [1, 5, 50, 500, 5000];
/** The page of a job summary, and a phone. */
const WIDTHS = [1012, 400];
const POLICY = { failOn: 'fail', onInconclusive: 'fail' } as const;

/** Forty characters, like the names of load-balanced hosts, or the longest that the table has on one line. */
const nameOf = (at: number) => {
  const number = String(at).padStart(4, '0');
  return at % 2 === 0 ? `smtp-${number}.eu-central-1.mail.example.com`.padEnd(40, 'x') : `mx-${number}.eu1.example.com`;
};

const HEALTHY: Partial<EndpointReport> = {
  tls: aTls(61),
  transcript: aTranscript(
    { at: 30, from: 'client', text: 'EHLO ci.example.com' },
    { at: 31, from: 'server', text: '250-smtp.example.com' },
    { at: 31, from: 'server', text: '250 AUTH PLAIN LOGIN' },
    { at: 32, from: 'client', text: 'AUTH PLAIN <redacted>' },
    { at: 40, from: 'server', text: '235 2.7.0 Authentication successful' },
    { at: 41, from: 'client', text: 'QUIT' },
    { at: 42, from: 'server', text: '221 2.0.0 Bye' },
  ),
};

/** What is wrong with some endpoints of a large run. The others pass. */
const KINDS: readonly ((details: Partial<EndpointReport>) => EndpointReport)[] = [
  (details) =>
    anEndpoint(details, {
      certificate: [
        aFinding('certificate-untrusted', {
          title: 'Issuer certificate expired',
          message: `The intermediate certificate CN=Example CA R3 expired 3 days ago, so ${details.host} cannot be verified.`,
          evidence: { issuer: 'CN=Example CA R3, O=Example CA', validTo: '2026-11-20T12:00:00Z' },
          remedy:
            'Install the current intermediate certificate, CN=Example CA R3, on the server. Adding it to `ca` does not help, because an expired certificate is never accepted. Postfix: append it to the file in `smtpd_tls_chain_files`.',
          reproduce: `openssl s_client -connect ${details.host}:587 -starttls smtp -servername ${details.host} -verify_hostname ${details.host} -verify_return_error </dev/null`,
          reproduceShows: 'certificate has expired',
        }),
      ],
    }),
  (details) =>
    anEndpoint(details, {
      certificate: [
        aFinding('certificate-self-signed', {
          waived: { until: '2026-12-01', reason: 'The staging CA is being replaced' },
        }),
      ],
    }),
  (details) =>
    anEndpoint(details, {
      capability: [aFinding('plaintext-auth-advertised', { evidence: { mechanisms: 'PLAIN LOGIN' } })],
    }),
  (details) =>
    anEndpoint(
      {
        ...details,
        attempts: 3,
        earlier: [{ step: 'authentication', code: 'auth-temporary-failure', message: 'The server replied with 454.' }],
        transcript: [
          ...aTranscript({ at: 30, from: 'client', text: 'EHLO ci.example.com' }),
          { at: 31, from: 'server', text: '250 AUTH PLAIN LOGIN' },
          { at: 32, from: 'client', text: 'AUTH PLAIN <redacted>' },
          { at: 40, from: 'server', text: '535 5.7.8 Error: authentication failed' },
          { at: 41, from: 'client', text: 'QUIT' },
        ],
      },
      {
        authentication: [
          aFinding('auth-rejected', {
            party: 'configuration',
            certainty: 'likely',
            message: 'The server rejected the username or the password.',
            evidence: { reply: '535 5.7.8 Error: authentication failed', mechanism: 'PLAIN' },
            reproduce: `swaks --server ${details.host}:587 --tls --auth PLAIN,LOGIN --auth-user app@example.com --auth-hide-password --quit-after AUTH`,
            reproduceShows: '535 5.7.8',
          }),
        ],
      },
    ),
  (details) =>
    anEndpoint(
      { ...details, transcript: [] },
      {
        capability: [
          aFinding('connection-timeout', {
            party: 'network',
            certainty: 'likely',
            inconclusive: true,
            message: `No connection to ${details.host} on port 587 within 15 s.`,
          }),
        ],
      },
    ),
];

/** A run in which one endpoint of six has a problem. */
function runOf(size: number): Report {
  const endpoints = Array.from({ length: size }, (_, at) => {
    const name = nameOf(at);
    const details = { ...HEALTHY, name, host: name, environment: at % 3 === 0 ? 'production' : 'staging' };
    const kind = size < 10 ? KINDS[at] : KINDS[[0, 1, 0, 2, 3, 4, 0][at / 6] ?? (at % 6 === 0 ? at % 5 : -1)];
    const healthy = size < 10 ? at > 2 : at % 6 !== 0;
    return healthy || !kind ? anEndpoint(details) : kind(details);
  });
  return aReport(...endpoints);
}

await using browser = await Browser.find();
await mkdir(FOLDER, { recursive: true });
for (const size of SIZES) {
  const report = runOf(size);
  const summary = renderSummary(report, judge(report.endpoints, POLICY));
  await writeFile(join(FOLDER, `${size}.md`), summary);
  for (const width of WIDTHS) {
    for (const theme of ['light', 'dark'] as const) {
      const look: Look = { theme, width, fontSize: 16, scale: 1 };
      const overflow = await browser.picture(summary, join(FOLDER, `${size}-${width}-${theme}.png`), look);
      if (overflow > 0 && width === WIDTHS[0]) {
        throw new Error(`The summary of ${size} endpoints is ${overflow} pixels too wide`);
      }
    }
  }
}
