/** What `/proc` tells about the processes that the journeys start, and kill. */
import { readFileSync, readdirSync } from 'node:fs';

export function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

export function childrenOf(parent: number | undefined): number[] {
  if (parent === undefined) return [];
  return allProcesses().filter((pid) => statOf(pid)?.parent === parent);
}

export const isAlive = (pid: number): boolean => ![undefined, 'Z', 'X'].includes(statOf(pid)?.state);

/** Stands still by SIGSTOP. */
export const isStopped = (pid: number): boolean => statOf(pid)?.state === 'T';

/** The command line, its words joined by spaces; empty for a process that has gone. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** SIGKILL, also for somebody who has just gone. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** State and parent of a process; the command in between may hold anything, so they are read after its last bracket. */
function statOf(pid: number): { state: string; parent: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}
