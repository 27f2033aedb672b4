import * as core from '@actions/core';
import { runAction } from './run-action.js';
import type { Plan } from '../plan/endpoint.js';
import { redactReason } from '../gate/secrets.js';
import { start } from './start.js';
import { escapeLine } from '../text/escape.js';

let plan: Plan | undefined;

start(
  (endedBy) =>
    runAction((loaded) => {
      plan = loaded;
    }, endedBy),
  (reason) => {
    core.error(escapeLine(`The gate itself failed: ${redactReason(reason, plan)}`));
  },
);
