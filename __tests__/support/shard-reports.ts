import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { renderJson } from '../../src/output/json.js';
import type { GatePolicy } from '../../src/plan/endpoint.js';
import { divide } from '../../src/plan/shard.js';
import type { EndpointReport, Report, RunReport } from '../../src/report/report.js';
import { assemble } from '../../src/verdict/assemble.js';
import { anEndpoint } from './reports.js';

const PLAN_HASH = 'a'.repeat(64);

export interface ShardDetails {
  readonly run?: Partial<RunReport>;
  readonly policy?: Partial<GatePolicy>;
  readonly startedAt?: string;
  readonly durationMs?: number;
}

/** The reports of all shards of a run, each with some details replaced. */
export function shardReports(
  endpoints: readonly EndpointReport[],
  n: number,
  details: (k: number) => ShardDetails = () => ({}),
): Report[] {
  const nameOf = ({ name, configured }: EndpointReport): string => configured ?? name;
  return divide([...new Set(endpoints.map(nameOf))], n).map((names, index) => {
    const { run, policy, startedAt = '2026-11-23T12:00:00.000Z', durationMs = 1000 } = details(index + 1);
    const { report } = assemble(
      endpoints.filter((endpoint) => names.includes(nameOf(endpoint))),
      {
        policy: { failOn: 'fail', onInconclusive: 'fail', ...policy },
        run: { id: '77', attempt: 1, shard: { k: index + 1, n }, planHash: PLAN_HASH, ...run },
        startedAt: new Date(startedAt),
        durationMs,
      },
    );
    return report;
  });
}

/** Endpoints that pass. */
export function endpointsNamed(...names: readonly string[]): EndpointReport[] {
  return names.map((name) => anEndpoint({ name }));
}

/** A folder of reports, which is removed when it is disposed. */
export class ReportFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'reports-'));

  write(path: string, content: Report | string | Buffer): this {
    const absolute = join(this.path, path);
    mkdirSync(dirname(absolute), { recursive: true });
    const isText = typeof content === 'string' || Buffer.isBuffer(content);
    writeFileSync(absolute, isText ? content : renderJson(content));
    return this;
  }

  /** Writes each report to a folder of its own, as artifacts are downloaded. */
  writeAll(reports: readonly Report[]): this {
    for (const report of reports) {
      const { attempt = 0, shard: { k } = { k: 0 } } = report.run;
      this.write(`gate-${attempt}-shard-${k}/report.json`, report);
    }
    return this;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
