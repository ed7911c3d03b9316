import { expect, test, vi } from 'vitest';
import { EventLog } from './event-log.ts';

test('[LOG1] keeps the newest hundred, what goes on as one', () => {
  const log = new EventLog();
  const told = vi.fn();
  log.subscribe(told);
  log.add({ at: 0, what: 'pulled', detail: '', count: 2 });
  log.add({ at: 9_000, what: 'pulled', detail: '', count: 3 });
  log.add({ at: 30_000, what: 'pulled', detail: '', count: 1 });
  expect(log.events()).toEqual([
    { at: 30_000, what: 'pulled', detail: '', count: 1 },
    { at: 9_000, what: 'pulled', detail: '', count: 5 },
  ]);
  for (let at = 0; at < 200; at += 1) log.add({ at, what: 'connection', detail: 'live', count: 0 });
  expect(log.events()).toHaveLength(100);
  expect(log.events()[0]).toMatchObject({ at: 199 });
  expect(told).toHaveBeenCalledTimes(203);
});
