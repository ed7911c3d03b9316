/** Looks after the room that this device gives: asks to keep it after the first send, and watches how much is left. */
import type { EngineStatus } from '@parley/sync/client';
import { setDeviceStorage } from './device-storage.ts';
import { isForgetful } from './forgetful-browser.ts';

/** Milliseconds between two looks at the room that is left; one more when something begins to wait. */
const LOOK_EVERY = 10 * 60_000;
/** Bytes. A thousand long messages with their threads take less. */
const ENOUGH = 20_000_000;

/** The part of the engine that this needs. */
export interface WatchedEngine {
  status(): Pick<EngineStatus, 'waiting'>;
  subscribeStatus(listener: () => void): () => void;
}

/** Begins to care. @returns how to end it */
export function careForStorage(
  engine: WatchedEngine,
  storage: StorageManager | undefined = navigator.storage,
): () => void {
  setDeviceStorage({ forgetful: isForgetful() });
  if (!storage) return () => {};
  let waiting = 0;
  let asked = false;
  const look = () => void isShort(storage).then((short) => setDeviceStorage({ short }));
  const onStatus = () => {
    const before = waiting;
    waiting = engine.status().waiting;
    if (waiting === 0 || before > 0) return;
    look();
    // Only now is there something to lose, and a reason that a person who is asked can understand.
    if (!asked) void askToKeep(storage);
    asked = true;
  };
  onStatus();
  look();
  const timer = setInterval(look, LOOK_EVERY);
  const stop = engine.subscribeStatus(onStatus);
  return () => {
    clearInterval(timer);
    stop();
  };
}

/** A browser that does not say is taken to have room. */
const isShort = async (storage: StorageManager): Promise<boolean> => {
  const { quota, usage = 0 } = await storage.estimate().catch((): StorageEstimate => ({}));
  return quota !== undefined && quota - usage < ENOUGH;
};

/** A refusal changes nothing: the browser goes on to decide as it does. */
async function askToKeep(storage: StorageManager): Promise<void> {
  try {
    if (!(await storage.persisted())) await storage.persist();
  } catch {
    // Some browsers throw in private windows.
  }
}
