import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, type RunAs } from './binaries.ts';

/** The database superuser and the one database of an installation. */
export const SUPERUSER = 'parley';
export const DATABASE = 'parley';

const MAJOR_VERSION = '18';
const PASSWORD_FILE = 'parley.password';
const execute = promisify(execFile);

/** Whether a complete cluster lies at `pgData`. Throws if it was made by another major version. */
export async function clusterExists(pgData: string): Promise<boolean> {
  const version = await readFile(join(pgData, 'PG_VERSION'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (version === undefined) return false;
  if (version.trim() === MAJOR_VERSION) return true;
  throw new Error(
    `${pgData} was made by PostgreSQL ${version.trim()}, but this release brings ${MAJOR_VERSION}. ` +
      'Export it with the release that made it, or move it away to start anew.',
  );
}

/**
 * Makes a cluster at `pgData` with a password of its own, which lies inside it.
 *
 * It grows beside its place and is renamed into it when it is whole, so that a crash leaves no half cluster. If another
 * process was faster, its cluster stays and this one is thrown away. `durable: false` skips the flush to disk.
 */
export async function createCluster(
  pgData: string,
  { binaries, runAs, durable }: { binaries: Binaries; runAs: RunAs; durable: boolean },
): Promise<void> {
  const parent = dirname(pgData);
  await removeAbandoned(pgData);
  const growing = `${pgData}.init-${process.pid}`;
  const passwordFile = `${growing}.password`;
  await mkdir(growing, { mode: 0o700 });
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (runAs.owner) {
    await chown(growing, runAs.owner.uid, runAs.owner.gid);
    await chown(passwordFile, runAs.owner.uid, runAs.owner.gid);
    // The other user must be able to pass through, not to look around.
    await chmod(parent, (await stat(parent)).mode | 0o011);
  }

  const { file, args, ...identity } = runAs.command(binaries.initdb, [
    `--pgdata=${growing}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Built in: the same order on every machine and after every system upgrade, with Unicode case rules.
    '--no-locale',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ]);
  try {
    await execute(file, args, { ...identity, cwd: '/' });
  } catch (error) {
    await rm(growing, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
    const { stderr } = error as { stderr?: string };
    throw new Error(`PostgreSQL could not make its data directory ${pgData}: ${stderr?.trim() || String(error)}`, {
      cause: error,
    });
  }
  await rename(passwordFile, join(growing, PASSWORD_FILE));
  await rename(growing, pgData).catch(async (error: NodeJS.ErrnoException) => {
    await rm(growing, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  if (durable) await flushDirectory(parent);
}

/** The superuser's password, made with the cluster. */
export async function readPassword(pgData: string): Promise<string> {
  return (await readFile(join(pgData, PASSWORD_FILE), 'utf8')).trim();
}

/** Removes what starts that were killed in the middle of `initdb` have left. */
async function removeAbandoned(pgData: string): Promise<void> {
  const prefix = `${basename(pgData)}.init-`;
  for (const name of await readdir(dirname(pgData))) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (pid !== process.pid && (await isAlive(pid))) continue;
    await rm(join(dirname(pgData), name), { recursive: true, force: true });
  }
}

async function isAlive(pid: number): Promise<boolean> {
  return stat(`/proc/${pid}`).then(
    () => true,
    () => false,
  );
}

async function flushDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
