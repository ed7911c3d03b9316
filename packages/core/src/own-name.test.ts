import { expect, test } from 'vitest';
import { changeName, NAME_LENGTH, personName } from './own-name.ts';
import { orgPeopleScope, userScope } from './scopes.ts';
import { acme, acmeWorld, newId, people } from './world.fixture.ts';

const { alice, gus } = people;

test.each([
  ['Alice', 'Alice'],
  ['  Alice \n  Berg\t', 'Alice Berg'],
  ['Zo\u00eb \ud83d\ude00', 'Zo\u00eb \ud83d\ude00'],
  ['\u5c71\u7530', '\u5c71\u7530'],
  ['\u05d3\u05e0\u05d4', '\u05d3\u05e0\u05d4'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ['Alice\u202egro.live', 'Alicegro.live'],
  ['half \ud83d of it\0', 'half \ufffd of it\ufffd'],
])('%j becomes a name', (typed, name) => {
  expect(personName.parse(typed)).toBe(name);
});

test.each(['', ' \n\t ', '\u200b\u200d', '\u202e\u202c', '\u3164', '\u2800', '\u0301'])(
  '%j is no name, in words',
  (typed) => {
    expect(personName.safeParse(typed).error?.issues[0]?.message).toBe('A name needs a letter, a number or a sign.');
  },
);

test('a name that is too long is refused in words', () => {
  expect(personName.safeParse('a'.repeat(NAME_LENGTH)).success).toBe(true);
  const refused = personName.safeParse('a'.repeat(NAME_LENGTH + 1));
  expect(refused.error?.issues[0]?.message).toBe('A name has 100 characters at most.');
});

test('a new name stands in the directories named, and is carried on by the worker', async () => {
  const world = acmeWorld();
  await world.act(alice, changeName, { name: ' Alice  Berg ', orgIds: [acme, acme] });
  expect(world.get('person', orgPeopleScope(acme), alice)).toMatchObject({ name: 'Alice Berg', role: 'owner' });
  expect(world.get('settings', userScope(alice), alice)).toEqual({ undoSeconds: 0, name: 'Alice Berg' });
  expect(world.jobs).toEqual([{ kind: 'person.renamed', payload: { personId: alice } }]);
});

test('directories that are not theirs, or not theirs to read, stay as they are', async () => {
  const world = acmeWorld();
  await world.act(gus, changeName, { name: 'Gustav', orgIds: [acme, newId()] });
  expect(world.get('person', orgPeopleScope(acme), gus)?.name).toBe('Gus');
  expect(world.get('settings', userScope(gus), gus)?.name).toBe('Gustav');
});
