/*
 * A mail server for the benchmarks: it listens on every address of 127.0.0.0/8 and offers what a submission server does
 * up to AUTH. It prints its port. Argument: milliseconds before each reply.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import process from 'node:process';
import { setTimeout } from 'node:timers';
import { createSecureContext, TLSSocket } from 'node:tls';

const [folder, delay = '0'] = process.argv.slice(2);
const delayMs = Number(delay);
const secureContext = createSecureContext({
  key: readFileSync(`${folder}/key.pem`),
  cert: readFileSync(`${folder}/chain.pem`),
});

function reply(stream, text) {
  if (delayMs === 0) stream.write(text);
  else setTimeout(() => stream.write(text), delayMs);
}

/** Replies to each line; a line is taken to arrive in one piece, as short ones on loopback do. */
function serve(stream, isTls) {
  stream.on('error', () => stream.destroy());
  const onData = (bytes) => {
    const verb = bytes.toString('latin1', 0, 8).toUpperCase();
    if (verb.startsWith('EHLO')) {
      reply(
        stream,
        `250-mail.bench.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ${isTls ? 'AUTH PLAIN' : 'STARTTLS'}\r\n`,
      );
    } else if (verb.startsWith('STARTTLS')) {
      stream.off('data', onData);
      reply(stream, '220 go ahead\r\n');
      serve(new TLSSocket(stream, { isServer: true, secureContext }), true);
    } else if (verb.startsWith('AUTH')) {
      reply(stream, '235 2.7.0 ok\r\n');
    } else {
      stream.end('221 2.0.0 bye\r\n');
    }
  };
  stream.on('data', onData);
}

const server = createServer({ noDelay: true }, (socket) => {
  // To have all of 127.0.0.0/8, it must listen on every address, even those that others can reach.
  if (!socket.remoteAddress.startsWith('127.')) return socket.destroy();
  reply(socket, '220 mail.bench.test ESMTP\r\n');
  serve(socket, false);
});
server.listen({ port: 0, host: '0.0.0.0', backlog: 4096 }, () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('close', () => process.exit()).resume();
