import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const secretsSchema = z.object({
  /** Signs sessions. */
  authSecret: z.string().min(32),
});

/** Made once per installation; who reads them can sign in as anybody. */
export type Secrets = z.infer<typeof secretsSchema>;

/**
 * Reads `secrets.json` of the data directory, or makes it, readable by its owner alone. It appears whole or not at all,
 * and of two processes that make it at once, both get the secrets of the first. A file that is not understood is
 * never replaced: everybody would be signed out.
 */
export async function ensureSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, 'secrets.json');
  const existing = await readSecrets(path);
  if (existing) return existing;
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  const secrets: Secrets = { authSecret: randomBytes(32).toString('base64url') };
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link, unlike a rename, leaves the file of a faster process as it is.
    await link(draft, path);
    return secrets;
  } catch (error) {
    const faster = isExisting(error) ? await readSecrets(path) : undefined;
    if (!faster) throw error;
    return faster;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readSecrets(path: string): Promise<Secrets | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return secretsSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(
      `${path} is damaged. Bring it back from a backup, or remove it: everybody must then sign in again.`,
    );
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
