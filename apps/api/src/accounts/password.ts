/** Passwords: what is accepted, and how they are kept. */
import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';

export const PASSWORD_LENGTH = { least: 10, most: 200 } as const;

/** A password as somebody chooses it. Length counts; composition does not (OWASP ASVS 5.0, 6.2). */
export const chosenPassword = z
  .string()
  .min(PASSWORD_LENGTH.least, `Use at least ${PASSWORD_LENGTH.least} characters.`)
  .max(PASSWORD_LENGTH.most, `Use at most ${PASSWORD_LENGTH.most} characters.`);

/** @throws ApiError `PASSWORD_TOO_WEAK` for the person's own address, or its part before the @, or one repeated character */
export function mustBeGoodPassword(password: string, email: string): void {
  const typed = password.trim().toLowerCase();
  const [local] = email.toLowerCase().split('@');
  if (typed === email.toLowerCase() || typed === local || new Set(typed).size < 3) {
    throw new ApiError('PASSWORD_TOO_WEAK', 'This password is too easy to guess. Choose another one.');
  }
}

// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane. Some 25 ms on a server core.
const argon2id = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Argon2id in PHC form, with its own salt. The same characters typed on another system give the same hash (NFKC). */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), argon2id);

export const verifyPassword = (stored: { hash: string; password: string }): Promise<boolean> =>
  verify(stored.hash, stored.password.normalize('NFKC'));
