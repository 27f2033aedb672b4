import { start } from './start.js';
import { runTerminal } from './terminal.js';
import { visible } from './text/peer.js';

start(
  () => runTerminal(process.argv.slice(2)),
  (reason) => {
    process.stderr.write(`The gate itself failed: ${visible(reason)}\n`);
  },
);
