import { parseDocument } from 'yaml';
import { z } from 'zod';
import { CATALOGUE, FINDING_CODES } from '../src/findings/catalogue.js';
import type { CatalogueEntry, FindingCode } from '../src/findings/catalogue.js';
import { endpointSchema, inputSchema, OUTPUTS } from '../src/plan/schema/schema.js';
import { STEP_IDS } from '../src/report/report.js';

/** One key of a mapping, as the documentation shows it. */
export interface DocumentedKey {
  readonly name: string;
  /** The value that holds unless the user gives another. */
  readonly default?: string;
  /** In words (Markdown), what holds where no fixed value does. */
  readonly otherwise?: string;
  readonly isRequired: boolean;
  readonly description: string;
}

/**
 * Writes the face of the action: its `inputs` and `outputs`, from the schema.
 * @param current the text of `action.yml`; all else in it stays
 */
export function renderAction(current: string): string {
  const action = parseDocument(current);
  const inputs = documentedKeys(inputSchema).map(({ name, description, default: value }) => {
    const input = { description, required: false };
    return [name, value === undefined ? input : { ...input, default: value }];
  });
  const outputs = Object.entries(OUTPUTS).map(([name, description]) => [name, { description }]);
  action.set('inputs', action.createNode(Object.fromEntries(inputs)));
  action.set('outputs', action.createNode(Object.fromEntries(outputs)));
  return action.toString({ lineWidth: 0, singleQuote: true });
}

/**
 * Writes the tables of the README.
 * @param current its text, in which each table has its place between `<!-- name:begin -->` and `<!-- name:end -->`
 * @throws {Error} where a place is missing
 */
export function renderReadme(current: string): string {
  const tables = {
    inputs: table(
      ['input', 'default', 'meaning'],
      documentedKeys(inputSchema).map((key) => [code(key.name), key.default ? code(key.default) : '', key.description]),
    ),
    endpoint: table(
      ['key', 'default', 'meaning'],
      documentedKeys(endpointSchema).map((key) => [
        code(key.name),
        key.isRequired ? '**required**' : (key.otherwise ?? (key.default ? code(key.default) : '')),
        key.description,
      ]),
    ),
    outputs: table(
      ['output', 'meaning'],
      Object.entries(OUTPUTS).map(([name, description]) => [code(name), description]),
    ),
    findings: table(
      ['finding', 'severity', 'step', 'what'],
      FINDING_CODES.map((id) => {
        const { severity, title, steps } = entryOf(id);
        return [`[${code(id)}](docs/findings.md#${id})`, severity, stepsInWords(steps), title];
      }),
    ),
  };
  return Object.entries(tables).reduce((text, [name, content]) => between(text, name, content), current);
}

/** Writes `docs/findings.md`: a section for each code, which is also its anchor. */
export function renderFindings(): string {
  const sections = FINDING_CODES.map((id) => {
    const { title, severity, steps, explanation, evidence, remedy, reference } = entryOf(id);
    const facts = [`Severity: ${severity}`, `Step: ${stepsInWords(steps)}`, ...(reference ? [`See ${reference}`] : [])];
    const parts = [`**${title}.** ${explanation}`, remedy, ...evidenceInWords(evidence), facts.join(' · ')];
    return `## ${id}\n\n${parts.join('\n\n')}\n`;
  });
  const introduction =
    'What the gate can report, in the order of the five steps. A code is for ever: it is never renamed and never reused. An `error` makes its step fail, a `warning` makes it warn, a `notice` changes nothing. The severity is that of the ordinary case; the message of a finding says where it differs. The evidence is what a finding can carry to show how the gate knows; each field is there where there is something to put into it.';
  return `<!-- Generated from src/findings/catalogue.ts; see CONTRIBUTING.md. -->\n\n# Findings\n\n${introduction}\n\n${sections.join('\n')}`;
}

/** All keys of a mapping and of the mappings in it, `outer.inner`, or `outer[].inner` within a list. */
export function documentedKeys(schema: z.ZodObject, prefix = ''): DocumentedKey[] {
  return Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).flatMap(([key, value]) => {
    const name = prefix + key;
    const { description = '', otherwise } = value.meta() ?? {};
    const isRequired = !(value instanceof z.ZodOptional) && !(value instanceof z.ZodDefault);
    const own = {
      name,
      isRequired,
      description,
      ...(value instanceof z.ZodDefault && { default: String(value.def.defaultValue) }),
      ...(typeof otherwise === 'string' && { otherwise }),
    };
    const inner = value instanceof z.ZodOptional || value instanceof z.ZodDefault ? value.unwrap() : value;
    if (inner instanceof z.ZodObject) return [own, ...documentedKeys(inner, `${name}.`)];
    if (inner instanceof z.ZodArray && inner.element instanceof z.ZodObject) {
      return [own, ...documentedKeys(inner.element, `${name}[].`)];
    }
    return [own];
  });
}

function entryOf(id: FindingCode): CatalogueEntry {
  return CATALOGUE[id];
}

/** A list, or nothing where a finding has no evidence but its message. */
function evidenceInWords(evidence: CatalogueEntry['evidence']): string[] {
  const fields = Object.entries(evidence).map(([field, holds]) => `${code(field)} (${holds})`);
  return fields.length === 0 ? [] : [`Evidence: ${fields.join(', ')}.`];
}

function stepsInWords(steps: readonly string[]): string {
  return steps.length === STEP_IDS.length ? 'any' : steps.map(code).join(', ');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A Markdown table that prettier leaves as narrow as it is. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  );
  return `<!-- prettier-ignore -->\n${lines.join('\n')}`;
}

function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md has no place for the table "${name}"`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}
