import { readdir, readFile, readlink } from 'node:fs/promises';

/** A process in /proc. */
export interface Process {
  readonly pid: number;
  readonly command: string;
}

/** The processes whose working directory or command line contains a folder; requires root and Linux. */
export async function processesIn(folder: string): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(pids.map((pid) => inspect(pid, folder)));
  return processes.filter((process) => process !== undefined);
}

async function inspect(pid: string, folder: string): Promise<Process | undefined> {
  try {
    const workingFolder = await readlink(`/proc/${pid}/cwd`);
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replace(/\0/g, ' ').trim();
    const inside = `${workingFolder}/`.startsWith(`${folder}/`) || command.includes(folder);
    return inside ? { pid: Number(pid), command } : undefined;
  } catch {
    // It has ended in the meantime.
    return undefined;
  }
}
