import { neutralise } from '../text/escape.js';
import { shorten } from '../text/shorten.js';
import type { EndpointReport, Progress } from '../report/report.js';
import { storyOf, spoken } from './view-model.js';
import { attemptsInFull, duration, SIGNS, statusWord } from './labels.js';

const NAME_LIMIT = 100;
const FINDING_LIMIT = 300;
/** No honest server says more in a line; the whole of it is in the report. */
const LINE_LIMIT = 1000;

/**
 * The line that tells of an endpoint as soon as it is finished:
 * `✗  3/9  relay  fail  capability ✓  upgrade ✓  certificate ✗  authentication - blocked  delivery - blocked  321 ms  …`.
 * @param progress with this endpoint included
 */
export function progressLine(endpoint: EndpointReport, { done, total }: Progress): string {
  const { chapters } = storyOf(endpoint);
  const worst = chapters[0]?.finding;
  const attempts = attemptsInFull(endpoint);
  const cells = [
    `${SIGNS[endpoint.result].plain} ${String(done).padStart(String(total).length)}/${total}`,
    shorten(endpoint.name, NAME_LIMIT),
    endpoint.result,
    ...endpoint.steps.map(
      (step) => `${step.id} ${SIGNS[step.status].plain}${step.skipped ? ` ${statusWord(step)}` : ''}`,
    ),
    duration(endpoint.durationMs),
    ...(worst ? [shorten(`${worst.code}: ${worst.message}`, FINDING_LIMIT)] : []),
    ...(attempts === undefined ? [] : [shorten(attempts, FINDING_LIMIT)]),
  ];
  return neutralise(cells.join('  '));
}

/** Whether the line that tells of an endpoint quotes what a server has said. */
export function quotesServer({ result, attempts }: EndpointReport): boolean {
  return result !== 'pass' || attempts > 1;
}

/** The transcript of an endpoint, a line each with its time: `   12 ms  S: 250-STARTTLS`. */
export function transcriptLines({ transcript }: EndpointReport): string[] {
  const width = Math.max(5, ...transcript.map(({ at }) => String(at).length));
  return transcript.map((entry) =>
    neutralise(`${String(entry.at).padStart(width)} ms  ${shorten(spoken(entry), LINE_LIMIT)}`),
  );
}

/** @param liars how many there were */
export function selfTestLine(liars: number): string {
  return `Self-test: all of ${liars} lying servers were found out.`;
}
