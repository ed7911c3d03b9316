/** Replicache, which is no dependency of this project: fetched for those who accept its terms; see docs/decisions/0017. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PACKAGE = 'replicache@15.3.0';
const TERMS = 'https://roci.dev/terms.html';
const FOLDER = join(import.meta.dirname, '..', '.peers', PACKAGE);

/** Its module, brought from the registry the first time. */
export async function fetchReplicache(): Promise<string> {
  process.stderr.write(`${PACKAGE} is Rocicorp's and used under their terms, not ours: ${TERMS}\n`);
  const module = join(FOLDER, 'node_modules', 'replicache', 'out', 'impl.js');
  if (!existsSync(module)) {
    const args = ['install', '--prefix', FOLDER, '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit'];
    await promisify(execFile)('npm', [...args, PACKAGE]);
  }
  return module;
}
