import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WITHOUT_COMMAND } from '../../../scripts/without-command.js';
import { FINDING_CODES, type FindingCode } from '../../../src/findings/catalog.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { expectCommandShows } from '../../support/commands.js';
import { FINDING_EXAMPLES } from '../../support/finding-examples.js';
import { mayFill } from '../../support/full-listener.js';
import { play } from '../../support/scene.js';

/** The command of each example shows the problem, on the server that causes it. */

/** Some commands wait as long as their tool does. */
const TEST_TIMEOUT_MS = 180_000;

/** Examples that cannot run if port 25 is not allowed or is in use. */
const unplayable: readonly FindingCode[] = (await mayFill(25)) ? [] : ['egress-blocked'];

let certs: CertificateFixtures;
let folder: string;
beforeAll(async () => {
  certs = await createCertificateFixtures();
  folder = await mkdtemp(join(tmpdir(), 'starttls-gate-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The findings of an example that can have a command. Each one that has a command is shown by it. */
async function shown(code: FindingCode): Promise<Finding[]> {
  const found: Finding[] = [];
  const file = join(folder, `${code}.pem`);
  const show = async (findings: readonly Finding[], endpoint: Endpoint): Promise<void> => {
    await writeFile(file, endpoint.tls.ca.join(''));
    for (const one of findings.filter(({ severity }) => severity !== 'notice')) {
      if (one.reproduce !== undefined) await expectCommandShows(one, { password: passwordFor(one, endpoint) });
      found.push(one);
    }
  };
  await play(
    FINDING_EXAMPLES[code].raising,
    certs,
    ({ steps }, endpoint) =>
      show(
        steps.flatMap(({ findings }) => findings),
        endpoint,
      ),
    file,
  );
  return found;
}

function passwordFor({ party }: Finding, { auth, delivery }: Endpoint): string {
  const inbox = delivery?.inbox?.password;
  const smtp = auth && auth.kind !== 'certificate' ? auth.secret : undefined;
  return (party === 'inbox' ? inbox : smtp)?.reveal() ?? '';
}

describe.each(FINDING_CODES)('%s', (code) => {
  (unplayable.includes(code) ? test.skip : test)(
    'has a command that shows it, or a reason why there is none',
    async () => {
      const own = (await shown(code)).filter((one) => one.code === code);
      const withoutCommand = own.filter(({ reproduce }) => reproduce === undefined);
      const isListed = WITHOUT_COMMAND[code] !== undefined;
      expect({ code, withoutCommand: withoutCommand.length > 0 }).toEqual({ code, withoutCommand: isListed });
    },
    TEST_TIMEOUT_MS,
  );
});
