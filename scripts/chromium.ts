import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { marked } from 'marked';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const NOT_INSTALLED =
  'There are no pictures, because Chromium is not installed. On Debian: apt-get install chromium fonts-liberation fonts-noto-color-emoji';

/** A higher picture would not be looked at. */
const MOST_PIXELS = 5000;

const run = promisify(execFile);

/** How a page is shown. */
export interface Look {
  readonly theme: 'light' | 'dark';
  /** In CSS pixels. */
  readonly width: number;
  readonly fontSize: number;
  /** Device pixels for each CSS pixel. */
  readonly scale: number;
}

/** Pictures of job summaries, with GitHub's style sheet, in headless Chromium. */
export class Browser implements AsyncDisposable {
  private constructor(
    private readonly program: string,
    private readonly folder: string,
  ) {}

  /** Ends the process with an error if no Chromium is installed. */
  static async find(): Promise<Browser> {
    for (const name of BROWSERS) {
      const found = await run('which', [name]).catch(() => undefined);
      if (found) return new Browser(found.stdout.trim(), await mkdtemp(join(tmpdir(), 'picture-')));
    }
    console.error(NOT_INSTALLED);
    process.exit(1);
  }

  /**
   * Renders a summary as a PNG file.
   * @param upTo a CSS selector; the picture ends before the second such element
   * @returns how many pixels the page, or a table in it, is wider than its place
   */
  async picture(summary: string, file: string, look: Look, upTo?: string): Promise<number> {
    const styles = await readFile(`node_modules/github-markdown-css/github-markdown-${look.theme}.css`, 'utf8');
    const page = join(this.folder, 'summary.html');
    await writeFile(page, html(summary, styles, look, upTo));
    const url = pathToFileURL(page).href;
    const dom = await this.#run(`--window-size=${look.width},2000`, '--dump-dom', url);
    const [, height, overflow] = /data-height="(\d+)" data-overflow="(\d+)"/.exec(dom) ?? [];
    if (height === undefined) throw new Error('Chromium did not render the summary');
    await this.#run(
      `--window-size=${look.width},${Math.min(Number(height), MOST_PIXELS)}`,
      `--force-device-scale-factor=${look.scale}`,
      `--screenshot=${resolve(file)}`,
      url,
    );
    return Number(overflow);
  }

  async #run(...options: readonly string[]): Promise<string> {
    const always = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'];
    const profile = `--user-data-dir=${this.folder}/profile`;
    const { stdout } = await run(this.program, [...always, profile, ...options], { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** A page with the summary, and a script that measures it. */
function html(summary: string, styles: string, { width, fontSize }: Look, upTo?: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<style>${styles}
  body { margin: 0; }
  .markdown-body { box-sizing: border-box; width: ${width}px; padding: 24px 32px; font-size: ${fontSize}px; }
</style>
<article class="markdown-body">${marked.parse(summary, { async: false })}</article>
<script>
  const end = ${JSON.stringify(upTo ?? null)} && document.querySelectorAll(${JSON.stringify(upTo ?? '')})[1];
  const height = end ? end.offsetTop - 16 : document.body.scrollHeight;
  const boxes = [document.documentElement, ...document.querySelectorAll('table')];
  const overflow = Math.max(...boxes.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
  document.documentElement.setAttribute('data-height', Math.floor(height));
  document.documentElement.setAttribute('data-overflow', overflow);
</script>
`;
}
