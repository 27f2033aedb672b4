import { codeOf } from '../text/reason.js';
import { certificatesIn, isPem } from './pem.js';
import type { Located } from './source/located.js';
import type { Problem } from './source/problem.js';
import { fileName } from './source/quote.js';

/** Files that one value may name. They are read at the same time. */
const MAX_FILES = 1000;

/** What a value of `ca` contains. */
interface Loaded {
  readonly certificates: readonly string[];
  /** What is wrong; without a path if the value is PEM text. */
  readonly faults: readonly { readonly what: string; readonly path: string | undefined }[];
}

/** Additional trusted CAs. Each value of `ca` is read once, however many endpoints have it. */
export class Anchors {
  readonly #read: (path: string) => Promise<string>;
  readonly #known = new Map<string, Loaded>();

  /** @param read returns the text of a file by its path as the user wrote it */
  constructor(read: (path: string) => Promise<string>) {
    this.#read = read;
  }

  /**
   * Reads the files that `ca` names.
   * @param ca the value of the key: text, or a list of texts; the schema reports anything else
   * @returns what cannot be read or contains no certificate
   */
  async load(ca: Located | undefined): Promise<Problem[]> {
    if (ca?.kind === 'list') return (await Promise.all(ca.items.map((item) => this.load(item)))).flat();
    if (ca?.kind !== 'text' || ca.broken) return [];
    const loaded = this.#known.get(ca.text) ?? (await this.#load(ca.text));
    this.#known.set(ca.text, loaded);
    const key = ca.place.line === undefined ? '' : 'tls.ca: ';
    return loaded.faults.map(({ path, what }) => ({
      ...ca.place,
      message: `${key}${path === undefined ? 'the text' : ca.expanded ? 'the file' : fileName(path)} ${what}`,
    }));
  }

  /** The certificates in values that have been loaded. @returns PEM, one certificate each, without duplicates */
  of(values: readonly string[]): string[] {
    return [...new Set(values.flatMap((value) => this.#known.get(value)?.certificates ?? []))];
  }

  async #load(text: string): Promise<Loaded> {
    if (isPem(text)) return parse(text);
    const paths = text.split(/\r?\n/).flatMap((line) => line.trim() || []);
    if (paths.length === 0) return failure('is empty');
    if (paths.length > MAX_FILES) return failure(`names more than ${MAX_FILES} files`);
    const files = await Promise.all(
      paths.map((path) =>
        this.#read(path).then(
          (content) => parse(content, path),
          (error: unknown) => failure(`cannot be read (${codeOf(error)})`, path),
        ),
      ),
    );
    return { certificates: files.flatMap((file) => file.certificates), faults: files.flatMap((file) => file.faults) };
  }
}

function parse(text: string, path?: string): Loaded {
  const { certificates, faults } = certificatesIn(text);
  return { certificates, faults: faults.map((what) => ({ what, path })) };
}

function failure(what: string, path?: string): Loaded {
  return { certificates: [], faults: [{ what, path }] };
}
