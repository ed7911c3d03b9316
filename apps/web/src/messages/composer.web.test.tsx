import axe from 'axe-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import '../styles.css';
import { soon } from './soon.fixture.ts';
import { Composer, type ComposerProps } from './composer.tsx';
import { clear, draw } from './log-fixtures.tsx';

const bob = { id: '01990000-0000-7000-8000-0000000000b0', name: 'Bob Okafor' };
const carol = { id: '01990000-0000-7000-8000-0000000000c0', name: 'Carol Weiss' };

const composer = (props: Partial<ComposerProps> = {}) => (
  <Composer
    label="Message"
    placeholder="Write"
    initialText=""
    onChange={() => {}}
    onSend={() => Promise.resolve()}
    people={[bob, carol]}
    reads="Read by 3"
    {...props}
  />
);
const field = (): HTMLTextAreaElement => {
  const found = document.querySelector('textarea');
  if (found === null) throw new Error('There is no field');
  return found;
};
const sender = () => vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());

afterEach(clear);

describe('Composer', () => {
  test('sends with Enter, makes a line with Shift+Enter, and is empty at once', async () => {
    const onSend = sender();
    draw(composer({ onSend, autoFocus: true }));
    await userEvent.keyboard('one{Shift>}{Enter}{/Shift}two');
    expect(field().value).toBe('one\ntwo');
    await userEvent.keyboard('{Enter}');
    expect(onSend.mock.calls).toEqual([['one\ntwo']]);
    expect(field().value).toBe('');
    await userEvent.keyboard('{Enter}');
    expect(onSend).toHaveBeenCalledTimes(1);
  });

  test('leaves Enter to an input method that composes', () => {
    const onSend = sender();
    draw(composer({ onSend, initialText: 'にほ', autoFocus: true }));
    field().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }));
    field().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true }));
    expect(onSend).not.toHaveBeenCalled();
    field().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 13, bubbles: true }));
    expect(onSend).toHaveBeenCalledOnce();
  });

  test('gives the text back, before what was typed since, when it could not be kept', async () => {
    let refuse: (error: Error) => void = () => {};
    const onSend = () => new Promise<void>((_, reject) => (refuse = reject));
    const onChange = vi.fn<(text: string) => void>();
    draw(composer({ onSend, onChange, autoFocus: true }));
    await userEvent.keyboard('first{Enter}second');
    refuse(new Error('disk'));
    await soon(() => expect(field().value).toBe('first\n\nsecond'));
    expect(onChange).toHaveBeenLastCalledWith('first\n\nsecond');
    expect(document.body.textContent).toContain('Your text is still here.');
  });

  test('mentions with the keyboard and sends the id', async () => {
    const onSend = sender();
    draw(composer({ onSend, autoFocus: true }));
    await userEvent.keyboard('hi @');
    expect(document.querySelectorAll('[role=option]')).toHaveLength(2);
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(field().value).toBe('hi @Carol Weiss ');
    await userEvent.keyboard('and @bo{Tab}!');
    expect(field().value).toBe('hi @Carol Weiss and @Bob Okafor !');
    await userEvent.keyboard('{Enter}');
    expect(onSend.mock.calls).toEqual([[`hi <@${carol.id}> and <@${bob.id}> !`]]);
  });

  test('[GRP9] offers groups and all of the thread after people, and sends their ids', async () => {
    const onSend = sender();
    const all = { id: '01990000-0000-7000-8000-0000000000a0', name: 'all', group: 'all' } as const;
    const drivers = { id: '01990000-0000-7000-8000-0000000000d0', name: 'Drivers', group: 'team' } as const;
    draw(composer({ onSend, people: [bob, all, drivers], autoFocus: true }));
    await userEvent.keyboard('@');
    expect([...document.querySelectorAll('[role=option]')].map((option) => option.textContent)).toEqual([
      'BOBob Okafor',
      'allEveryone in this thread',
      'DriversTeam',
    ]);
    await userEvent.keyboard('dr{Enter}and @all: lunch, not @alliance{Enter}');
    expect(onSend.mock.calls).toEqual([[`<@${drivers.id}> and <@${all.id}>: lunch, not @alliance`]]);
  });

  test('puts the list of people away with Escape and lets Enter send again', async () => {
    const onSend = sender();
    draw(composer({ onSend, autoFocus: true }));
    await userEvent.keyboard('@bo{Escape}');
    expect(document.querySelector('[role=listbox]')).toBeNull();
    await userEvent.keyboard('{Enter}');
    expect(onSend.mock.calls).toEqual([['@bo']]);
  });

  test('edits the last message with ↑, only in the empty field', async () => {
    const onEditLast = vi.fn<() => void>();
    draw(composer({ onEditLast, autoFocus: true }));
    await userEvent.keyboard('x{ArrowUp}');
    expect(onEditLast).not.toHaveBeenCalled();
    await userEvent.keyboard('{End}{Backspace}{ArrowUp}');
    expect(onEditLast).toHaveBeenCalledOnce();
  });

  test('leaves a reply with Escape and keeps the text', async () => {
    const onLeave = vi.fn<() => void>();
    draw(composer({ about: { title: 'Reply to Bob', excerpt: 'Hello', onLeave }, autoFocus: true }));
    await userEvent.keyboard('half a thought{Escape}');
    expect(onLeave).toHaveBeenCalledOnce();
    expect(field().value).toBe('half a thought');
  });

  test('keeps a text that is too long and says by how much', async () => {
    const onSend = sender();
    draw(composer({ onSend, initialText: 'a'.repeat(16_042), autoFocus: true }));
    expect(document.body.textContent).toContain('42 characters too many');
    await userEvent.keyboard('{Enter}');
    expect(onSend).not.toHaveBeenCalled();
    expect(field().value).toHaveLength(16_042);
  });

  test('grows with its text to 40 % of the window, and is never disabled', () => {
    draw(composer({ initialText: 'line\n'.repeat(400) }));
    expect(field().offsetHeight).toBeGreaterThan(window.innerHeight * 0.35);
    expect(field().offsetHeight).toBeLessThanOrEqual(Math.ceil(window.innerHeight * 0.4));
    expect(document.querySelector(':disabled')).toBeNull();
  });

  test('has nothing for axe to find, at 320 px too', async () => {
    draw(composer({ initialText: '@', autoFocus: true }), { width: 320 });
    await userEvent.keyboard('b');
    const frame = document.getElementById('frame') as HTMLElement;
    expect(frame.scrollWidth).toBeLessThanOrEqual(320);
    const { violations } = await axe.run(frame);
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
