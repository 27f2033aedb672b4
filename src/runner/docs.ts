/**
 * Where the documentation of the findings stands for the very version of the action that is running. On another server
 * than github.com nothing tells whether the action is of that server or, by GitHub Connect, of github.com, and there may
 * be another repository of that name on either. A missing link is better than a wrong one.
 * @returns nothing where that is not known, or where the action was not fetched from a repository, as with `uses: ./`
 */
export function findingsUrl(env: Readonly<Record<string, string | undefined>>): { findingsUrl?: string } {
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env;
  if (server !== 'https://github.com' || !repository || !ref) return {};
  return { findingsUrl: `${server}/${repository}/blob/${ref}/docs/findings.md` };
}
