import { vi } from 'vitest';

/** Waits until what is checked holds; generous, because a busy machine is slow and no time is asserted. */
export const soon = (check: () => unknown): Promise<unknown> => vi.waitFor(check, { timeout: 15_000, interval: 20 });
