import { findingsUrl } from '../../src/runner/docs.js';

describe('the page of the findings', () => {
  const ours = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_ACTION_REPOSITORY: 'octo/gate',
    GITHUB_ACTION_REF: 'v1',
  };

  test('is that of the version that runs', () => {
    expect(findingsUrl(ours)).toEqual({ findingsUrl: 'https://github.com/octo/gate/blob/v1/docs/findings.md' });
  });

  test.each([
    ['an action of the workspace', { GITHUB_ACTION_REPOSITORY: '' }],
    ['an action without a version', { GITHUB_ACTION_REF: undefined }],
    ['an unknown server', { GITHUB_SERVER_URL: undefined }],
    ['a server that may have the action from github.com', { GITHUB_SERVER_URL: 'https://git.example.com' }],
    ['one of GitHub Enterprise Cloud with data residency', { GITHUB_SERVER_URL: 'https://octo.ghe.com' }],
  ])('is not known for %s', (_, env) => {
    expect(findingsUrl({ ...ours, ...env })).toEqual({});
  });
});
