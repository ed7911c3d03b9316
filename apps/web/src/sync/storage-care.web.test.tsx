import { afterEach, expect, test, vi } from 'vitest';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { soon } from '../messages/soon.fixture.ts';
import { useDeviceStorage } from './device-storage.ts';
import { careForStorage } from './storage-care.ts';

function Shown() {
  const { short, forgetful } = useDeviceStorage();
  return <p>{`short: ${short}, forgetful: ${forgetful}`}</p>;
}
const shown = () => document.querySelector('p')?.textContent;

/** An engine of which only the number of waiting changes is seen. */
function engineWith(waiting: number) {
  const listeners = new Set<() => void>();
  let now = waiting;
  return {
    status: () => ({ waiting: now }),
    subscribeStatus(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wait(count: number) {
      now = count;
      for (const listener of listeners) listener();
    },
  };
}

/** The browser's own, with room as ordered; whether it keeps things is asked of it no more than once. */
function deviceWith(room: { quota: number; usage: number }) {
  const persist = vi.fn(async () => true);
  const storage = {
    ...room,
    estimate: async () => room,
    persisted: async () => false,
    persist,
  } as never as StorageManager;
  return { room, persist, storage };
}

let stop = () => {};
afterEach(() => {
  stop();
  clear();
});

test('asks to keep what is here when something waits for the first time, and never before', async () => {
  const engine = engineWith(0);
  const { storage, persist } = deviceWith({ quota: 1e9, usage: 0 });
  stop = careForStorage(engine, storage);
  engine.wait(0);
  expect(persist).not.toHaveBeenCalled();
  engine.wait(1);
  await soon(() => expect(persist).toHaveBeenCalledTimes(1));
  engine.wait(0);
  engine.wait(1);
  await soon(() => expect(persist).toHaveBeenCalledTimes(1));
});

test('notices that room runs out, and that it came back', async () => {
  const engine = engineWith(0);
  const { storage, room } = deviceWith({ quota: 1e9, usage: 999e6 });
  draw(<Shown />, { width: 300, height: 300 });
  stop = careForStorage(engine, storage);
  await soon(() => expect(shown()).toBe('short: true, forgetful: false'));
  room.usage = 0;
  engine.wait(1);
  await soon(() => expect(shown()).toBe('short: false, forgetful: false'));
});

test('takes the word of the browser it runs in', async () => {
  draw(<Shown />, { width: 300, height: 300 });
  stop = careForStorage(engineWith(0));
  await soon(() => expect(shown()).toBe('short: false, forgetful: false'));
});
