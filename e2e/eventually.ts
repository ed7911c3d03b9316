/** Waiting for a state. */
import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 300_000;
const LOOK_AGAIN_MS = 50;

/** @throws in words once it has waited for five minutes */
export async function eventually(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  if (!(await within(PATIENCE_MS, holds))) throw new Error(`Waited too long for ${what}.`);
}

/** @returns whether it came to hold within so many milliseconds */
export async function within(ms: number, holds: () => Promise<boolean> | boolean): Promise<boolean> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) return false;
    await delay(LOOK_AGAIN_MS);
  }
  return true;
}

/** Whether an API says that it can work. @param url its origin, without a trailing slash */
export async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
