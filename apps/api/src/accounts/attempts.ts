/** Attempts at secrets, counted until they turn out to be none. */
import type { RateLimits } from '../http/rate-limits.ts';
import type { Services } from '../services.ts';
import { mustConfirmPassword } from './credentials.ts';

/** Counts an attempt at a secret by its address; gives it back when it was none. */
export const guess = <R>(limits: RateLimits, address: string, attempt: () => Promise<R>): Promise<R> =>
  counted(limits, ['guessByAddress', address], attempt);

/** Counts an attempt under a limit; gives it back when it succeeded. @throws ApiError `RATE_LIMITED` */
export async function counted<R>(
  limits: RateLimits,
  [name, key]: Parameters<RateLimits['consume']>,
  attempt: () => Promise<R>,
): Promise<R> {
  await limits.consume(name, key);
  const result = await attempt();
  await limits.refund(name, key);
  return result;
}

/** Somebody signed in shows that they still sit there. @throws ApiError `PASSWORD_WRONG`, `RATE_LIMITED` */
export const confirmPassword = (
  { db, limits }: Pick<Services, 'db' | 'limits'>,
  credentials: { personId: string; password: string },
): Promise<void> => counted(limits, ['confirm', credentials.personId], () => mustConfirmPassword(db, credentials));
