import { globSync, readFileSync } from 'node:fs';
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
  '(behind|beyond) the (220|354|dot|final dot)': 'after the 220',
  'in the clear': 'unencrypted',
  'on (the|its|their) way': 'in transit; between client and server',
  'takes? none of': 'accepts none of',
  'wants|wanted': 'requires; required',
  'owe[sd]?': 'must send',
  '(is|are|be) no (CA|trust anchor|TLS|SMTP|IMAP|POP3)': 'is not a CA',
  'signed by itself': 'self-signed',
  'another protocol answers': 'not an SMTP server',
  '(come|comes|came|coming) to nothing': 'failed',
  'wrong door': 'wrong port',
  'giv(e|es|ing) up|gave up|given up': 'closes the connection; stops',
  'no trust anchor is': 'is not trusted and was not issued by a trusted CA',
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

/** What the list forbids and is right all the same, by file. */
const EXCEPTIONS: readonly { readonly file: RegExp; readonly text: string; readonly reason: string }[] = [];

/** Folders that are still to be rewritten. */
const NOT_YET: readonly string[] = [
  ...['CONTRIBUTING.md', 'README.md', 'SECURITY.md', 'action.yml', 'docs/', '.github/'],
  ...[
    'gate',
    'inbox',
    'main',
    'message',
    'net',
    'plan',
    'probes',
    'sasl',
    'secrets',
    'smtp',
    'steps',
    'text',
    'tls',
  ].map((folder) => `src/${folder}/`),
];

interface Text {
  readonly file: string;
  /** The text that is checked, everything else blanked out, so that lines stay where they are. */
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

/** The string literals and the comments of a TypeScript file, the names of imported modules aside. */
function textOf(file: string, source: string): Text {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const parts = source.split('');
  const blank = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(tree);
    const isText =
      TEXT_KINDS.has(node.kind) && !ts.isImportDeclaration(node.parent) && !ts.isExportDeclaration(node.parent);
    if (children.length === 0 && !isText) parts.fill(' ', node.getStart(tree), node.end);
    children.forEach(blank);
  };
  blank(tree);
  return { file, text: parts.join('') };
}

const texts: Text[] = [
  ...globSync('src/**/*.ts').map((file) => textOf(file, readFileSync(file, 'utf8'))),
  ...globSync(['*.md', 'docs/**/*.md', 'action.yml', '.github/**/*.yml']).map((file) => ({
    file,
    text: readFileSync(file, 'utf8'),
  })),
];

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

test('user-visible text, comments and documentation use the terms of the word list', () => {
  const checked = texts.filter(({ file }) => !NOT_YET.some((folder) => file.startsWith(folder)));
  expect(checked.flatMap(violations)).toEqual([]);
});
