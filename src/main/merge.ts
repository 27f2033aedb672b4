import { runMerge } from './run-merge.js';
import { start } from './start.js';
import { error } from '../runner/toolkit.js';
import { escapeLine } from '../text/escape.js';

start(runMerge, (reason) => {
  error(escapeLine(`The merge itself failed: ${reason}`));
});
