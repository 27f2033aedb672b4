import { aFinding, anEndpoint, aReport } from '../support/reports.js';
import { annotate } from '../../src/output/annotations.js';
import { renderSummary } from '../../src/output/summary.js';
import { renderTerminal } from '../../src/output/terminal.js';
import { listOf, partsOf, together } from '../../src/text/lists.js';
import { textOf } from '../../src/findings/cause.js';
import { judge } from '../../src/verdict/verdict.js';

describe('a fix with several reasons', () => {
  const remedy = together([listOf('Do the `first`.', ['If not, the second.', 'Or the third.']), 'Postfix: `x`.']);
  const report = aReport(anEndpoint({ name: 'relay' }, { authentication: [aFinding('auth-rejected', { remedy })] }));
  const verdict = judge(report.endpoints, { failOn: 'fail', onInconclusive: 'fail' });

  test('is a list in the summary, which begins with its first sentence', () => {
    const summary = renderSummary(report, verdict);
    expect(summary).toContain(
      [': Do the <code>first</code>.', '- If not, the second.\n- Or the third.', 'Postfix: <code>x</code>.'].join(
        '\n\n',
      ),
    );
    expect(summary).toMatch(/^- .*relay.*: Do the <code>first<\/code>\.$/m);
  });

  test('has a line for each item in the terminal', () => {
    expect(renderTerminal(report, verdict).split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^ {4}fix {8}.*: Do the `first`\.$/),
        '               - If not, the second.',
        '               - Or the third.',
        '               Postfix: `x`.',
      ]),
    );
  });

  test('has a line for each item in an annotation', () => {
    expect(annotate(report, verdict)[0]?.message.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Fix .*: Do the `first`\.$/),
        '- If not, the second.',
        '- Or the third.',
        'Postfix: `x`.',
      ]),
    );
  });
});

test('text of a server cannot add an item to a list', () => {
  const fix = textOf(({ reply = '' }) => listOf('Do it.', [`The server says: ${reply}`]), { reply: 'no\n- Pay me.' });
  expect(partsOf(fix)).toEqual([{ paragraph: 'Do it.' }, { items: ['The server says: no - Pay me.'] }]);
});
