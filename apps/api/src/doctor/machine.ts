/** What the machine gives to an installation: a directory, room in it, a port, the files of the web app. */
import { access, constants, mkdir, readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from '../env.ts';
import { assertCanListen } from '../supervisor/ports.ts';
import { reason, type Finding } from './finding.ts';

const MIB = 1024 * 1024;

export async function examineDirectory(
  { dataDir }: Pick<Configuration, 'dataDir'>,
  { roomBytes = 1024 * MIB } = {},
): Promise<Finding[]> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return [
      {
        code: 'DIRECTORY_CLOSED',
        what: `DATA_DIR ${dataDir} cannot be written: ${reason(error)}.`,
        mend: 'Give it to the account that runs Parley, or name another one with DATA_DIR.',
      },
    ];
  }
  const findings: Finding[] = [];
  const { mode } = await stat(dataDir);
  if ((mode & 0o077) !== 0) {
    findings.push({
      code: 'DIRECTORY_OPEN',
      what: `Other accounts of this machine can look into ${dataDir}.`,
      mend: `chmod 700 ${dataDir}`,
    });
  }
  const { bavail, bsize } = await statfs(dataDir);
  if (bavail * bsize < roomBytes) {
    findings.push({
      code: 'DISK_FULL',
      what: `${Math.floor((bavail * bsize) / MIB)} MiB are left on the disk of ${dataDir}.`,
      mend: 'Make room, or move DATA_DIR to a larger disk while Parley is stopped.',
    });
  }
  return [...findings, ...(await examineSecrets(join(dataDir, 'secrets.json')))];
}

async function examineSecrets(path: string): Promise<Finding[]> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return [];
  const findings: Finding[] = [];
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) {
    findings.push({
      code: 'SECRETS_READABLE',
      what: `Other accounts of this machine can read ${path}, and with it sign in as anybody.`,
      mend: `chmod 600 ${path}`,
    });
  }
  if (!isJson(text)) {
    findings.push({
      code: 'SECRETS_DAMAGED',
      what: `${path} is damaged.`,
      mend: 'Bring it back from a backup. Without one, remove it: everybody must then sign in again.',
    });
  }
  return findings;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** @param webFolder where `npm start` puts the built web app */
export async function examineWeb(webFolder: string): Promise<Finding[]> {
  const built = await access(join(webFolder, 'index.html')).then(
    () => true,
    () => false,
  );
  return built
    ? []
    : [
        {
          code: 'WEB_NOT_BUILT',
          what: `The web app is not built: ${webFolder} has no index.html.`,
          mend: 'npm start builds it.',
        },
      ];
}

/** The port is free, or it is Parley that answers there. */
export async function examinePort({ host, port }: Pick<Configuration, 'host' | 'port'>): Promise<Finding[]> {
  try {
    await assertCanListen({ host, port });
    return [];
  } catch (error) {
    if (await isParley(addressToAsk({ host, port }))) return [];
    return [{ code: 'PORT_TAKEN', what: `PORT ${port} cannot be used.`, mend: reason(error) }];
  }
}

/** Where this machine reaches what listens there. */
export function addressToAsk({ host, port }: Pick<Configuration, 'host' | 'port'>): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Whether an installation of Parley answers there. */
export async function isParley(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(5_000), redirect: 'error' });
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'checks' in body;
  } catch {
    return false;
  }
}
