import js from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      'no-duplicate-imports': 'error',
    },
  },
  {
    // Code in src/ reads text from untrusted servers, so every regular expression must run in linear time.
    files: ['src/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: false, ignorePartial: false }],
      // The rules above miss these: each occurrence of the first word starts a search to the end of the text.
      'no-restricted-syntax': [
        'error',
        {
          selector: String.raw`Literal[regex.pattern=/^(?!\^).*\w\.[*+][^$]/]`,
          message: 'Bound the gap between two words of a regular expression, such as /a.{0,60}b/.',
        },
      ],
    },
  },
);
