import * as core from '@actions/core';
import { runAction } from './run-action.js';
import { start } from './start.js';
import { redactReason } from '../gate/secrets.js';
import { escapeLine } from '../text/escape.js';

start(runAction, (reason, { plan }) => {
  core.error(escapeLine(`The gate itself failed: ${redactReason(reason, plan)}`));
});
