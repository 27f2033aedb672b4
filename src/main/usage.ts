import { documentedKeys } from '../plan/schema/documented-keys.js';
import { inputSchema, type InputName } from '../plan/schema/schema.js';
import { FROM_ENVIRONMENT, variableOf } from '../plan/where-to-set.js';
import { hang, wrap } from '../text/wrap.js';
import { OPTIONS_WITH_VALUE, SWITCHES } from './command-line.js';

const WIDEST = 100;
const USUAL = 80;

const SYNOPSIS = `Usage: starttls-gate [OPTION]... ENDPOINT...
       starttls-gate --config FILE [OPTION]...
       starttls-gate --demo [--self-test]`;

const SUMMARY =
  'Tests each ENDPOINT (host, host:port or [v6]:port) in five steps: STARTTLS offered, STARTTLS accepted, certificate, authentication, delivery.';

const SECRETS = 'Passwords and tokens are not options, because other users can read a command line:';

const COLORS =
  'The report is in color on a terminal, unless NO_COLOR is set. FORCE_COLOR=1 or FORCE_COLOR=0 overrides both.';

const EXIT_CODES = 'Exit codes: 0 if the gate passes, 1 if it fails, 2 if the configuration is invalid.';

/** What stands for the value of an option. */
const VALUES: Readonly<Partial<Record<InputName, string>>> = {
  config: 'FILE',
  ca: 'FILE',
  username: 'NAME',
  'inbox-username': 'NAME',
  'mail-from': 'ADDRESS',
  'rcpt-to': 'ADDRESS',
  inbox: 'URL',
  'min-tls-version': 'VERSION',
  'min-valid-days': 'DAYS',
  'warn-valid-days': 'DAYS',
  timeout: 'SECONDS',
  retries: 'N',
  concurrency: 'N',
  'per-host': 'N',
  shard: 'K/N',
};

/** Inputs in a description, as a terminal has them: options, or environment variables. */
function inTerms(description: string): string {
  return description.replace(/`([a-z-]+)`/g, (quoted, name: InputName) => {
    if (FROM_ENVIRONMENT.includes(name)) return variableOf(name);
    return OPTIONS_WITH_VALUE.includes(name) ? `--${name}` : quoted;
  });
}

/** The text of `--help`, with every option of the schema. @param width of the terminal; undefined if it is not one */
export function usage(width = USUAL): string {
  const columns = Math.min(width, WIDEST);
  const inputs = new Map(documentedKeys(inputSchema).map((key) => [key.name, key]));
  const described = (term: string, input: string): string[] => {
    const { inTerminal = '', default: value } = inputs.get(input) ?? {};
    const text = value === undefined ? inTerminal : `${inTerminal} Default: ${value}.`;
    return [`  ${term}`, ...hang('      ', inTerms(text), columns)];
  };
  return [
    SYNOPSIS,
    '',
    ...wrap(SUMMARY, columns),
    '',
    'Options:',
    ...OPTIONS_WITH_VALUE.flatMap((name) => described(`--${name} ${VALUES[name] ?? 'VALUE'}`, name)),
    ...Object.entries(SWITCHES).flatMap(([name, { short, does }]) => {
      const term = short === undefined ? `--${name}` : `-${short}, --${name}`;
      return does === undefined ? described(term, name) : [`  ${term}`, ...hang('      ', does, columns)];
    }),
    '',
    ...wrap(SECRETS, columns),
    ...FROM_ENVIRONMENT.flatMap((name) => described(variableOf(name), name)),
    '',
    ...wrap(COLORS, columns),
    '',
    ...wrap(EXIT_CODES, columns),
    '',
  ].join('\n');
}
