/** Passwords: what is accepted, and how they are kept. */
import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { readCommonPasswords } from './common-passwords.ts';

export const PASSWORD_LENGTH = { least: 10, most: 200 } as const;

/** A password as somebody chooses it. Length counts; composition does not (OWASP ASVS 5.0, 6.2). */
export const chosenPassword = z
  .string()
  .min(PASSWORD_LENGTH.least, `Use at least ${PASSWORD_LENGTH.least} characters.`)
  .max(PASSWORD_LENGTH.most, `Use at most ${PASSWORD_LENGTH.most} characters.`);

let commonPasswords: ReturnType<typeof readCommonPasswords> | undefined;

/** What somebody who guesses a person's password knows of them. */
export interface KnownToAll {
  name: string;
  email: string;
  organisations: readonly string[];
}

/**
 * Refuses what is guessed first: passwords that many people have, one repeated character, and what is little more than
 * the words that everybody knows here, which are the product's name and those in the person's name, address and
 * organisations.
 * @throws ApiError `PASSWORD_TOO_WEAK`
 */
export async function mustBeGoodPassword(password: string, known: KnownToAll): Promise<void> {
  const typed = password.trim().toLowerCase();
  const rest = wordsOf(known).reduce((left, word) => left.replaceAll(word, ''), typed);
  const common = await (commonPasswords ??= readCommonPasswords(PASSWORD_LENGTH.least));
  const isWeak =
    new Set(typed).size < 3 ||
    common.has(typed) ||
    (rest !== typed && (rest.length < BESIDE_KNOWN_WORDS || common.has(rest)));
  if (isWeak) throw new ApiError('PASSWORD_TOO_WEAK', 'This password is too easy to guess. Choose another one.');
}

/** Characters that must stand beside words that everybody knows. */
const BESIDE_KNOWN_WORDS = 8;

/** The longest first, so that no part of one is left over; of fewer than three letters none is a word. */
const wordsOf = ({ name, email, organisations }: KnownToAll): string[] =>
  ['parley', name, email, ...organisations]
    .flatMap((text) => text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [])
    .toSorted((a, b) => b.length - a.length);

// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane. Some 25 ms on a server core.
const argon2id = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Argon2id in PHC form, with its own salt. The same characters typed on another system give the same hash (NFKC). */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), argon2id);

export const verifyPassword = (stored: { hash: string; password: string }): Promise<boolean> =>
  verify(stored.hash, stored.password.normalize('NFKC'));
