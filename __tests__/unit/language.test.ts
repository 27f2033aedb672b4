import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import ts from 'typescript';

/*
 * The word list of the project: user-visible text, comments and documentation use the terms of the field, in American
 * spelling. The left side is a regular expression, matched in any case, where a space is any white space. The right
 * side is what to write instead.
 */
const WORD_LIST: Readonly<Record<string, string>> = {
  'how to mend it': 'Fix',
  'how we know': 'Evidence',
  'see it by hand': 'Reproduce',
  'by hand': 'manually',
  'mend(s|ed|ing)?': 'fix',
  '(behind|beyond) (the|its) (220|354|dot|final dot)': 'after the 220',
  'in the clear': 'unencrypted',
  'on (the|its|their) way': 'in transit; between client and server',
  'takes? none of': 'accepts none of',
  'wants|wanted': 'requires; required',
  'owe[sd]?': 'must send',
  '(is|are|be) no (CA|TLS|SMTP|IMAP|POP3)': 'is not a CA',
  'signed by itself': 'self-signed',
  'another protocol answers': 'not an SMTP server',
  '(come|comes|came|coming) to nothing': 'failed',
  'wrong door': 'wrong port',
  'giv(e|es|ing) up|gave up|given up': 'closes the connection; stops',
  'no trust anchor': 'not a trusted CA; not issued by a trusted CA',
  '(nobody has|has not) authenticated (this|the) server': "the server's identity could not be verified",
  'further trust anchors?': 'additional trusted CAs',
  'lying servers?|liars?': 'misbehaving servers',
  'blanks?': 'space',
  'octets?(?! strings?)': 'byte',
  '(can|cannot|could|to|may) be had': 'if that is (not) possible; available',
  'as far as the server tells': 'according to the server',
  'if it stays': 'if it persists',
  'for ever': 'never changes; without end',
  mostly: 'usually',
  'afresh|anew': 'again',
  'told of|tells?': 'receives; reports',
  beside: 'next to',
  '(has|have|had|no|is|there is|needs?) room': 'space; fits',
  'rooms?(?= for (network|message|text))|houses?': 'folder; module',
  lest: 'so that … does not',

  'neutrali[sz]e[sd]?': 'escape',
  '(un)?(apologi|authori|capitali|customi|emphasi|finali|generali|initiali|materiali|memori|minimi|normali|optimi|organi|prioriti|reali|recogni|saniti|seriali|speciali|summari|utili)s(e|es|ed|ing|ation|ations|er|ers)':
    '-ize',
  '(anal|catal|paral)ys(e|es|ed|ing)': '-yze',
  'judgements?': 'judgment',
  '(behavi|col|fav|hon|lab|neighb|rum)ours?(ed|ing|able|ite)?': '-or',
  'defences?|licences?': '-se',
  'centres?': 'center',
  '(label|model|signal|travel)l(ed|ing)': 'one l',
  'artefacts?|whilst|programmes?': 'artifact, while, program',
};

/** Words that no file and no export is named by, and the terms of the field. */
const NAMES: Readonly<Record<string, string>> = {
  visit: 'context',
  aside: 'side connection',
  advice: 'fix',
  weighed: 'complete',
  interruption: 'errorToFinding',
  remembered: 'memoize',
  prepared: 'saslprep',
  story: 'view model',
  chapter: 'view model',
  wording: 'labels',
  brief: 'excerpt',
  shown: 'formatReply',
  neutralise: 'escape',
  hunt: 'search',
  marks: 'headers',
  kept: 'bounded buffer',
  tally: 'counter',
  obstacle: 'path error',
  rung: 'node',
  climb: 'build path',
  conceal: 'add mask',
  complain: 'report error',
  legal: 'enum',
  demands: 'requirements',
  world: 'run context',
  lie: 'scenario',
  liar: 'misbehaving server',
  conduct: 'scenario',
  zoo: 'certificate fixtures',
  exhibit: 'example',
  fleet: 'scheduler',
  house: 'architecture',
  room: 'module',
};

/** Phrases of the list that are correct in their context. */
const EXCEPTIONS: readonly { readonly file: RegExp; readonly text: string; readonly reason: string }[] = [];

interface Text {
  readonly file: string;
  /** The text to check; everything else is replaced with spaces, so that line numbers do not change. */
  readonly text: string;
}

const RULES = Object.entries(WORD_LIST).map(([words, instead]) => ({
  pattern: new RegExp(`(?<![\\w-])(?:${words.replaceAll(' ', '[\\s*/]+')})(?![\\w-])`, 'gi'),
  instead,
}));

/** Every phrase of the word list in a text, as `file:line: "phrase", write: …`. */
function violations({ file, text }: Text): string[] {
  return RULES.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].flatMap(({ 0: found, index }) => {
      const words = found.replace(/[\s*/]+/g, ' ');
      if (EXCEPTIONS.some((one) => one.file.test(file) && one.text === words)) return [];
      const line = text.slice(0, index).split('\n').length;
      return [`${file}:${line}: "${words}", write: ${instead}`];
    }),
  );
}

const TEXT_KINDS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
]);

/** A string literal whose value is text, and not the name of a module. */
function isText(node: ts.Node): boolean {
  return TEXT_KINDS.has(node.kind) && !ts.isImportDeclaration(node.parent) && !ts.isExportDeclaration(node.parent);
}

/** The title of a test or of a group of tests. */
function isTitle(node: ts.Node): boolean {
  const call = ts.isTemplateSpan(node.parent) || ts.isTemplateExpression(node.parent) ? undefined : node.parent;
  if (!call || !ts.isCallExpression(call) || call.arguments[0] !== node) return false;
  let callee: ts.Expression = call.expression;
  while (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) callee = callee.expression;
  return ts.isIdentifier(callee) && ['describe', 'test', 'it'].includes(callee.text);
}

/** The comments of a TypeScript file, and the literals that `keeps` selects. */
function textOf(file: string, source: string, keeps: (node: ts.Node) => boolean = isText): Text {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const parts = source.split('');
  const blank = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(tree);
    if (children.length === 0 && !keeps(node)) parts.fill(' ', node.getStart(tree), node.end);
    children.forEach(blank);
  };
  blank(tree);
  return { file, text: parts.join('') };
}

const read = (file: string): Text => ({ file, text: readFileSync(file, 'utf8') });
const sources = globSync('src/**/*.ts').map(read);
const tests = globSync('__tests__/**/*.ts').map(read);
const pages = globSync(['*.md', 'docs/**/*.md', 'action.yml', '.github/**/*.yml']).map(read);

/** Every word of {@link NAMES} in the name of a file or of an export. */
function oldNames(file: string, source: string): string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const exported = tree.statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return [];
    if (!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
    return declared.flatMap((one) => (one as { readonly name?: ts.Node }).name?.getText(tree) ?? []);
  });
  return [basename(file, '.ts'), ...exported].flatMap((name) =>
    name
      .split(/(?=[A-Z][a-z])|[-_]|(?<=[a-z])(?=[A-Z])/)
      .map((word) => word.toLowerCase().replace(/s$/, ''))
      .flatMap((word) => Object.entries(NAMES).filter(([old]) => old.replace(/s$/, '') === word))
      .map(([old, instead]) => `${file}: ${name}: "${old}", write: ${instead}`),
  );
}

test('a phrase is found in literals and comments, across a line break, and nowhere else', () => {
  const source = [
    "import './tells.js';",
    '/** It gives',
    ' * up. */',
    'const blanks = `a ${mostly} in the',
    'clear`;',
    'f(); // for ever',
  ];
  expect(violations(textOf('a.ts', source.join('\n')))).toEqual([
    'a.ts:4: "in the clear", write: unencrypted',
    'a.ts:2: "gives up", write: closes the connection; stops',
    'a.ts:6: "for ever", write: never changes; without end',
  ]);
});

test('a title is found, also after .each, and no other literal', () => {
  const source = "test('gives up', () => 'gives up');\ntest.each([1, 'afresh'])('%s afresh', f);\nexpect('afresh');";
  expect(violations(textOf('a.ts', source, isTitle)).map((line) => line.slice(0, 6))).toEqual(['a.ts:1', 'a.ts:2']);
});

test('user-visible text, comments and documentation use the terms of the word list', () => {
  const texts = [...sources.map(({ file, text }) => textOf(file, text)), ...pages];
  expect(texts.flatMap(violations)).toEqual([]);
});

test('texts about findings are true in a terminal too: the gate does not need a runner', () => {
  const texts = sources.filter(({ file }) => file.startsWith('src/findings/'));
  const runners = texts.flatMap(({ file, text }) => textOf(file, text).text.match(/[\w-]+ runners?\b/gi) ?? []);
  expect(new Set(runners)).toEqual(new Set(['GitHub-hosted runners', 'self-hosted runner']));
});

test('titles of tests and comments in tests use the terms of the word list', () => {
  expect(tests.flatMap(({ file, text }) => violations(textOf(file, text, isTitle)))).toEqual([]);
});

test('the name of a file or of an export is found by each of its words', () => {
  const source = 'export const shownAs = 1;\nexport function f() {}\nexport interface HuntOptions {}\nconst brief = 2;';
  expect(oldNames('a/rungs.ts', source)).toEqual([
    'a/rungs.ts: rungs: "rung", write: node',
    'a/rungs.ts: shownAs: "shown", write: formatReply',
    'a/rungs.ts: HuntOptions: "hunt", write: search',
  ]);
});

test('files and exports have the names of the field', () => {
  expect(sources.flatMap(({ file, text }) => oldNames(file, text))).toEqual([]);
});
