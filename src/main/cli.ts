import { tolerateClosedPipe } from './display.js';
import { start } from './start.js';
import { runTerminal } from './run-cli.js';
import { redactReason } from '../gate/secrets.js';
import { escapeLine } from '../text/escape.js';

for (const stream of [process.stdout, process.stderr]) tolerateClosedPipe(stream);

start(
  (state) => runTerminal(process.argv.slice(2), state),
  (reason, { plan }) => {
    process.stderr.write(`The gate itself failed: ${escapeLine(redactReason(reason, plan))}\n`);
  },
);
