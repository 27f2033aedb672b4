/**
 * The URL of the findings' documentation for the version of the action that is running. On a server other than
 * github.com, the action may be from that server or, through GitHub Connect, from github.com, and either may have
 * another repository with that name. A missing link is better than a wrong one.
 * @returns nothing if the URL is not known, or if the action was not fetched from a repository, as with `uses: ./`
 */
export function findingsUrl(env: Readonly<Record<string, string | undefined>>): { findingsUrl?: string } {
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env;
  if (server !== 'https://github.com' || !repository || !ref) return {};
  return { findingsUrl: `${server}/${repository}/blob/${ref}/docs/findings.md` };
}
