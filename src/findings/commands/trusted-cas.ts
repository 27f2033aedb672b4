import { command } from './shell.js';
import type { ReproducibleEndpoint } from './subject.js';

/** Stands for a file with the certificates of `ca`, if these are not in one file that the gate may name. */
export const CA_PLACEHOLDER = 'your-ca.pem';

/** With more files, nobody reads the command. */
const JOINABLE_FILES = 4;

/** The additional trusted CAs that a command for the server itself needs. */
export function serverCas(endpoint: ReproducibleEndpoint): TrustedCas {
  return endpoint.endsInDefaultStore === true ? { before: '' } : trustedCas(endpoint);
}

/** The same for the inbox. */
export function inboxCas(endpoint: ReproducibleEndpoint): TrustedCas {
  return endpoint.delivery?.inbox?.endsInDefaultStore === true ? { before: '' } : trustedCas(endpoint);
}

interface TrustedCas {
  readonly file?: string;
  /** What creates the file. */
  readonly before: string;
}

/** The additional trusted CAs of an endpoint as one file, because the tools read only one. */
function trustedCas({ tls: { anchorSources = [] } }: ReproducibleEndpoint): TrustedCas {
  // A path that begins with a hyphen would be an option.
  const paths = anchorSources.flatMap(({ path }) => (path === undefined ? [] : path.replace(/^-/, './-')));
  const [first] = paths;
  if (anchorSources.length === 0) return { before: '' };
  if (first === undefined || paths.length < anchorSources.length || paths.length > JOINABLE_FILES) {
    return { file: CA_PLACEHOLDER, before: '' };
  }
  if (paths.length === 1) return { file: first, before: '' };
  return { file: CA_PLACEHOLDER, before: `${command(['cat', ...paths])} > ${CA_PLACEHOLDER} && ` };
}
