import { parseArgs, type ParseArgsConfig } from 'node:util';
import { didYouMean } from '../plan/schema/fields.js';
import { INPUT_NAMES, type InputName } from '../plan/schema/schema.js';
import { ConfigurationError } from '../plan/source/problem.js';
import { isQuotableKey } from '../plan/source/quote.js';
import { FROM_ENVIRONMENT, variableOf } from '../plan/where-to-set.js';
import { reasonOf } from '../text/reason.js';

interface Switch {
  readonly short?: string;
  /** Undefined for an input, which has a description of its own. */
  readonly does?: string;
}

/** Options without a value. */
export const SWITCHES: Readonly<Record<string, Switch>> = {
  'self-test': {},
  demo: { does: 'Test built-in good and broken mail servers, without network access.' },
  json: { does: 'Write the report to standard output, and progress to standard error.' },
  version: { does: 'Show the version.' },
  help: { short: 'h', does: 'Show this help.' },
};

/** Inputs that are not options, and what to use instead. */
const NOT_OPTIONS: Readonly<Partial<Record<InputName, string>>> = {
  ...Object.fromEntries(
    FROM_ENVIRONMENT.map((name) => [
      name,
      `other users can read a command line; set the environment variable ${variableOf(name)}`,
    ]),
  ),
  endpoints: 'write the endpoints without it',
  'report-dir': 'use --json, and redirect standard output to a file',
};

export const OPTIONS_WITH_VALUE: readonly InputName[] = INPUT_NAMES.filter(
  (name) => !(name in SWITCHES) && !(name in NOT_OPTIONS),
);

export interface Arguments {
  /** By the name of the option. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

/** Reads the arguments of the program. @throws {ConfigurationError} if one of them is not allowed */
export function readArguments(args: readonly string[]): Arguments {
  const options: NonNullable<ParseArgsConfig['options']> = {
    ...Object.fromEntries(OPTIONS_WITH_VALUE.map((name) => [name, { type: 'string' as const }])),
    ...Object.fromEntries(
      Object.entries(SWITCHES).map(([name, { short }]) => [
        name,
        { type: 'boolean' as const, ...(short !== undefined && { short }) },
      ]),
    ),
  };
  const config = { args: [...args], options, allowPositionals: true };
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true });
  const unknown = tokens.flatMap((token) =>
    token.kind === 'option' && !Object.hasOwn(options, token.name) ? [{ message: notAnOption(token) }] : [],
  );
  if (unknown.length > 0) throw new ConfigurationError(unknown);
  try {
    return parseArgs(config);
  } catch (error) {
    throw new ConfigurationError([{ message: reasonOf(error) }]);
  }
}

function notAnOption({ name, rawName }: { readonly name: string; readonly rawName: string }): string {
  const instead = Object.hasOwn(NOT_OPTIONS, name) ? NOT_OPTIONS[name as InputName] : undefined;
  if (instead !== undefined) return `--${name} is not an option: ${instead}`;
  if (!isQuotableKey(name)) return 'unknown option';
  const known = [...INPUT_NAMES, ...Object.keys(SWITCHES)].map((option) => `--${option}`);
  return `unknown option ${rawName}${didYouMean(rawName, known)}`;
}
