import axe from 'axe-core';
import { useState } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { clear, draw } from '../messages/log-fixtures.tsx';
import '../styles.css';
import { PeoplePicker, type PickablePerson } from './people-picker.tsx';

const people: PickablePerson[] = [
  { id: 'bob', name: 'Bob Okafor', email: 'bob@acme.example', placeholder: false },
  { id: 'mina', name: 'Mina Sato', email: 'mina@acme.example', placeholder: false },
  { id: 'tomas', name: 'Tomás Ruiz', email: null, placeholder: true },
];

function Picker() {
  const [picked, setPicked] = useState<string[]>([]);
  return (
    <div style={{ minHeight: 400 }}>
      <PeoplePicker label="People" people={people} picked={picked} onChange={setPicked} autoFocus />
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
