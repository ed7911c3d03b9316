import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout's root, with a trailing slash. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A step that failed, in words, with the end of what it printed. */
export class StepError extends Error {}

/**
 * Runs a program in the checkout and keeps what it prints to itself; resolves to that.
 * Rejects with a StepError that ends with its last 40 lines.
 */
export function runQuietly(command, args, { what, env = {}, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const path = `${root}node_modules/.bin:${process.env.PATH ?? ''}`;
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, PATH: path, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    // Whoever stops us stops what we started; the error that follows ends us.
    const pass = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, pass);
    child.once('close', () => {
      for (const signal of signals) process.off(signal, pass);
    });
    child.once('error', (error) => reject(new StepError(`${what} failed: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else {
        const tail = output.trimEnd().split('\n').slice(-40).join('\n');
        reject(new StepError(`${what} failed (${signal ?? `exit code ${code}`}):\n${tail}`));
      }
    });
  });
}
