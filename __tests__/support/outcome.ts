import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../src/plan/endpoint.js';
import type { Finding } from '../../src/report/report.js';
import { codes, gate, letters } from './gate.js';

/** Tests an endpoint. @returns the five letters, and the codes in order */
export async function see(gated: Endpoint): Promise<[string, string[]]> {
  const { report } = await gate(gated);
  return [letters(report.steps), codes(report.steps)];
}

/** Tests an endpoint. @returns the five letters and the only finding @throws unless there is exactly one */
export async function found(gated: Endpoint): Promise<[string, Finding]> {
  const { report } = await gate(gated);
  const [finding, ...others] = report.steps.flatMap(({ findings }) => findings);
  if (!finding || others.length > 0) throw new Error(`found ${codes(report.steps).join(', ') || 'nothing'}`);
  return [letters(report.steps), finding];
}

/** What a server logs during an action, until a line says that it is over. */
export async function logged(
  server: { log(): Promise<string> },
  over: RegExp,
  action: () => Promise<unknown>,
): Promise<string> {
  const before = (await server.log()).length;
  await action();
  for (;;) {
    const fresh = (await server.log()).slice(before);
    if (over.test(fresh)) return fresh;
    await sleep(20);
  }
}
