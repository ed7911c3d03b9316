import axe from 'axe-core';
import { useState } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { clear, draw } from '../messages/log-fixtures.tsx';
import '../styles.css';
import type { Group } from '../people/use-groups.ts';
import { PeoplePicker, type PickablePerson } from './people-picker.tsx';

const people: PickablePerson[] = [
  { id: 'bob', name: 'Bob Okafor', email: 'bob@acme.example', placeholder: false },
  { id: 'mina', name: 'Mina Sato', email: 'mina@acme.example', placeholder: false },
  { id: 'tomas', name: 'Tomás Ruiz', email: null, placeholder: true },
];

const [bobPerson, minaPerson] = people as [PickablePerson, PickablePerson];
const groups: Group[] = [
  { id: 'acme', kind: 'org', name: 'Acme', people: [bobPerson, minaPerson] },
  { id: 'drivers', kind: 'team', name: 'Drivers', people: [bobPerson] },
];

function Picker({ withGroups = false }: { withGroups?: boolean }) {
  const [picked, setPicked] = useState<string[]>([]);
  return (
    <div style={{ minHeight: 400 }}>
      <PeoplePicker
        label="People"
        people={people}
        {...(withGroups && { groups })}
        picked={picked}
        onChange={setPicked}
        autoFocus
      />
      <output>{picked.join(' ')}</output>
    </div>
  );
}
const picked = () => document.querySelector('output')?.textContent;
const options = () => [...document.querySelectorAll('[role=option]')].map((option) => option.textContent);

afterEach(clear);

describe('PeoplePicker', () => {
  test('finds by any part of a name, picks with Enter, takes back with Backspace', async () => {
    draw(<Picker />);
    await userEvent.keyboard('tomas');
    expect(options()).toHaveLength(1);
    await userEvent.keyboard('{Enter}');
    expect(picked()).toBe('tomas');
    expect(options()).toEqual([]);
    await userEvent.keyboard('sat{Enter}');
    expect(picked()).toBe('tomas mina');
    await userEvent.keyboard('{Backspace}');
    expect(picked()).toBe('tomas');
  });

  test('is walked with the arrows and does not offer who is picked', async () => {
    draw(<Picker />);
    await userEvent.keyboard('{ArrowDown}');
    expect(options()).toHaveLength(3);
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(picked()).toBe('mina');
    await userEvent.keyboard('m');
    expect(options().some((text) => text?.startsWith('MS'))).toBe(false);
  });

  test('offers groups first, with how many they stand for, by name like people', async () => {
    draw(<Picker withGroups />);
    await userEvent.keyboard('{ArrowDown}');
    expect(options().slice(0, 2)).toEqual(['DriversTeam, 1 person', 'Everyone at Acme2 people, no guests']);
    expect(options()).toHaveLength(5);
    await userEvent.keyboard('driv{Enter}');
    await userEvent.keyboard('every{Enter}');
    expect(picked()).toBe('drivers acme');
    await userEvent.click(document.querySelector('[aria-label="Remove Drivers"]') as HTMLElement);
    expect(picked()).toBe('acme');
    const { violations } = await axe.run(document.getElementById('frame') as HTMLElement);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  test('says when nobody matches', async () => {
    draw(<Picker />);
    await userEvent.keyboard('zzz');
    expect(document.querySelector('[role=status]')?.textContent).toBe('Nobody matches “zzz”.');
  });

  test('has nothing for axe to find, open and with people picked', async () => {
    draw(<Picker />);
    await userEvent.keyboard('bob{Enter}m');
    expect(options().length).toBeGreaterThan(0);
    const { violations } = await axe.run(document.getElementById('frame') as HTMLElement);
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
