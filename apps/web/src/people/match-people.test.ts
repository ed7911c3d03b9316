import { expect, test } from 'vitest';
import { matchPeople } from './match-people.ts';

const people = [
  { name: 'Tomás de la Cruz', email: 'tomas@acme.example' },
  { name: 'bob', email: 'bob.okafor@acme.example' },
  { name: 'Alice Lindqvist', email: 'alice@acme.example' },
  { name: 'Ærø 李小龍', email: null },
];

test.each([
  ['', ['Ærø 李小龍', 'Alice Lindqvist', 'bob', 'Tomás de la Cruz']],
  ['tomas', ['Tomás de la Cruz']],
  ['CRUZ to', ['Tomás de la Cruz']],
  ['okafor', ['bob']],
  ['bob.okafor@acme', ['bob']],
  ['lind', ['Alice Lindqvist']],
  ['indq', []],
  ['李', ['Ærø 李小龍']],
  ['(', []],
])('%j finds %j', (query, names) => {
  expect(new Set(matchPeople(people, query).map((person) => person.name))).toEqual(new Set(names));
});

test('they come by name, whatever the case', () => {
  expect(matchPeople(people.slice(0, 3), 'acme').map((person) => person.name)).toEqual([
    'Alice Lindqvist',
    'bob',
    'Tomás de la Cruz',
  ]);
});
