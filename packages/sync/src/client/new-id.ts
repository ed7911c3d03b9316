import { v7 as uuidv7 } from 'uuid';
import type { Timers } from './ports.ts';

/** An id by this device's clock and chance, in the order of time. */
export function newId(timers: Timers): string {
  const random = Uint8Array.from({ length: 16 }, () => Math.floor(timers.random() * 256));
  return uuidv7({ msecs: timers.now(), random });
}
