import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { StepError, root } from './run-quietly.mjs';

/**
 * Runs `work` while no other start of this checkout does the same; a second one waits for the first. What a killed
 * start has left does not count.
 */
export async function oneAtATime(name, work, { folder = `${root}node_modules` } = {}) {
  const lockFile = `${folder}/.parley-${name}.lock`;
  mkdirSync(folder, { recursive: true });
  while (!tryLock(lockFile)) await delay(100);
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function tryLock(lockFile) {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') {
      throw new StepError(`Parley cannot write below ${root}: ${error.message}. Use a checkout of your own.`);
    }
  }
  const holder = readOptional(lockFile);
  if (holder !== '' && !isOurs(Number(holder))) removeStale(lockFile, holder);
  return false;
}

/** Takes the dead holder's file away, and puts it back if another waiter was faster and the file is a new one. */
function removeStale(lockFile, holder) {
  const aside = `${lockFile}.${process.pid}`;
  try {
    renameSync(lockFile, aside);
    if (readOptional(aside) !== holder) renameSync(aside, lockFile);
    else rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** Whether that process runs one of our commands. After a restart its pid may have been given to something else. */
function isOurs(pid) {
  if (pid === process.pid) return false;
  if (process.platform === 'linux')
    return /\bscripts\/\w+\.mjs\b|\.fixture\.mjs\b/.test(readOptional(`/proc/${pid}/cmdline`));
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readOptional(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
