/** Tokens in links and cookies: 256 random bits. Only their hash is stored, so a copied database opens no door. */
import { createHash, randomBytes } from 'node:crypto';

export const newToken = (): string => randomBytes(32).toString('base64url');

/** SHA-256 is enough: nobody guesses 256 random bits, slow or fast. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');
