import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { type LogSink, rememberingLastLines } from './log-file.ts';

/** What a process tells when it is ready to work. */
export interface ReadyMessage {
  type: 'ready';
  /** One-time link to make the first account; only from the API, and only while there is none. */
  setupUrl?: string;
}

/** A process that is kept running: when it dies it is started again, until `stop`. */
export interface SupervisedProcess {
  /** The first time it is ready. Rejects in words if it has died too often before, and is given up. */
  ready: Promise<ReadyMessage>;
  /** Says something to it; lost while it is not there. */
  send(message: object): void;
  /** SIGTERM, ten seconds to drain, SIGKILL. Resolves when it is gone. Safe to call twice. */
  stop(): Promise<void>;
}

export interface SupervisedProcessOptions {
  /** As people call it. */
  name: string;
  script: string;
  env: NodeJS.ProcessEnv;
  sink: LogSink;
  log: (message: string) => void;
  /** Hears what else it says. */
  onMessage?: (message: unknown) => void;
}

// One that was never ready and dies five times in 30 s has a fault that does not heal by itself. One that was may only
// miss its database, which is back some day: it is started again for as long as that takes, ever less often.
const DEATHS_ALLOWED = 5;
const DEATHS_WINDOW_MS = 30_000;
const FIRST_BACKOFF_MS = 100;
const DRAIN_MS = 10_000;

/** Starts `script` in a Node process of its own and keeps it running. */
export function superviseProcess(options: SupervisedProcessOptions): SupervisedProcess {
  const { name, script, env, sink, log, onMessage } = options;
  const ready = Promise.withResolvers<ReadyMessage>();
  // Whoever does not wait for it still gets no unhandled rejection.
  ready.promise.catch(() => {});
  let wasReady = false;
  let stopping = false;
  let child: ChildProcess | undefined;
  let deaths: number[] = [];
  const wakeUp = new AbortController();

  const run = async (): Promise<void> => {
    while (!stopping) {
      const output = rememberingLastLines(sink);
      const code = await runOnce(output);
      if (stopping) return;
      const now = performance.now();
      deaths = [...deaths.filter((death) => now - death < DEATHS_WINDOW_MS), now];
      if (!wasReady && deaths.length >= DEATHS_ALLOWED) {
        const words = [`The ${name} died ${deaths.length} times in a row (${code}).`, ...output.lastLines()].join('\n');
        ready.reject(new Error(words));
        return;
      }
      log(`The ${name} died (${code}) and is started again.`);
      await delay(FIRST_BACKOFF_MS * 2 ** deaths.length, undefined, { signal: wakeUp.signal }).catch(() => {});
    }
  };

  const runOnce = (output: LogSink): Promise<string> =>
    new Promise((resolve) => {
      // In a session of its own, so that a Ctrl-C in the terminal reaches only the supervisor, which drains in order.
      child = fork(script, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
      child.stdout?.on('data', (chunk: Buffer) => output.write(chunk));
      child.stderr?.on('data', (chunk: Buffer) => output.write(chunk));
      child.on('message', (message) => {
        if (!isReady(message)) return onMessage?.(message);
        wasReady = true;
        ready.resolve(message);
      });
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });

  const running = run();
  return {
    ready: ready.promise,
    send(message) {
      if (child?.connected) child.send(message, () => undefined);
    },
    async stop() {
      stopping = true;
      wakeUp.abort();
      child?.kill('SIGTERM');
      const patience = setTimeout(() => child?.kill('SIGKILL'), DRAIN_MS);
      await running;
      clearTimeout(patience);
    },
  };
}

function isReady(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}
