import { isIP, isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, type SecureContext } from 'node:tls';
import { ConnectFailure, connect, resolve, type Address } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import { MxFailure } from '../net/mx.js';
import { isQualifiedDomain } from '../plan/schema/values.js';
import { SmtpSession } from '../smtp/session.js';
import { beginHandshake, type Handshake } from '../tls/handshake.js';
import { serverNameIndication } from '../tls/names.js';
import type { Context, RunContext } from './context.js';
import type { Connection } from './hand-over.js';
import { withOtherRecords } from './other-records.js';

/**
 * The connection is closed at the end of the attempt at the latest.
 * @throws {ConnectFailure} or {MxFailure}
 */
export async function openConnection(context: Context): Promise<Connection> {
  const { endpoint, run, budget, turn, atEnd } = context;
  const deadline = Deadline.after(endpoint.timeoutMs, budget);
  const candidates = context.addresses ?? context.found ?? (await lookUp(endpoint.host, deadline, run));
  if (candidates instanceof MxFailure) throw candidates;
  if (candidates instanceof Error) throw await withOtherRecords(candidates, context);
  const socket = await connect(candidates, endpoint.port, deadline);
  atEnd(() => Promise.resolve(void socket.destroy()));
  turn?.keep(socket.remoteAddress);
  return { socket, address: socket.remoteAddress, localAddress: socket.localAddress };
}

/** @returns the IP addresses of a host, or why there is none */
export async function lookUp(
  host: string,
  deadline: Deadline,
  { resolver }: Pick<RunContext, 'resolver'>,
): Promise<readonly Address[] | ConnectFailure> {
  try {
    return await resolve(host, deadline, resolver);
  } catch (error) {
    if (error instanceof ConnectFailure) return error;
    throw error;
  }
}

/** The session ends with QUIT, at the end of the attempt at the latest. */
export function beginSession(context: Context, channel: Duplex): SmtpSession {
  const { transcript, budget, endpoint, onBareLineFeed, atEnd } = context;
  const overTls = channel instanceof TLSSocket;
  const { timeoutMs } = endpoint;
  const session = new SmtpSession(channel, { transcript, timeoutMs, budget, overTls, onBareLineFeed });
  atEnd(() => session.quit());
  return session;
}

/** Begins a TLS handshake, by default with the endpoint's policy and client certificate, and its timeout. */
export function beginTls(
  { endpoint, run, budget }: Context,
  { socket }: Connection,
  context: SecureContext = run.trust.context(endpoint.tls),
  timeoutMs = endpoint.timeoutMs,
): Handshake {
  const deadline = Deadline.after(timeoutMs, budget);
  return beginHandshake(socket, { context, servername: serverNameIndication(endpoint.servername), deadline });
}

/**
 * Opens a side connection to the server, next to the main one, and always closes it.
 * @param address the IP address of the main connection, so that both reach the same machine
 * @param budget the end of every wait on this connection
 * @throws {ConnectFailure} and what `work` throws
 */
export async function onSideConnection<T>(
  context: Context,
  { address, transcript, budget }: Pick<Context, 'transcript' | 'budget'> & { readonly address: string | undefined },
  work: (side: Context, connection: Connection) => Promise<T>,
): Promise<T> {
  const closers: (() => Promise<void>)[] = [];
  const turn = address === undefined ? undefined : context.run.connections.enterSide(address);
  const side: Context = {
    ...context,
    transcript,
    budget,
    ...(address !== undefined && { addresses: [{ address, family: isIPv6(address) ? 6 : 4 }] }),
    turn,
    atEnd: (close) => closers.unshift(close),
    // The main connection reports them.
    onBareLineFeed: () => undefined,
  };
  try {
    return await work(side, await openConnection(side));
  } finally {
    for (const close of closers) await close();
    turn?.end();
  }
}

/**
 * The name for EHLO: the configured one; else this machine's name, if it is a fully qualified domain (RFC 5321 section
 * 4.1.4); else an address literal (section 4.1.3). Host names are often not qualified, because nothing checks them.
 */
export function ehloName(
  { endpoint, run }: Pick<Context, 'endpoint' | 'run'>,
  localAddress: string | undefined,
): string {
  if (endpoint.ehlo !== undefined) return endpoint.ehlo;
  if (isQualifiedDomain(run.hostName)) return run.hostName;
  // The zone of a link-local address only means something on this machine.
  const address = (localAddress ?? '127.0.0.1').replace(/%.*/, '');
  return isIP(address) === 6 ? `[IPv6:${address}]` : `[${address}]`;
}
