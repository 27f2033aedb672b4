import type { MX as FINDINGS } from '../../../src/findings/catalog/mx.js';
import type { RunContext } from '../../../src/steps/context.js';
import type { Resolver } from '../../../src/net/connect.js';
import { HOST } from '../certificate-fixtures.js';
import type { Scene } from '../scene.js';
import type { FindingExamples } from './finding-example.js';

const DOMAIN = { host: 'example.test', mx: {}, name: 'example.test', role: 'mx' } as const;

const failing = (code: string) => () => Promise.reject(Object.assign(new Error('lookup'), { code }));

const onLoopback: Resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);

const targets =
  (...names: readonly string[]): RunContext['mx'] =>
  () =>
    Promise.resolve([...names]);

/** What a name server has for the domains of the examples, whose commands ask it. */
export const MX_RECORDS = {
  'null-mx.example.test': { MX: ['0 .'] },
  'aliased-mx.example.test': { CNAME: 'host.example.test' },
  'address-mx.example.test': { MX: ['10 192.0.2.1'] },
  'invalid-mx.example.test': { MX: ['10 mail _server\\'] },
};

/** @param host the domain */
const scene = (
  name: string,
  mx: RunContext['mx'],
  { host = DOMAIN.host, ...run }: Partial<RunContext> & { readonly host?: string } = {},
): Scene => ({
  name,
  // No AUTH, as is usual for an MX host.
  server: { offersInTls: ['PIPELINING'] },
  endpoint: { ...DOMAIN, host, name: host },
  run: { mx, cname: failing('ENODATA'), resolver: onLoopback, ...run },
});

/** The MX records of a domain. */
export const OF_MX: FindingExamples<keyof typeof FINDINGS> = {
  'mx-not-found': {
    raising: scene('is to be found by the MX records of a domain that does not exist', failing('ENOTFOUND'), {
      host: 'no-domain.example.test',
    }),
    twin: {
      ...scene('has a domain without MX records as its name (an implicit MX)', failing('ENODATA')),
      endpoint: { ...DOMAIN, mx: { servername: HOST } },
    },
  },
  'mx-null': {
    raising: scene('is to be found by the MX records of a domain that accepts no mail', targets(''), {
      host: 'null-mx.example.test',
    }),
    twin: scene('is the only MX host of a domain', targets(HOST)),
  },
  'mx-is-alias': {
    raising: {
      ...scene('is named by an alias in the MX record', targets('aliased-mx.example.test'), {
        cname: () => Promise.resolve('host.example.test'),
      }),
      endpoint: { ...DOMAIN, mx: { servername: HOST } },
    },
    twin: scene('is named by its own name in the MX record', targets(HOST)),
  },
  'mx-alias-unknown': {
    raising: {
      ...scene('has a name server that fails to look up CNAME records', targets(HOST), { cname: failing('ESERVFAIL') }),
      endpoint: { ...DOMAIN, mx: { servername: HOST } },
    },
    twin: scene('has a name server that finds no CNAME record', targets(HOST)),
  },
  'mx-is-address': {
    raising: scene('is named by its IP address in the MX record', targets('192.0.2.1'), {
      host: 'address-mx.example.test',
    }),
    twin: scene('is named by its host name in the MX record', targets(HOST)),
  },
  'mx-invalid': {
    raising: scene('has an underscore, a space and a backslash in its MX record', targets('mail\\032_server\\\\'), {
      host: 'invalid-mx.example.test',
    }),
    twin: scene('has a host name in its MX record', targets(HOST)),
  },
  'mx-too-many': {
    raising: {
      ...scene('is one of 60 MX hosts', targets(...Array.from({ length: 60 }, (_, i) => `mx${i}.example.test`))),
      showsLast: true,
    },
    twin: scene('is the target of 60 MX records', targets(...Array.from({ length: 60 }, () => HOST))),
  },
};
