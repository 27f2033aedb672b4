import type { Located } from './source/located.js';
import { certificatesIn, isPem } from './pem.js';
import type { Problem } from './source/problem.js';
import { fileName } from './source/quote.js';

/** Files that one value may name. They are read at the same time. */
const MAX_FILES = 1000;

/** What a value of `ca` comes to. */
interface Anchor {
  readonly certificates: readonly string[];
  readonly faults: readonly Fault[];
}

interface Fault {
  /** Absent where PEM text was given in place of a path. */
  readonly path?: string;
  readonly what: string;
}

/** Trust anchors, each value of `ca` read once however many endpoints have it. */
export class Anchors {
  readonly #read: (path: string) => Promise<string>;
  readonly #known = new Map<string, Anchor>();

  /** @param read gives the text of a file by its path as the user wrote it */
  constructor(read: (path: string) => Promise<string>) {
    this.#read = read;
  }

  /**
   * Reads what `ca` names.
   * @param ca the value of the key: text, or a list of texts; anything else is for the schema to complain about
   * @returns what cannot be read or holds no certificate
   */
  async load(ca: Located | undefined): Promise<Problem[]> {
    if (ca?.kind === 'list') return (await Promise.all(ca.items.map((item) => this.load(item)))).flat();
    if (ca?.kind !== 'text' || ca.broken) return [];
    const anchor = this.#known.get(ca.text) ?? (await this.#anchor(ca.text));
    this.#known.set(ca.text, anchor);
    return anchor.faults.map(({ path, what }) => ({
      ...ca.place,
      message: `${ca.place.line === undefined ? '' : 'ca: '}${subject(path, ca.expanded)} ${what}`,
    }));
  }

  /**
   * The certificates behind values that were loaded.
   * @returns PEM, one certificate each, none twice
   */
  of(values: readonly string[]): string[] {
    return [...new Set(values.flatMap((value) => this.#known.get(value)?.certificates ?? []))];
  }

  async #anchor(text: string): Promise<Anchor> {
    if (isPem(text)) return anchorOf(text);
    const paths = text.split(/\r?\n/).flatMap((line) => line.trim() || []);
    if (paths.length === 0) return { certificates: [], faults: [{ what: 'is empty' }] };
    if (paths.length > MAX_FILES) {
      return { certificates: [], faults: [{ what: `names more than ${MAX_FILES} files` }] };
    }
    const files = await Promise.all(paths.map((path) => this.#file(path)));
    return { certificates: files.flatMap((file) => file.certificates), faults: files.flatMap((file) => file.faults) };
  }

  async #file(path: string): Promise<Anchor> {
    try {
      return anchorOf(await this.#read(path), path);
    } catch (error) {
      return { certificates: [], faults: [{ path, what: `cannot be read (${errorCode(error)})` }] };
    }
  }
}

/** The code of an error, such as ENOENT or `not a regular file`. Its message would carry the path of the file. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
}

function anchorOf(text: string, path?: string): Anchor {
  const { certificates, faults } = certificatesIn(text);
  return { certificates, faults: faults.map((what) => ({ ...(path !== undefined && { path }), what })) };
}

function subject(path: string | undefined, isExpanded: boolean): string {
  if (path === undefined) return 'the text';
  return isExpanded ? 'the file that it names' : fileName(path);
}
