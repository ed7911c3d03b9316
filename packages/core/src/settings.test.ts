import { expect, test } from 'vitest';
import { undisturbedUntil, UNTIL_TURNED_OFF } from './do-not-disturb.ts';
import { userScope } from './scopes.ts';
import { changeSettings, standardSettings, UNDO_SECONDS } from './settings.ts';
import { acmeWorld, people } from './world.fixture.ts';

test('messages go out at once unless a person chose otherwise', () => {
  expect(standardSettings.undoSeconds).toBe(0);
});

test('a message can be held for the times offered, and no others', () => {
  for (const undoSeconds of UNDO_SECONDS) expect(changeSettings.args.parse({ undoSeconds })).toEqual({ undoSeconds });
  for (const undoSeconds of [1, 60, -5, '5', null]) expect(() => changeSettings.args.parse({ undoSeconds })).toThrow();
});

test('receipts are on unless they are switched off, which is work for the server each time it changes', async () => {
  const world = acmeWorld();
  const settings = () => world.get('settings', userScope(people.bob), people.bob);
  const switched = { kind: 'receipts.switched', payload: { personId: people.bob } };
  await world.act(people.bob, changeSettings, { receipts: true });
  expect(world.jobs).toEqual([]);
  await world.act(people.bob, changeSettings, { receipts: false });
  await world.act(people.bob, changeSettings, { undoSeconds: 5 });
  expect(settings()).toEqual({ undoSeconds: 5, receipts: false });
  expect(world.jobs).toEqual([switched]);
  await world.act(people.bob, changeSettings, { receipts: true });
  expect(settings()).toEqual({ undoSeconds: 5, receipts: true });
  expect(world.jobs).toEqual([switched, switched]);
});

test('whoever wants to be invisible is, until they change it, whatever else they change', async () => {
  const world = acmeWorld();
  const settings = () => world.get('settings', userScope(people.bob), people.bob);
  await world.act(people.bob, changeSettings, { invisible: true });
  await world.act(people.bob, changeSettings, { undoSeconds: 5 });
  expect(settings()?.invisible).toBe(true);
  await world.act(people.bob, changeSettings, { invisible: false });
  expect(settings()).toEqual({ undoSeconds: 5, receipts: true, invisible: false });
  expect(world.jobs).toEqual([]);
});

test('whoever is not to be disturbed is not until then, whatever else they change, or until they turn it off', async () => {
  const world = acmeWorld();
  const until = (now: number) => undisturbedUntil(world.get('settings', userScope(people.bob), people.bob), now);
  expect(until(0)).toBeNull();
  await world.act(people.bob, changeSettings, { doNotDisturbUntil: 1_000 });
  await world.act(people.bob, changeSettings, { undoSeconds: 5 });
  expect([until(999), until(1_000)]).toEqual([1_000, null]);
  await world.act(people.bob, changeSettings, { doNotDisturbUntil: UNTIL_TURNED_OFF });
  expect(until(Date.UTC(9999, 0))).toBe(UNTIL_TURNED_OFF);
  await world.act(people.bob, changeSettings, { doNotDisturbUntil: 0 });
  expect(until(0)).toBeNull();
  for (const doNotDisturbUntil of [-1, 1.5, UNTIL_TURNED_OFF + 1, 'tomorrow', null])
    expect(() => changeSettings.args.parse({ doNotDisturbUntil })).toThrow();
});
