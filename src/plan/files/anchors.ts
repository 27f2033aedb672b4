import { codeOf } from '../../text/reason.js';
import type { AnchorSource } from '../endpoint.js';
import { withFile } from './not-pem.js';
import { certificatesIn, isPem } from './pem.js';
import type { Located } from '../source/located.js';
import type { Problem } from '../source/problem.js';
import { fileName } from '../source/quote.js';

/** Files that one value may name. */
const MAX_FILES = 1000;

/** What a value of `ca` contains, and what is wrong with it; without a path if the value is PEM text. */
interface Contents {
  readonly sources: readonly AnchorSource[];
  readonly problems: readonly { readonly what: string; readonly path?: string | undefined }[];
}

/** Additional trusted CAs. Each value of `ca` is read once, even if many endpoints have it. */
export class Anchors {
  readonly #readFile: (path: string) => string;
  readonly #known = new Map<string, Contents>();
  /** Values with that of an environment variable, which may be a secret. */
  readonly #expanded = new Set<string>();

  constructor(readFile: (path: string) => string) {
    this.#readFile = readFile;
  }

  /** Reads the files that `ca` names. @returns what cannot be read or contains no certificate */
  load(ca: Located | undefined): Problem[] {
    if (ca?.kind === 'list') return ca.items.flatMap((item) => this.load(item));
    if (ca?.kind !== 'text' || ca.broken) return [];
    if (ca.expanded) this.#expanded.add(ca.text);
    const key = ca.place.line === undefined ? '' : 'tls.ca: ';
    return this.#contents(ca.text).problems.map(({ path, what }) => {
      const isNamed = path !== undefined && !ca.expanded;
      const name = isNamed ? fileName(path) : path === undefined ? 'the text' : 'the file';
      return { ...ca.place, message: `${key}${name} ${isNamed ? withFile(what, path) : what}` };
    });
  }

  /** The files and texts of values that have been loaded, in order, each once. */
  of(values: readonly string[]): AnchorSource[] {
    const sources = [...new Set(values)].flatMap((value) => {
      const { sources: read } = this.#contents(value);
      return this.#expanded.has(value) ? read.map(({ certificates }) => ({ certificates })) : read;
    });
    return sources.filter(
      ({ path }, index) => path === undefined || sources.findIndex((one) => one.path === path) === index,
    );
  }

  #contents(text: string): Contents {
    const contents = this.#known.get(text) ?? this.#read(text);
    this.#known.set(text, contents);
    return contents;
  }

  #read(text: string): Contents {
    if (isPem(text)) return parse(text);
    const paths = text.split(/\r?\n/).flatMap((line) => line.trim() || []);
    if (paths.length === 0) return failure('is empty');
    if (paths.length > MAX_FILES) return failure(`names more than ${MAX_FILES} files`);
    const files = paths.map((path) => {
      try {
        return parse(this.#readFile(path), path);
      } catch (error) {
        return failure(`cannot be read (${codeOf(error)})`, path);
      }
    });
    return {
      sources: files.flatMap((file) => file.sources),
      problems: files.flatMap((file) => file.problems),
    };
  }
}

function parse(text: string, path?: string): Contents {
  const { certificates, faults } = certificatesIn(text);
  const source = { ...(path !== undefined && { path }), certificates };
  return { sources: [source], problems: faults.map((what) => ({ what, path })) };
}

function failure(what: string, path?: string): Contents {
  return { sources: [], problems: [{ what, path }] };
}
