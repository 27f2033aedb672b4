import type { z } from 'zod';
import { check } from '../plan/schema/check.js';
import { FAIL_ON, ON_INCONCLUSIVE } from '../plan/schema/enums.js';
import { anyText, input, mapping, number, oneOf } from '../plan/schema/fields.js';
import { inputShape, OUTPUTS } from '../plan/schema/input-keys.js';
import { mappingAt, textAt } from '../plan/source/located.js';
import { ConfigurationError, type Problem } from '../plan/source/problem.js';

/** The inputs of the action `merge`, as in `merge/action.yml`: the only place of their defaults and descriptions. */
export const mergeInputSchema = mapping({
  reports: input(
    anyText.default('.'),
    'Folder with the reports of all shards, at any depth. Every `*.json` in it must be a report of the gate.',
  ),
  shards: input(
    number(1, 1000).optional(),
    'Number of shards that must have a report: 1 to 1000. By default, the number in the reports.',
  ),
  'fail-on': input(
    oneOf(FAIL_ON).optional(),
    'What makes the gate fail: `fail`, `warn` or `never`. By default, the value in the reports.',
  ),
  'on-inconclusive': input(
    oneOf(ON_INCONCLUSIVE).optional(),
    'Whether an endpoint that could not be tested counts as `fail` or `warn`. By default, the value in the reports.',
  ),
  'report-dir': inputShape['report-dir'],
});

export type MergeSettings = z.output<typeof mergeInputSchema>;

/** The outputs of the action `merge`, each with its description. */
export const MERGE_OUTPUTS = {
  ...OUTPUTS,
  report: 'Path of the merged `report.json`. Empty if there is no verdict.',
} as const;

/**
 * Checks the inputs of a merge.
 * @param raw texts by the name of the input; empty means not set, unless the input is unknown
 * @param known problems that are already known
 * @throws {ConfigurationError} with every problem at once
 */
export function readMergeInputs(raw: Readonly<Record<string, string>>, known: readonly Problem[]): MergeSettings {
  const values = Object.entries(raw)
    .map(([name, text]) => [name, text.trim()] as const)
    .filter(([name, text]) => text !== '' || !(name in mergeInputSchema.shape))
    .map(([name, text]) => [name, textAt({ input: name }, text)] as const);
  const { value, problems } = check(mergeInputSchema, mappingAt({}, values));
  if (!value || known.length > 0) throw new ConfigurationError([...known, ...problems]);
  return value;
}
