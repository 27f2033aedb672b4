import { once } from 'node:events';
import { Socket, type AddressInfo } from 'node:net';
import dns from 'dns2';
import { LOOPBACK } from '../../src/servers/listener.js';

/** A TXT record or an IP address; a host name in an MX record, after its preference; a failure of the server; no reply; or a truncated reply. */
type Answer = string | typeof SERVFAIL | typeof SILENCE | typeof TRUNCATED;

/** The reply for a name: the same for every query, or by type. Other names do not exist. */
export type Zone = Readonly<
  Record<
    string,
    | Answer
    | {
        readonly A?: Answer;
        readonly AAAA?: Answer;
        readonly CNAME?: Answer;
        readonly MX?: Exclude<Answer, string> | readonly string[];
      }
  >
>;

export const SERVFAIL = Symbol('SERVFAIL');
export const SILENCE = Symbol('silence');
/** The reply does not fit into a datagram, and there is none over TCP. */
export const TRUNCATED = Symbol('truncated');

export interface NameServer extends AsyncDisposable {
  /** `address:port`, the format of resolvers. */
  readonly address: string;
  /** The names of all queries, in lowercase, in order. */
  readonly asked: readonly string[];
}

const RCODE = { SERVFAIL: 2, NXDOMAIN: 3 } as const;

const { TYPE, CLASS } = dns.Packet;

/**
 * Starts a name server on loopback that knows one zone.
 * @param at the address and port; default: any free port
 */
export async function startNameServer(zone: Zone, at = { address: LOOPBACK, port: 0 }): Promise<NameServer> {
  const asked: string[] = [];
  const handle: dns.DnsHandler = (request, send, client) => {
    const response = dns.Packet.createResponseFromRequest(request);
    // Without it, the system's resolver treats an empty reply as one from a server without the zone.
    response.header.aa = 1;
    const [question] = request.questions;
    const name = question?.name.toLowerCase() ?? '';
    asked.push(name);
    const known = zone[name];
    const type =
      question?.type === TYPE.AAAA
        ? 'AAAA'
        : question?.type === TYPE.MX
          ? 'MX'
          : question?.type === TYPE.CNAME
            ? 'CNAME'
            : 'A';
    const answer = typeof known === 'object' ? known[type] : known;
    if (answer === SILENCE) return;
    if (answer === SERVFAIL) response.header.rcode = RCODE.SERVFAIL;
    else if (answer === TRUNCATED && client instanceof Socket) return;
    else if (answer === TRUNCATED) response.header.tc = 1;
    else if (Array.isArray(answer)) {
      const reply = withMx(response, answer);
      if (client instanceof Socket || reply.length <= MOST_IN_DATAGRAM) return void send(reply);
      response.header.tc = 1;
    } else if (typeof answer === 'string') response.answers.push(record(name, answer, question?.type));
    if (known === undefined) response.header.rcode = RCODE.NXDOMAIN;
    void send(response);
  };
  const server = dns.createServer({ udp: { type: 'udp4' }, handle });
  const connections = new Set<Socket>();
  const tcp = dns.createTCPServer(handle);
  tcp.on('connection', (socket: Socket) => connections.add(socket.on('error', () => undefined)));
  // TCP first: its ports are the ones that other tests use, so the system must choose a free one.
  await once(tcp.listen(at.port, at.address), 'listening');
  const { port } = tcp.address() as AddressInfo;
  await server.listen({ udp: { address: at.address, port } });
  return {
    address: `${at.address}:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      for (const connection of connections) connection.destroy();
      tcp.close();
      await server.close();
    },
  };
}

const MOST_IN_DATAGRAM = 512;
/** Where the header of a message has the number of answers, and the pointer to the name in its question. */
const [ANSWERS, QUESTION] = [6, 0xc00c];

/** A reply with MX records. The library takes quadratic time to encode them, and there may be thousands. */
function withMx(response: dns.Packet, records: readonly string[]): Buffer {
  const start = response.toBuffer();
  start.writeUInt16BE(records.length, ANSWERS);
  const encoded = records.map((text) => {
    const [, preference, exchange = ''] = /^(\d+) (.*)$/.exec(text) ?? [];
    const labels = exchange.split('.').filter((label) => label !== '');
    const name = labels.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'));
    const head = Buffer.alloc(14);
    const fields = [QUESTION, TYPE.MX, CLASS.IN, 0, 60, Buffer.concat(name).length + 3, Number(preference)];
    for (const [at, field] of fields.entries()) head.writeUInt16BE(field, at * 2);
    return Buffer.concat([head, ...name, Buffer.alloc(1)]);
  });
  return Buffer.concat([start, ...encoded]);
}

function record(name: string, text: string, type: number | undefined) {
  if (type === TYPE.CNAME) return Object.assign(new dns.Packet.Resource(name, type, CLASS.IN, 60), { domain: text });
  if (type !== TYPE.A && type !== TYPE.AAAA) return txt(name, text);
  return Object.assign(new dns.Packet.Resource(name, type, CLASS.IN, 60), { address: text });
}

/** One record in strings of up to 255 bytes (RFC 1035 section 3.3.14). */
function txt(name: string, text: string) {
  const octets = Buffer.from(text);
  const strings = Array.from({ length: Math.ceil(octets.length / 255) }, (_, i) =>
    octets.subarray(i * 255, (i + 1) * 255),
  );
  return Object.assign(new dns.Packet.Resource(name, TYPE.TXT, CLASS.IN, 60), { data: strings });
}
