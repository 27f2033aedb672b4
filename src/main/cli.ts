import type { Plan } from '../plan/endpoint.js';
import { redactReason } from '../gate/secrets.js';
import { start } from './start.js';
import { runTerminal } from './run-cli.js';
import { escapeLine } from '../text/escape.js';

let plan: Plan | undefined;

start(
  (endedBy) =>
    runTerminal(
      process.argv.slice(2),
      (loaded) => {
        plan = loaded;
      },
      endedBy,
    ),
  (reason) => {
    process.stderr.write(`The gate itself failed: ${escapeLine(redactReason(reason, plan))}\n`);
  },
);
