import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchPeople, mentionAt, mentionNames, mentionsToStored, mentionsToTyped } from './mentions.ts';

const bob = { id: '01990000-0000-7000-8000-0000000000b0', name: 'Bob' };
const bobby = { id: '01990000-0000-7000-8000-0000000000b1', name: 'Bob Okafor' };
const twin = { id: '01990000-0000-7000-8000-0000000000b2', name: 'Bob Okafor' };
const zoe = { id: '01990000-0000-7000-8000-0000000000c0', name: 'Zoë Ångström' };
const people = [twin, bob, zoe, bobby];
const names = mentionNames(people);

describe('mentions', () => {
  test('tells two people of one name apart, the same wherever they are listed', () => {
    expect(names.get(bobby.id)).toBe('Bob Okafor');
    expect(names.get(twin.id)).toBe('Bob Okafor (2)');
    expect(mentionNames(people.toReversed())).toEqual(names);
  });

  test('stores the longest name that fits, whole words only', () => {
    expect(mentionsToStored('@Bob Okafor (2), @Bob Okafor and @Bob', names)).toBe(
      `<@${twin.id}>, <@${bobby.id}> and <@${bob.id}>`,
    );
    expect(mentionsToStored('@Bobsleigh bob@Bob.example @bob', names)).toBe('@Bobsleigh bob@Bob.example @bob');
  });

  test('leaves code as it is', () => {
    const text = '`@Bob` and\n```\n@Bob\n``` then @Bob';
    expect(mentionsToStored(text, names)).toBe(`\`@Bob\` and\n\`\`\`\n@Bob\n\`\`\` then <@${bob.id}>`);
  });

  test('comes back as typed', () => {
    const piece = fc.constantFrom('@Bob', '@Bob Okafor', '@Zoë Ångström', 'hello', '@', '\n', ', ', '<@x>', '@@Bob');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join(' ');
        expect(mentionsToTyped(mentionsToStored(text, names), names)).toBe(text);
      }),
    );
  });

  test('keeps a mention of somebody unknown', () => {
    const token = '<@01990000-0000-7000-8000-0000000000ff>';
    expect(mentionsToTyped(token, names)).toBe(token);
  });

  test('finds the mention before the caret', () => {
    expect(mentionAt('hi @bo', 6)).toEqual({ start: 3, query: 'bo' });
    expect(mentionAt('@', 1)).toEqual({ start: 0, query: '' });
    expect(mentionAt('(@bob oka', 9)).toEqual({ start: 1, query: 'bob oka' });
    expect(mentionAt('mail@bo', 7)).toBeNull();
    expect(mentionAt('@bob is here now', 16)).toBeNull();
    expect(mentionAt('@bob', 0)).toBeNull();
  });

  test('matches words of a name without accents, whole names first', () => {
    expect(matchPeople(people, 'zoe', 5)).toEqual([zoe]);
    expect(matchPeople(people, 'ang', 5)).toEqual([zoe]);
    expect(matchPeople([{ name: 'Ann Bob' }, bob], 'bo', 5)).toEqual([bob, { name: 'Ann Bob' }]);
    expect(matchPeople(people, '', 2)).toHaveLength(2);
  });
});
