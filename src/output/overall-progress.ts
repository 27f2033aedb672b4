import type { EndpointReport, Progress } from '../report/report.js';

/** With more endpoints than this, a log has lines only for those that fail, and for the run as a whole. */
const MOST_IN_LOG = 50;
const LOG_EVERY_MS = 5000;
const DRAW_EVERY_MS = 100;

/** Receives each endpoint as it finishes. */
export type Finished = (endpoint: EndpointReport, progress: Progress) => void;

type CountsAsFailed = (endpoint: EndpointReport) => boolean;

interface Overall extends Progress {
  readonly failed: number;
  readonly elapsedMs: number;
}

/** The progress of the run: `1200 of 5000 done, 3 failed, 3800 left, 240/s, about 16 s to go`. */
export function overallLine({ done, total, failed, elapsedMs }: Overall): string {
  const left = total - done;
  const perMs = elapsedMs > 0 ? done / elapsedMs : 0;
  return [
    `${done} of ${total} done`,
    `${failed} failed`,
    `${left} left`,
    ...(perMs > 0 ? [rate(perMs)] : []),
    ...(perMs > 0 && left > 0 ? [`about ${timeToGo(left / perMs)} to go`] : []),
  ].join(', ');
}

function rate(perMs: number): string {
  const perSecond = 1000 * perMs;
  if (perSecond < 1) return `${Math.round(60 * perSecond)}/min`;
  return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
}

function timeToGo(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** Counts failures, for the progress line. */
class FailureCounter {
  #failed = 0;
  readonly #beganMs: number;

  constructor(
    private readonly countsAsFailed: CountsAsFailed,
    private readonly nowMs: () => number,
  ) {
    this.#beganMs = nowMs();
  }

  /** @returns whether it counts as failed */
  add(endpoint: EndpointReport): boolean {
    const isFailed = this.countsAsFailed(endpoint);
    if (isFailed) this.#failed += 1;
    return isFailed;
  }

  line(progress: Progress): string {
    return overallLine({ ...progress, failed: this.#failed, elapsedMs: this.nowMs() - this.#beganMs });
  }
}

interface LogTerms {
  readonly countsAsFailed: CountsAsFailed;
  /** Writes the lines of one endpoint. */
  readonly each: Finished;
  /** Writes a line about the whole run. */
  readonly overall: (line: string) => void;
  readonly nowMs?: () => number;
}

/** Progress for a log: each endpoint or, if there are many, each that fails, and a progress line every five seconds. */
export function logProgress({ countsAsFailed, each, overall, nowMs = () => performance.now() }: LogTerms): Finished {
  const failures = new FailureCounter(countsAsFailed, nowMs);
  let [writtenMs, lines] = [nowMs(), 0];
  return (endpoint, progress) => {
    const isFailed = failures.add(endpoint);
    const isLong = progress.total > MOST_IN_LOG;
    if (isFailed || !isLong) each(endpoint, progress);
    const isDue = nowMs() - writtenMs >= LOG_EVERY_MS || (progress.done === progress.total && lines === 0);
    if (!isLong || !isDue) return;
    [writtenMs, lines] = [nowMs(), lines + 1];
    overall(failures.line(progress));
  };
}

interface TerminalTerms {
  readonly countsAsFailed: CountsAsFailed;
  readonly total: number;
  readonly write: (text: string) => void;
  /** The number of columns, which may change. */
  readonly width: () => number;
  readonly nowMs?: () => number;
}

/** Progress for a terminal: one line, which is updated in place and erased at the end. */
export function terminalProgress({
  countsAsFailed,
  total,
  write,
  width,
  nowMs = () => performance.now(),
}: TerminalTerms): {
  readonly finished: Finished;
  readonly end: () => void;
} {
  const failures = new FailureCounter(countsAsFailed, nowMs);
  let drawnMs = -Infinity;
  const draw = (progress: Progress): void => {
    drawnMs = nowMs();
    // A line as wide as the terminal would continue on the next one.
    write(`${CLEAR}${failures.line(progress).slice(0, width() - 1)}`);
  };
  draw({ done: 0, total });
  return {
    finished: (endpoint, progress) => {
      failures.add(endpoint);
      if (nowMs() - drawnMs >= DRAW_EVERY_MS || progress.done === progress.total) draw(progress);
    },
    end: () => {
      write(CLEAR);
    },
  };
}

/** Back to the first column, and erase the line. */
const CLEAR = '\r\x1b[K';
