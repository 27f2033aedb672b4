import { readRegularFileSync } from '../plan/regular-file.js';

/**
 * What to say beside a wrong configuration when the run is for a pull request from a fork: secrets are empty then,
 * and whatever was to come from them looks as if it had been forgotten.
 * @returns one line, or none
 * @throws where the file of the event is not a regular one
 */
export async function secretsOfForks(): Promise<string[]> {
  // The toolkit reads this file when it is loaded, and would wait for a named pipe.
  if (process.env.GITHUB_EVENT_PATH) readRegularFileSync(process.env.GITHUB_EVENT_PATH);
  // Loaded when it is needed: the toolkit brings a whole client of the GitHub API along.
  const { context } = await import('@actions/github');
  const { pull_request: pullRequest, repository } = context.payload;
  const head = (pullRequest as PullRequest | undefined)?.head?.repo?.full_name;
  return head === undefined || head === repository?.full_name
    ? []
    : ['This run is for a pull request from a fork, and there every secret is empty.'];
}

/** What the event says of a pull request, as far as it matters here. */
interface PullRequest {
  readonly head?: { readonly repo?: { readonly full_name?: string } | null };
}
