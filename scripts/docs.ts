import { parseDocument } from 'yaml';
import type { Cause, Reproduction } from '../src/findings/catalog/entry.js';
import { CATALOG, type CatalogEntry } from '../src/findings/catalog.js';
import { FINDING_CODES, type FindingCode } from '../src/findings/codes.js';
import { documentedKeys } from '../src/plan/schema/documented-keys.js';
import { COMMANDS, type ReproducibleEndpoint } from '../src/findings/reproduce.js';
import { endpointSchema, inputSchema, OUTPUTS } from '../src/plan/schema/schema.js';
import { MERGE_OUTPUTS, mergeInputSchema } from '../src/merge/inputs.js';
import { whoActs } from '../src/output/labels.js';
import { STEP_IDS } from '../src/report/report.js';
import { OTHER_CAUSES_WITHOUT_COMMAND, WITHOUT_COMMAND } from './without-command.js';

// Imported by a variable, because the file has no types.
const DEPENDENCY_RULES = '../.dependency-cruiser.js';
const { ARROWS } = (await import(DEPENDENCY_RULES)) as { ARROWS: Arrows };

/** For each folder of `src/`, those that it may import. */
type Arrows = Readonly<Record<string, readonly string[]>>;

/**
 * Writes the inputs and outputs of the action, from the schema.
 * @param current the text of `action.yml`; everything else in it is kept
 */
export function renderAction(current: string): string {
  return withInterface(current, inputSchema, OUTPUTS);
}

/** The same for `merge/action.yml`. */
export function renderMergeAction(current: string): string {
  return withInterface(current, mergeInputSchema, MERGE_OUTPUTS);
}

function withInterface(
  current: string,
  schema: typeof inputSchema | typeof mergeInputSchema,
  described: object,
): string {
  const action = parseDocument(current);
  const inputs = documentedKeys(schema).map(({ name, description, default: value }) => {
    const input = { description, required: false };
    return [name, value === undefined ? input : { ...input, default: value }];
  });
  const outputs = Object.entries(described).map(([name, description]: [string, unknown]) => [name, { description }]);
  action.set('inputs', action.createNode(Object.fromEntries(inputs)));
  action.set('outputs', action.createNode(Object.fromEntries(outputs)));
  return action.toString({ lineWidth: 0, singleQuote: true });
}

/** What is generated into a page, by the name of its place. */
const TABLES = {
  inputs: () =>
    table(
      ['input', 'default', 'meaning'],
      documentedKeys(inputSchema).map((key) => [code(key.name), key.default ? code(key.default) : '', key.description]),
    ),
  endpoint: () =>
    table(
      ['key', 'default', 'meaning'],
      documentedKeys(endpointSchema).map((key) => [
        code(key.name),
        key.isRequired ? '**required**' : (key.otherwise ?? (key.default ? code(key.default) : '')),
        key.description,
      ]),
    ),
  'merge-inputs': () =>
    table(
      ['input', 'default', 'meaning'],
      documentedKeys(mergeInputSchema).map((key) => [
        code(key.name),
        key.default ? code(key.default) : '',
        key.description,
      ]),
    ),
  outputs: () =>
    table(
      ['output', 'meaning'],
      Object.entries(OUTPUTS).map(([name, description]) => [code(name), description]),
    ),
  dependencies: () => diagram(ARROWS),
};

export const TABLE_NAMES = Object.keys(TABLES) as readonly (keyof typeof TABLES)[];

/**
 * Writes the tables of a page.
 * @param current its text, in which each table is between `<!-- name:begin -->` and `<!-- name:end -->`
 * @throws {Error} if the page has no table, or one without an end
 */
export function renderTables(current: string): string {
  const names = TABLE_NAMES.filter((name) => current.includes(`<!-- ${name}:begin -->`));
  if (names.length === 0) throw new Error('The page has no place for a table');
  return names.reduce((text, name) => between(text, name, TABLES[name]()), current);
}

/** Writes `docs/findings.md`: a table of all codes, then a section for each code, which is also its anchor. */
export function renderFindings(): string {
  const index = table(
    ['code', 'severity', 'step', 'title'],
    FINDING_CODES.map((id) => {
      const { severity, title, steps } = entryOf(id);
      return [`[${code(id)}](#${id})`, severity, stepsInWords(steps), title];
    }),
  );
  const sections = FINDING_CODES.map((id) => {
    const { title, severity, steps, explanation, evidence, reference } = entryOf(id);
    const facts = [`Severity: ${severity}`, `Step: ${stepsInWords(steps)}`, ...(reference ? [`See ${reference}`] : [])];
    const parts = [
      `**${title}.** ${explanation}`,
      ...causesInWords(id),
      ...withoutCommand(id),
      ...evidenceInWords(evidence),
      facts.join(' · '),
    ];
    return `## ${id}\n\n${parts.join('\n\n')}\n`;
  });
  return `<!-- Generated from src/findings; see CONTRIBUTING.md. -->\n\n# Findings\n\n${FINDINGS_INTRODUCTION}\n\n${index}\n\n${sections.join('\n')}`;
}

const FINDINGS_INTRODUCTION = [
  'Everything the gate can report, in the order of the five steps. A code never changes and is never reused.',
  'An `error` makes its step fail, a `warning` makes it warn, and a `notice` changes nothing.',
  'The table shows the usual severity; in a report it can be a different one. An `error` that says nothing about the server itself (no route, a DNS server that does not respond, a server that is too busy on every attempt) has `inconclusive` set in the report, and makes its step inconclusive instead.',
  'A fix says in parentheses [who has to act](report.md#summary). If a finding has several causes, its message and title say which one applies. The gate is sure of a cause unless it says "likely".',
  'For a cause with "Reproduce", the report usually has a command, and says what to look for in its output. [Some endpoints have no command](report.md#reproduce), and a notice never has one.',
  'Evidence lists the fields that a finding can have in the report. A field is present only if its value is known.',
].join(' ');

function entryOf(id: FindingCode): CatalogEntry {
  return CATALOG[id];
}

/** Each cause with its fix; a fix that depends on the evidence is shown with the names of the fields. */
function causesInWords(id: FindingCode): string[] {
  const { usual, causes = {}, evidence } = entryOf(id);
  const names = Object.fromEntries(Object.keys(evidence).map((field) => [field, `(${field})`]));
  const inWords = ({ title, party, certainty, remedy, examples, reproduce }: Cause): string => {
    const fix = typeof remedy === 'string' ? remedy : remedy(names);
    const all = [
      `Fix ${whoActs({ party, certainty })}: ${fix.replaceAll(/\n(?:- )?/g, ' ')}`,
      examples,
      reproduce && commandInWords(reproduce),
    ];
    return `${title === undefined ? '' : `**${title}.** `}${all.filter((text) => text !== undefined).join(' ')}`;
  };
  const others = Object.values<Cause>(causes).map(inWords);
  return others.length === 0
    ? [inWords(usual)]
    : [[usual, ...Object.values<Cause>(causes)].map((one) => `- ${inWords(one)}`).join('\n')];
}

/** Why the causes without a command have none, if the reason is that of the finding. */
function withoutCommand(id: FindingCode): string[] {
  const reason = WITHOUT_COMMAND[id] ?? OTHER_CAUSES_WITHOUT_COMMAND[id];
  const { usual, causes = {} } = entryOf(id);
  const isAll = ![usual, ...Object.values<Cause>(causes)].some(({ reproduce }) => reproduce);
  return reason === undefined
    ? []
    : [`${isAll ? 'There is no command' : 'The other causes have no command'}: ${reason}.`];
}

/** The tool, and what to look for in its output; a text that depends on the evidence is not known here. */
function commandInWords({ command, shows }: Reproduction): string {
  const [tool = ''] = /openssl|swaks|curl|dig/.exec(COMMANDS[command](ANY_ENDPOINT, ANY_SUBJECT) ?? '') ?? [];
  return typeof shows === 'string'
    ? `Reproduce: ${code(tool)} shows ${code(shows)}.`
    : `Reproduce: ${code(tool)}; the report says what to look for.`;
}

/** For which every command exists. */
const ANY_ENDPOINT: ReproducibleEndpoint = {
  host: 'smtp.example.com',
  port: 587,
  transport: 'starttls',
  servername: 'smtp.example.com',
  addresses: 'first',
  timeoutMs: 15_000,
  auth: { username: 'user', kind: 'password' },
  delivery: {
    from: 'gate@example.com',
    to: 'inbox@example.com',
    expect: 'received',
    inbox: { scheme: 'imaps', host: 'imap.example.com', port: 993, username: 'user' },
  },
  tls: { minVersion: 'TLSv1.2', pins: [] },
};
const ANY_SUBJECT = {
  evidence: {
    folder: 'Junk',
    messageId: '<1@example.com>',
    awaited: 'nothing, after the greeting',
    earlierAwaited: 'the reply to EHLO',
    domain: 'example.com',
    selector: 'mail',
    removed: 'Date',
  },
  capabilities: ['AUTH PLAIN'],
};

/** A list, or nothing where a finding has no evidence but its message. */
function evidenceInWords(evidence: CatalogEntry['evidence']): string[] {
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

/** A Mermaid diagram of the arrows, without those that follow from others. */
export function diagram(arrows: Arrows): string {
  const below = (folder: string, found = new Set<string>()): ReadonlySet<string> => {
    for (const to of arrows[folder] ?? []) {
      if (!found.has(to)) below(to, found.add(to));
    }
    return found;
  };
  const lines = Object.entries(arrows).flatMap(([from, targets]) =>
    targets.filter((to) => !targets.some((other) => below(other).has(to))).map((to) => `  ${from} --> ${to}`),
  );
  return ['```mermaid', 'flowchart TD', ...lines, '```'].join('\n');
}

function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (to < from) throw new Error(`The table "${name}" has no end`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}
