/**
 * Where the documentation of the findings stands for the very version of the action that is running.
 * @returns nothing where the action was not fetched from a repository, as with `uses: ./`
 */
export function findingsUrl(env: Readonly<Record<string, string | undefined>>): { findingsUrl?: string } {
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env;
  return server && repository && ref ? { findingsUrl: `${server}/${repository}/blob/${ref}/docs/findings.md` } : {};
}
