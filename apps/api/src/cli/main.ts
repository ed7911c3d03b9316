import { runCommandLine } from './command-line.ts';

// The reader of a pipe may leave early; that is no error of the command.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  input: process.stdin,
  say: (line) => process.stdout.write(`${line}\n`),
  tell: (line) => process.stderr.write(`${line}\n`),
});
// The channel to the script that started us would keep the process alive.
if (process.connected) process.disconnect();
