import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** No file that the configuration names is anywhere near as large. */
const MAX_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * Reads a text file in UTF-8. Only a regular file is accepted: a named pipe, a terminal or a device can block until
 * another process writes to it, or never end. The size limit applies while the file is read.
 * @param maxBytes the largest size
 * @throws an error whose `code` is the code of the system, or says in words what is wrong with the file
 */
export function readRegularFile(path: string, maxBytes = MAX_BYTES): string {
  // Opened without O_NONBLOCK, a pipe blocks at once; a file such as /proc/kmsg is a regular one and blocks when read.
  // Windows does not have the flag, and undefined is 0 here.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw unreadable(path, 'not a regular file');
    if (stat.size > maxBytes) throw unreadable(path, `larger than ${maxBytes} bytes`);
    const chunks: Buffer[] = [];
    let size = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const length = readSync(file, chunk);
      if (length === 0) return Buffer.concat(chunks).toString('utf8');
      size += length;
      if (size > maxBytes) throw unreadable(path, `larger than ${maxBytes} bytes`);
      chunks.push(chunk.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}

function unreadable(path: string, code: string): Error {
  return Object.assign(new Error(`${path} is ${code}`), { code });
}
