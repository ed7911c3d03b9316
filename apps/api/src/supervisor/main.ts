import { runInstallation } from './supervisor.ts';

const stop = new AbortController();
// One request to stop may arrive as several signals (terminal, npm, the start script): they are never counted.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
// The start script has gone, however it went.
process.on('disconnect', () => stop.abort());
// A closed terminal must not keep us from draining.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

try {
  await runInstallation(stop.signal, (line) => process.stdout.write(`${line}\n`));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// The channel to the start script would keep the process alive.
if (process.connected) process.disconnect();
