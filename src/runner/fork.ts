import { readRegularFile } from '../plan/regular-file.js';

/**
 * A hint for an invalid configuration if the run is for a pull request from a fork: every secret is empty then.
 * @returns one line, or none
 * @throws if the file of the event is not a regular file
 */
export async function secretsOfForks(): Promise<string[]> {
  // The toolkit reads this file when it is loaded, and would block on a named pipe.
  if (process.env.GITHUB_EVENT_PATH) readRegularFile(process.env.GITHUB_EVENT_PATH);
  // Loaded only here, because the toolkit includes a client of the whole GitHub API.
  const { context } = await import('@actions/github');
  const { pull_request: pullRequest, repository } = context.payload;
  const head = (pullRequest as PullRequest | undefined)?.head?.repo?.full_name;
  return head === undefined || head === repository?.full_name
    ? []
    : ['This run is for a pull request from a fork, where every secret is empty.'];
}

interface PullRequest {
  readonly head?: { readonly repo?: { readonly full_name?: string } | null };
}
