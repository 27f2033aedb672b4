/*
 * The lower bound for the gate: the smallest program that takes endpoints through greeting, EHLO, STARTTLS, handshake, EHLO and QUIT with
 * `net` and `tls` alone. It checks nothing. Arguments: the file with the endpoints (address:port, one per line), the CA,
 * and how many connections at a time.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import process from 'node:process';
import { createSecureContext, connect as secure } from 'node:tls';

const [file, ca, concurrency] = process.argv.slice(2);
const secureContext = createSecureContext({ ca: readFileSync(ca) });
const waiting = readFileSync(file, 'utf8').trim().split('\n');

/** Waits for a reply, which is taken to arrive in one piece. */
function next(stream) {
  return new Promise((resolve, reject) => {
    stream.once('data', resolve).once('error', reject);
  });
}

async function gate(endpoint) {
  const [host, port] = endpoint.split(':');
  const socket = connect({ host, port: Number(port), noDelay: true });
  await next(socket);
  socket.write('EHLO client.bench.test\r\n');
  await next(socket);
  socket.write('STARTTLS\r\n');
  await next(socket);
  socket.removeAllListeners('data');
  const stream = secure({ socket, secureContext, servername: 'mail.bench.test' });
  await new Promise((resolve, reject) => {
    stream.once('secureConnect', resolve).once('error', reject);
  });
  stream.write('EHLO client.bench.test\r\n');
  await next(stream);
  stream.end('QUIT\r\n');
  stream.resume();
}

async function worker() {
  for (let endpoint = waiting.shift(); endpoint !== undefined; endpoint = waiting.shift()) await gate(endpoint);
}

await Promise.all(Array.from({ length: Number(concurrency) }, worker));
