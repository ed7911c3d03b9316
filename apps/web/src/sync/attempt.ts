import type { Sent } from '@parley/sync/client';
import { notify } from '@parley/ui';

/**
 * Waits until something a person did is safe on this device. What is refused at once is said in words; `true` when it
 * is safe.
 */
export async function attempt(sent: Promise<Sent | void>): Promise<boolean> {
  try {
    await (
      await sent
    )?.saved;
    return true;
  } catch (error) {
    const refused = error instanceof Error && error.name === 'Refusal';
    notify(refused ? error.message : 'This device could not keep that. Free some space and try again.', {
      tone: 'bad',
    });
    return false;
  }
}
