import type { SeenPresence } from '@parley/core/presence';
import { expect, test } from 'vitest';
import { peopleThere, type TypingHeard } from './people-there.ts';

const place = (personId: string, said: Partial<SeenPresence> = {}): SeenPresence => ({
  ...{ personId, status: 'active', device: 'desktop' },
  ...said,
});
const at = (now: number, places: SeenPresence[], heard: TypingHeard = new Map()) =>
  peopleThere(new Map(places.map((each, index) => [index, each])), { selfId: 'me', heard, now });

test('a person is active where one of their devices is, whichever comes first', () => {
  const away = place('bob', { status: 'away' });
  expect(at(0, [away, place('bob')]).people.get('bob')?.status).toBe('active');
  expect(at(0, [place('bob'), away]).people.get('bob')?.status).toBe('active');
  expect(at(0, [away, away]).people.get('bob')?.status).toBe('away');
});

test('a person is shown with the device that they are active on, and that is the desk where both are', () => {
  const phone = place('bob', { device: 'phone' });
  const deviceOf = (...places: SeenPresence[]) => at(0, places).people.get('bob')?.device;
  expect(deviceOf(phone, place('bob', { status: 'away' }))).toBe('phone');
  expect(deviceOf(place('bob', { status: 'away' }), phone)).toBe('phone');
  expect(deviceOf(phone, place('bob'))).toBe('desktop');
  expect(deviceOf(place('bob'), phone)).toBe('desktop');
});

test('whoever is not to be disturbed on one device is not on any', () => {
  const quiet = place('bob', { doNotDisturb: true });
  expect(at(0, [quiet, place('bob')]).people.get('bob')?.doNotDisturb).toBe(true);
  expect(at(0, [place('bob'), quiet]).people.get('bob')?.doNotDisturb).toBe(true);
  expect(at(0, [place('bob')]).people.get('bob')?.doNotDisturb).toBe(false);
});

test('nobody sees themselves', () => {
  expect([...at(0, [place('me', { typing: 1 }), place('bob')]).people.keys()]).toEqual(['bob']);
});

test('whoever types is believed for fifteen seconds since they last said so', () => {
  const heard: TypingHeard = new Map();
  const isTyping = (now: number, typing: number) => {
    const { people, until } = at(now, [place('bob', { typing })], heard);
    return [people.get('bob')?.isTyping, until];
  };
  expect(isTyping(0, 1)).toEqual([true, 15_000]);
  expect(isTyping(14_999, 1)).toEqual([true, 15_000]);
  expect(isTyping(15_000, 1)).toEqual([false, null]);
  expect(isTyping(16_000, 2)).toEqual([true, 31_000]);
});

test('whoever stopped and types the same number again is believed anew', () => {
  const heard: TypingHeard = new Map();
  at(0, [place('bob', { typing: 1 })], heard);
  at(1_000, [place('bob')], heard);
  expect(at(20_000, [place('bob', { typing: 1 })], heard).until).toBe(35_000);
});

test('what has said nothing yet is nobody', () => {
  expect(peopleThere(new Map([[1, {}]]), { selfId: 'me', heard: new Map(), now: 0 }).people.size).toBe(0);
});
