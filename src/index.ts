import * as core from '@actions/core';
import { runAction } from './action.js';
import { start } from './start.js';
import { neutralise } from './text/neutral.js';

start(runAction, (reason) => {
  core.error(neutralise(`The gate itself failed: ${reason}`));
});
