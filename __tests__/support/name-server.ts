import dns from 'dns2';
import { LOOPBACK } from '../../src/demo/listener.js';

/** What the server says of a name: a TXT record, a failure of its own, or nothing at all. Other names do not exist. */
export type Zone = Readonly<Record<string, string | typeof SERVFAIL | typeof SILENCE>>;

export const SERVFAIL = Symbol('SERVFAIL');
export const SILENCE = Symbol('silence');

export interface NameServer extends AsyncDisposable {
  /** `address:port`, as resolvers take it. */
  readonly address: string;
  /** The names that were asked for, in lower case, in order. */
  readonly asked: readonly string[];
}

const RCODE = { SERVFAIL: 2, NXDOMAIN: 3 } as const;

/** Starts a name server on loopback that knows one zone. */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const asked: string[] = [];
  const server = dns.createServer({
    udp: { type: 'udp4' },
    handle: (request, send) => {
      const response = dns.Packet.createResponseFromRequest(request);
      const [question] = request.questions;
      const name = question?.name.toLowerCase() ?? '';
      asked.push(name);
      const known = zone[name];
      if (known === SILENCE) return;
      if (known === SERVFAIL) response.header.rcode = RCODE.SERVFAIL;
      else if (known === undefined) response.header.rcode = RCODE.NXDOMAIN;
      else response.answers.push(txt(name, known));
      void send(response);
    },
  });
  const { udp } = await server.listen({ udp: { port: 0, address: LOOPBACK } });
  if (!udp) throw new Error('no name server');
  return {
    address: `${LOOPBACK}:${udp.port}`,
    asked,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** One record in strings of up to 255 octets (RFC 1035 section 3.3.14). */
function txt(name: string, text: string) {
  const { TYPE, CLASS } = dns.Packet;
  const octets = Buffer.from(text);
  const strings = Array.from({ length: Math.ceil(octets.length / 255) }, (_, i) =>
    octets.subarray(i * 255, (i + 1) * 255),
  );
  return Object.assign(new dns.Packet.Resource(name, TYPE.TXT, CLASS.IN, 60), { data: strings });
}
