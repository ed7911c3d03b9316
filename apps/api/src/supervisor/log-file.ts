import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';

const LIMIT_BYTES = 20 * 1024 * 1024;
const REMEMBERED_LINES = 20;

/** Where the output of the processes goes. */
export interface LogSink {
  write(chunk: Buffer): void;
}

/** Appends to `path`; beyond 20 MB that file becomes `path.1` and a new one begins. Two are kept. */
export function logFile(path: string): LogSink {
  let size = existsSync(path) ? statSync(path).size : 0;
  return {
    write(chunk) {
      if (size > LIMIT_BYTES) {
        renameSync(path, `${path}.1`);
        size = 0;
      }
      // Synchronous: the line that says why a process died must not be lost with ours.
      appendFileSync(path, chunk, { mode: 0o600 });
      size += chunk.length;
    },
  };
}

/** Passes everything on, and remembers the last lines for the message about a process that died. */
export function rememberingLastLines(sink: LogSink): LogSink & { lastLines(): string[] } {
  let tail = '';
  return {
    write(chunk) {
      sink.write(chunk);
      tail = (tail + chunk.toString())
        .split('\n')
        .slice(-REMEMBERED_LINES - 1)
        .join('\n')
        .slice(-8_192);
    },
    lastLines: () => tail.split('\n').filter((line) => line !== ''),
  };
}
