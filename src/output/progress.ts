import { escapeLine } from '../text/escape.js';
import { shorten } from '../text/shorten.js';
import type { EndpointReport, Progress } from '../report/report.js';
import { transcriptLine } from './excerpt.js';
import { endpointView } from './view-model.js';
import { countOf } from '../text/count.js';
import { duration, SIGNS, statusWord } from './labels.js';

const NAME_LIMIT = 100;
const FINDING_LIMIT = 300;
/** No correct server sends longer lines. The report has the whole line. */
const LINE_LIMIT = 1000;

/**
 * The line for an endpoint that has just finished:
 * `✗  3/9  relay  fail  capability ✓  upgrade ✓  certificate ✗  authentication - blocked  delivery - blocked  321 ms  …`.
 * @param progress with this endpoint included
 */
export function progressLine(endpoint: EndpointReport, { done, total }: Progress): string {
  const { attempts, problems } = endpointView(endpoint);
  const worst = problems[0]?.finding;
  const cells = [
    `${SIGNS[endpoint.result].plain} ${String(done).padStart(String(total).length)}/${total}`,
    shorten(endpoint.name, NAME_LIMIT),
    endpoint.result,
    ...endpoint.steps.map(
      (step) => `${step.id} ${SIGNS[step.status].plain}${step.skipped ? ` ${statusWord(step)}` : ''}`,
    ),
    duration(endpoint.durationMs),
    ...(worst ? [shorten(`${worst.code}: ${worst.message}`, FINDING_LIMIT)] : []),
    ...(attempts ? [shorten(attempts.inFull, FINDING_LIMIT)] : []),
  ];
  return escapeLine(cells.join('  '));
}

/** Whether the {@link progressLine} of an endpoint quotes a server. */
export function quotesServer({ result, attempts }: EndpointReport): boolean {
  return result !== 'pass' || attempts > 1;
}

/** The transcript of an endpoint, one line for each entry, with its time in milliseconds: `   12 ms  S: 250-STARTTLS`. */
export function transcriptLines({ transcript }: EndpointReport): string[] {
  const width = Math.max(5, ...transcript.map(({ at }) => String(at).length));
  return transcript.map((entry) =>
    escapeLine(`${String(entry.at).padStart(width)} ms  ${shorten(transcriptLine(entry), LINE_LIMIT)}`),
  );
}

/** @param servers how many there were */
export function selfTestLine(servers: number): string {
  return `Self-test: the gate detected ${countOf(servers, servers, 'misbehaving server')}.`;
}
