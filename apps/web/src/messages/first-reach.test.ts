import { expect, test } from 'vitest';
import { firstReach, type Draft } from './first-reach.ts';

const [acme, globex, initech] = [
  { id: 'acme', name: 'Acme', addedAt: 10 },
  { id: 'globex', name: 'Globex', addedAt: 10 },
  { id: 'initech', name: 'Initech', addedAt: 50 },
];
const dave = { id: '00000000-0000-7000-8000-00000000000d', name: 'Dave Lund' };
const plans = { from: 'thread:plans', words: 'from “Plans”', orgIds: ['acme'] };

const words = (draft: Partial<Draft>) =>
  firstReach({
    ...{ text: 'Hello', ownOrg: 'acme', organisations: [acme, globex], lastOwnAt: null, absent: [dave], pasted: [] },
    ...draft,
  }).map((reach) => reach.words);

test('asks nothing where all have been there from the start, or nobody outside is', () => {
  expect(words({})).toEqual([]);
  expect(words({ organisations: [], text: '@Dave Lund', pasted: [plans] })).toEqual([]);
  expect(words({ organisations: [acme], text: '@Dave Lund', pasted: [plans] })).toEqual([]);
});

test('names an organisation that came later, until one’s own has written there since', () => {
  const organisations = [acme, globex, initech];
  const first = ['This is the first message of yours that Initech will read.'];
  expect(words({ organisations })).toEqual(first);
  expect(words({ organisations, lastOwnAt: 49 })).toEqual(first);
  expect(words({ organisations, lastOwnAt: 51 })).toEqual([]);
  // Whoever came last finds the others there.
  expect(words({ organisations, ownOrg: 'initech' })).toEqual([]);
});

test('names those who do not read the place that text was pasted from', () => {
  expect(words({ pasted: [plans] })).toEqual(['Text pasted from “Plans” will be read by Globex.']);
  const shared = { from: 'thread:shared', words: 'from “Shared”', orgIds: ['acme', 'globex'] };
  expect(words({ pasted: [shared] })).toEqual([]);
  const organisations = [acme, globex, { ...initech, addedAt: 10 }];
  expect(words({ pasted: [plans, shared], organisations })).toEqual([
    'Text pasted from “Plans” will be read by Globex and Initech.',
    'Text pasted from “Shared” will be read by Initech.',
  ]);
});

test('names whoever is mentioned and will not read it', () => {
  const said = ['Dave Lund is not in this thread and hears nothing of it; Globex will read the name.'];
  expect(words({ text: 'Ask @Dave Lund about it' })).toEqual(said);
  expect(words({ text: 'Ask Dave Lund, `@Dave Lund`, @Dave Lundgren' })).toEqual([]);
  expect(words({ text: 'Ask @Dave Lund', absent: [] })).toEqual([]);
});

test('is the same question for the same thing and the same organisations', () => {
  const keys = (draft: Partial<Draft>) =>
    firstReach({
      ...{ text: '', ownOrg: 'acme', organisations: [acme, globex], lastOwnAt: null, absent: [], pasted: [plans] },
      ...draft,
    }).map(({ key }) => key);
  expect(keys({ text: 'One' })).toEqual(keys({ text: 'Another' }));
  expect(keys({})).not.toEqual(keys({ organisations: [acme, globex, { ...initech, addedAt: 10 }] }));
  expect(keys({})).not.toEqual(keys({ pasted: [{ ...plans, from: 'notes:plans:acme' }] }));
});
