import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WITHOUT_COMMAND } from '../../../scripts/without-command.js';
import { FINDING_CODES } from '../../../src/findings/catalog.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { expectCommandShows } from '../../support/commands.js';
import { CERTIFICATES_WITH_PROBLEMS, COMMAND_SCENES } from '../../support/command-scenes.js';
import { FINDING_EXAMPLES } from '../../support/finding-examples.js';
import { play, type Scene } from '../../support/scene.js';

/** The command of each example shows the problem, on the server that causes it. Most of the time, the commands wait. */

/** Some commands wait as long as their tool does. */
const TEST_TIMEOUT_MS = 180_000;

/** Seconds that swaks waits for a server that never replies, instead of 30. */
const SILENCE_LIMIT = 5;

let certs: CertificateFixtures;
let folder: string;
let files = 0;
beforeAll(async () => {
  certs = await createCertificateFixtures();
  folder = await mkdtemp(join(tmpdir(), 'starttls-gate-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The findings of a server that can have a command. Each one that has a command is shown by it. */
async function shown(scene: Scene): Promise<Finding[]> {
  const found: Finding[] = [];
  const file = join(folder, `ca-${(files += 1)}.pem`);
  const show = async (findings: readonly Finding[], endpoint: Endpoint): Promise<void> => {
    await writeFile(file, endpoint.tls.ca.join(''));
    for (const one of findings.filter(({ severity }) => severity !== 'notice')) {
      const env = one.code === 'reply-timeout' ? { SWAKS_OPT_timeout: String(SILENCE_LIMIT) } : {};
      if (one.reproduce !== undefined) await expectCommandShows(one, { password: passwordFor(one, endpoint), env });
      found.push(one);
    }
  };
  await play(
    scene,
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

function passwordFor({ reproduce = '' }: Finding, { auth, delivery }: Endpoint): string {
  if (reproduce.includes('the password of the inbox')) return delivery?.inbox?.password?.reveal() ?? '';
  return auth && auth.kind !== 'certificate' ? auth.secret.reveal() : '';
}

test.concurrent.each(FINDING_CODES)(
  '%s has a command that shows it, or a reason why there is none',
  async (code) => {
    const own = (await shown(FINDING_EXAMPLES[code].raising)).filter((one) => one.code === code);
    const withoutCommand = own.filter(({ reproduce }) => reproduce === undefined);
    const isListed = WITHOUT_COMMAND[code] !== undefined;
    expect({ code, withoutCommand: withoutCommand.length > 0 }).toEqual({ code, withoutCommand: isListed });
  },
  TEST_TIMEOUT_MS,
);

/** Causes that no example has. */
test.concurrent.each(COMMAND_SCENES)(
  'the commands for a server that $name show what they claim',
  async (scene) => {
    expect((await shown(scene)).filter(({ reproduce }) => reproduce !== undefined)).not.toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

test.concurrent.each(CERTIFICATES_WITH_PROBLEMS)(
  'the commands for the certificate %s show what they claim',
  async (certificate) => {
    expect(
      await shown({ name: certificate, certificate, server: { tls: { ciphers: 'DEFAULT@SECLEVEL=0' } } }),
    ).not.toEqual([]);
  },
);
