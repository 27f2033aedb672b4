import { load, problems, type Given } from '../support/load-plan.js';

/** An error says where to set what is missing: in a workflow, or in a terminal. */

const EMPTY = 'A secret that does not exist is empty, and so is every secret in a pull request from a fork';
const ENDPOINT = { endpoints: 'a.example' };
const IMAP = { ...ENDPOINT, 'mail-from': 'a@a.example', 'rcpt-to': 'b@a.example', inbox: 'imaps://i.example' };

/** The sources, what a workflow reads, and what a terminal reads. */
const MISTAKES: [string, Given, string, string][] = [
  [
    'a username without a password',
    { inputs: { ...ENDPOINT, username: 'joe' } },
    `input username: password or access-token is missing. Set password or access-token in with: of the step. ${EMPTY}`,
    '--username: password or access-token is missing. Set STARTTLS_GATE_PASSWORD or STARTTLS_GATE_ACCESS_TOKEN',
  ],
  [
    'a password without a username',
    { inputs: { ...ENDPOINT, password: 'p' } },
    `input password: username is missing. Set username in with: of the step. ${EMPTY}`,
    'STARTTLS_GATE_PASSWORD: username is missing. Set --username',
  ],
  [
    'a password of spaces',
    { inputs: { ...ENDPOINT, username: 'joe', password: '  ' } },
    `input password: password is empty or contains only spaces. Set password in with: of the step. ${EMPTY}`,
    'STARTTLS_GATE_PASSWORD: password is empty or contains only spaces. Set STARTTLS_GATE_PASSWORD',
  ],
  [
    'an inbox without a password',
    { inputs: { ...IMAP, 'inbox-username': 'joe' } },
    `input inbox-username: inbox-password is missing. Set inbox-password in with: of the step. ${EMPTY}`,
    '--inbox-username: inbox-password is missing. Set STARTTLS_GATE_INBOX_PASSWORD',
  ],
  [
    'a variable that is not set',
    { config: 'endpoints: [{host: a.example, auth: {username: joe, password: "${SMTP_PASSWORD}"}}]' },
    'gate.yml:1:63: the environment variable SMTP_PASSWORD is not set; set it in env: of the step',
    'gate.yml:1:63: the environment variable SMTP_PASSWORD is not set',
  ],
  [
    'a variable that is empty',
    {
      config: 'endpoints: [{host: a.example, auth: {username: joe, password: "${SMTP_PASSWORD}"}}]',
      env: { SMTP_PASSWORD: '' },
    },
    `gate.yml:1:63: auth.password is empty or contains only spaces. Set the environment variable SMTP_PASSWORD in env: of the step. ${EMPTY}`,
    'gate.yml:1:63: auth.password is empty or contains only spaces. Set the environment variable SMTP_PASSWORD',
  ],
  [
    'an expression that was empty',
    { inputs: { endpoints: '- host: a.example\n  auth:\n    username: joe\n    password: ' } },
    `endpoints:4:15: auth.password is empty or contains only spaces. ${EMPTY}`,
    'endpoints:4:15: auth.password is empty or contains only spaces',
  ],
  [
    'a key that is missing in the file',
    { config: 'endpoints: [{host: a.example, auth: {username: joe}}]' },
    'gate.yml:1:48: auth.password or auth.access-token is missing',
    'gate.yml:1:48: auth.password or auth.access-token is missing',
  ],
  [
    'credentials that must be rejected, but are not set',
    { config: 'endpoints: [{host: a.example, auth: {expect: rejected}}]' },
    `gate.yml:1:46: auth.expect: rejected requires credentials, but none are set. Set auth.username and auth.password, or the inputs username and password. ${EMPTY}`,
    'gate.yml:1:46: auth.expect: rejected requires credentials, but none are set. Set auth.username and auth.password, or --username and STARTTLS_GATE_PASSWORD',
  ],
  [
    'a wrong value',
    { inputs: { ...ENDPOINT, timeout: 'soon' } },
    'input timeout: must be a whole number from 1 to 600, not "soon"',
    '--timeout: must be a whole number from 1 to 600, not "soon"',
  ],
  [
    'a part that is empty',
    { inputs: { ...ENDPOINT, shard: '2/2' } },
    'input shard: part 2 of 2 is empty: there is only 1 endpoint',
    '--shard: part 2 of 2 is empty: there is only 1 endpoint',
  ],
  [
    'a reserved variable',
    { config: 'endpoints: ["${GITHUB_ACTOR}"]' },
    'gate.yml:1:13: the environment variable GITHUB_ACTOR is reserved for the runner and Node.js; to use its value here, pass it under a different name',
    'gate.yml:1:13: the environment variable GITHUB_ACTOR is reserved for the runner and Node.js; to use its value here, pass it under a different name',
  ],
];

describe.each(MISTAKES)('%s', (_, given, workflow, terminal) => {
  test('in a workflow', async () => {
    expect(await problems({ ...given, surface: 'workflow' })).toEqual([workflow]);
  });

  test('in a terminal', async () => {
    expect(await problems({ ...given, surface: 'terminal' })).toEqual([terminal]);
  });
});

describe('an empty secret', () => {
  const FILE = '.github/workflows/release.yml';
  const setBy =
    (name: string, expression: string): Given['findSetting'] =>
    (where, wanted) =>
      `${where} ${wanted}` === name ? { file: FILE, line: 22, expression } : undefined;
  const check = (kind: string, name: string): string =>
    `. Check that a ${kind} with the name ${name} exists in the repository, the organization or the environment of the job, and has a value`;

  test.each<[string, Given, Given['findSetting'], string]>([
    [
      'an input',
      { inputs: { ...ENDPOINT, username: 'joe' } },
      setBy('with password', '${{ secrets.SMTP_PASSWD }}'),
      `password or access-token is missing. This line sets password to \${{ secrets.SMTP_PASSWD }}${check('secret', 'SMTP_PASSWD')}`,
    ],
    [
      'an input from a variable',
      { inputs: { ...ENDPOINT, password: 'p' } },
      setBy('with username', '${{ vars.USER }}'),
      `username is missing. This line sets username to \${{ vars.USER }}${check('variable', 'USER')}`,
    ],
    [
      'an environment variable',
      {
        config: 'endpoints: [{host: a.example, auth: {username: joe, password: "${PW}"}}]',
        env: { PW: '' },
      },
      setBy('env PW', '${{ secrets.OLD_PW }}'),
      `auth.password is empty or contains only spaces. This line sets PW to \${{ secrets.OLD_PW }}${check('secret', 'OLD_PW')}`,
    ],
    [
      'an input from elsewhere',
      { inputs: { ...IMAP, 'inbox-username': 'joe' } },
      setBy('with inbox-password', '${{ inputs.password }}'),
      'inbox-password is missing. This line sets inbox-password to ${{ inputs.password }}',
    ],
  ])('that sets %s is named, with its line in the workflow', async (_, given, findSetting, text) => {
    expect(await problems({ ...given, findSetting })).toEqual([`${FILE}:22: ${text}`]);
  });

  test.each([
    ['push', 'A secret that does not exist is empty'],
    ['pull_request', EMPTY],
    ['pull_request_target', EMPTY],
  ])('is not explained by a fork in other events than those of a pull request: %s', async (event, hint) => {
    const given = { inputs: { ...ENDPOINT, username: 'joe' }, env: { GITHUB_EVENT_NAME: event } };
    const [problem = ''] = await problems(given);
    expect(problem.slice(-hint.length - 2)).toBe(`. ${hint}`);
  });
});

test('the plan says where the gate runs', async () => {
  expect((await load({ inputs: ENDPOINT, surface: 'terminal' })).inTerminal).toBe(true);
  expect(await load({ inputs: ENDPOINT, surface: 'workflow' })).not.toHaveProperty('inTerminal');
});
