import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { isBasicExpression, isMapping, isSequence } from '@actions/workflow-parser';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';

/** The contexts of an expression, such as `inputs` and `needs`, as plain values. */
export type Contexts = Readonly<Record<string, unknown>>;

/** What the functions about the status of a job return. */
export interface Status {
  readonly success: boolean;
}

/** The value of a part of a workflow, with all its expressions evaluated by GitHub's own evaluator. */
export function evaluate(token: TemplateToken, contexts: Contexts, status: Status = { success: true }): unknown {
  if (isMapping(token)) {
    return Object.fromEntries([...token].map(({ key, value }) => [key.toString(), evaluate(value, contexts, status)]));
  }
  if (isSequence(token)) return [...token].map((item) => evaluate(item, contexts, status));
  if (!isBasicExpression(token)) return JSON.parse(JSON.stringify(token));
  const { tokens } = new Lexer(token.expression).lex();
  const functions = statusFunctions(status);
  const expression = new Parser(tokens, Object.keys(contexts), functions).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  const result = new Evaluator(expression, values, new Map(functions.map((one) => [one.name, one]))).evaluate();
  return JSON.parse(JSON.stringify(result, data.replacer));
}

/** The value as text, as environment variables and inputs of actions have it. @throws {Error} if it is not a scalar */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${JSON.stringify(value)} is not a scalar`);
}

/** No run of a test is canceled. */
function statusFunctions({ success }: Status): FunctionDefinition[] {
  const results = { success, failure: !success, always: true, cancelled: false };
  return Object.entries(results).map(([name, value]) => {
    return { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) };
  });
}
