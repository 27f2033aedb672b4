import { NODE, runProgram } from '../support/program.js';

test('without Chromium, the pictures of summaries fail and say what to install', async () => {
  const find = "const { Browser } = await import('./scripts/chromium.ts'); await Browser.find();";
  const options = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--input-type=module'];
  const { code, stdout, stderr } = await runProgram(NODE, [...options, '--eval', find], { env: { PATH: '' } });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^There are no pictures, because Chromium is not installed\. .*chromium.*\n$/);
});
