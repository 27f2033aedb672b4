import { runAction } from './run-action.js';
import { start } from './start.js';
import { redactReason } from '../gate/secrets.js';
import { error } from '../runner/toolkit.js';
import { escapeLine } from '../text/escape.js';

start(runAction, (reason, { plan }) => {
  error(escapeLine(`The gate itself failed: ${redactReason(reason, plan)}`));
});
