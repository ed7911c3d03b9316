import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { StepError, root } from './run-quietly.mjs';

const BOOT = [20, 19];
const STRIPS_TYPES = [22, 18];

/** Throws if the Node that runs this is too old even to begin. */
export function assertNodeCanBoot() {
  if (isAtLeast(BOOT)) return;
  throw new StepError(`Parley needs Node ${BOOT.join('.')} or newer to start; this is ${process.versions.node}.`);
}

/** The Node that runs TypeScript: the project's own; elsewhere the system's, if it is new enough. */
export function findNode() {
  const own = `${root}node_modules/node-linux-${process.arch}/bin/node`;
  if (process.platform === 'linux' && existsSync(own)) return own;
  if (isAtLeast(STRIPS_TYPES)) return process.execPath;
  throw new StepError(
    `There is no Node for ${process.platform} on ${process.arch} to bring along. ` +
      `Install Node ${STRIPS_TYPES.join('.')} or newer (24 is best); this is ${process.versions.node}.`,
  );
}

/**
 * Hands over to a TypeScript program: its terminal is ours, our signals are its, and if we vanish it is told. Resolves
 * to its exit code.
 */
export function handOver(script, args, { cwd = root, env = {} } = {}) {
  const { promise, resolve, reject } = withResolvers();
  const child = spawn(findNode(), [script, ...args], {
    cwd,
    env: { ...process.env, ...env },
    // The channel closes with us, even when we are killed; that ends it too.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // A Ctrl-C reaches it from the terminal as well. Passing it on again is harmless: it never counts.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', reject);
  child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  return promise;
}

function isAtLeast([major, minor]) {
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  return ourMajor > major || (ourMajor === major && ourMinor >= minor);
}

// Promise.withResolvers came with Node 22.
function withResolvers() {
  let resolve;
  let reject;
  const promise = new Promise((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}
