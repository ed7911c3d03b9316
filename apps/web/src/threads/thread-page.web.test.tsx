import { DraftText, mergeUpdates } from '@parley/core/draft-text';
import { threadScope, userScope } from '@parley/core/scopes';
import axe from 'axe-core';
import { afterEach, describe, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { clear, draw } from '../messages/log-fixtures.tsx';
import '../styles.css';
import { soon } from '../messages/soon.fixture.ts';
import { acmeOffline, PageOnDevice, type Device, type Scene } from './acme-offline.fixture.tsx';

let device: Device;

async function open(options: Scene): Promise<void> {
  device = await acmeOffline(options);
  await show();
}
async function show(): Promise<void> {
  draw(<PageOnDevice device={device} />, { width: 900, height: 700 });
  await soon(() => expect(article(/./)).not.toBeUndefined());
}
const articles = () => [...document.querySelectorAll('article')];
const article = (text: RegExp) => articles().find((one) => text.test(one.textContent ?? ''));
const button = (name: string, within: ParentNode = document): HTMLElement => {
  const found = [...within.querySelectorAll('button')].find(
    (one) => one.getAttribute('aria-label') === name || one.textContent?.trim() === name,
  );
  if (!found) throw new Error(`There is no button ${name}`);
  return found;
};
const field = (): HTMLTextAreaElement => {
  const found = document.querySelector('textarea');
  if (!found) throw new Error('There is no composer');
  return found;
};
const write = async (text: string) => {
  field().focus();
  await userEvent.keyboard(text);
};
const writtenDraft = (text: string) => {
  const draft = new DraftText([]);
  draft.edit(text);
  const { update = '', added = '' } = draft.typed() ?? {};
  return { update, text, added };
};
const entry = (name: string) =>
  [...document.querySelectorAll('[role="menuitem"]')].find((one) => one.textContent?.includes(name));
const messages = () => device.engine.rows(threadScope(device.threadId), 'message');

afterEach(clear);

const receipts = () =>
  [...document.querySelectorAll('button')].find((one) => one.textContent?.includes('List who has seen'));
const panel = () => document.querySelector('section[aria-label="Who has seen this"]');

describe('ThreadPage, without a network', () => {
  test('[NOTE2] shows notes in their places, reads them apart from messages, and lets nothing out of them', async () => {
    await open({ count: 3, readSeq: 3, notesAfter: [1, 3] });
    const said = () => articles().map((one) => /(Message|Note) \d/.exec(one.textContent ?? '')?.[0]);
    await soon(() => expect(said()).toEqual(['Message 1', 'Note 1', 'Message 2', 'Message 3', 'Note 2']));
    expect(article(/Note 1/)?.textContent).toContain('only Acme Freight sees this');
    const position = () => device.engine.row(userScope(device.alice), 'readPosition', device.threadId)?.data;
    await soon(() => expect(position()).toEqual({ seq: 3, noteSeq: 2, markEpoch: 0 }));

    article(/Note 1/)?.focus();
    await soon(() => button('More actions', article(/Note 1/)).click());
    await soon(() => expect(entry('Copy text')).not.toBeUndefined());
    expect(document.querySelectorAll('[role="menuitem"]')).toHaveLength(1);
    expect(() => button('Reply', article(/Note 1/))).toThrow();
  });

  test('keeps what is begun as a note and what is begun as a message apart, and sends each as what it is', async () => {
    await open({ count: 1, readSeq: 1, notesAfter: [1] });
    await write('to all');
    await userEvent.keyboard('{Alt>}{Shift>}n{/Shift}{/Alt}');
    await soon(() => expect(field().getAttribute('aria-label')).toMatch(/^Note in/));
    expect(field().value).toBe('');
    await write('to us');
    const noted = () => device.engine.row(userScope(device.alice), 'draft', `${device.threadId}.note`)?.data.text;
    await soon(() => expect(noted()).toBe('to us'));
    await soon(() => expect(device.engine.draft(`note.${device.threadId}`)).toBe(''));
    clear();
    await show();
    await soon(() => expect(field().value).toBe('to us'));
    expect(field().getAttribute('aria-label')).toMatch(/^Note in/);
    await write('{Enter}');
    await soon(() => expect(article(/to us/)?.getAttribute('aria-label')).toMatch(/^Note of Alice/));
    expect(device.engine.items().some(({ name }) => name === 'sendMessage')).toBe(false);
    await userEvent.keyboard('{Alt>}{Shift>}n{/Shift}{/Alt}');
    await soon(() => expect(field().value).toBe('to all'));
    await write('{Enter}');
    await soon(() => expect(article(/to all/)?.getAttribute('aria-label')).toMatch(/^Alice/));
    const sent = device.engine.items().filter(({ name }) => name.startsWith('send'));
    expect(sent.map(({ name }) => name)).toEqual(['sendNote', 'sendMessage']);
  });

  test('gives the text of a note that was refused back as a note', async () => {
    await open({ count: 1, readSeq: 1, notesAfter: [1] });
    await userEvent.keyboard('{Alt>}{Shift>}n{/Shift}{/Alt}');
    await soon(() => expect(field().getAttribute('aria-label')).toMatch(/^Note in/));
    await write('not for all{Enter}');
    await soon(() => expect(device.engine.items().find(({ name }) => name === 'sendNote')?.state).toBe('waiting'));
    clear();
    await device.refuse('There are no notes here.');
    await show();
    await soon(() => expect(article(/not for all/)?.textContent).toContain('Could not send: there are no notes here.'));
    await userEvent.keyboard('{Alt>}{Shift>}n{/Shift}{/Alt}');
    await soon(() => expect(field().getAttribute('aria-label')).toMatch(/^Message to/));
    button('Edit', article(/not for all/)).click();
    await soon(() => expect(field().value).toBe('not for all'));
    expect(field().getAttribute('aria-label')).toMatch(/^Note in/);
  });

  test('says who has read one’s newest message, as it was last told, and lists them', async () => {
    await open({ count: 4, readSeq: 4, ownSeq: 2, bobUpTo: 3 });
    await soon(() => expect(receipts()?.textContent).toContain('Seen by Bob Okafor'));
    receipts()?.focus();
    await userEvent.keyboard('{Enter}');
    await soon(() => expect(panel()?.querySelector('ul[aria-label="Seen"]')?.textContent).toContain('Bob Okafor'));
    expect(panel()?.textContent).toContain('Everyone has seen it.');
    expect((await axe.run(panel() as Element)).violations).toEqual([]);
    await userEvent.keyboard('{Escape}');
    await soon(() => expect(panel()).toBeNull());
  });

  test('says who has not read a message yet, of any author, from its menu', async () => {
    await open({ count: 4, readSeq: 4, ownSeq: 4, bobUpTo: 3 });
    await soon(() => expect(receipts()?.textContent).toContain('Sent'));
    receipts()?.click();
    await soon(() => expect(panel()?.textContent).toContain('Nobody has seen this yet.'));
    expect(panel()?.querySelector('ul[aria-label="Not yet"]')?.textContent).toContain('Bob Okafor');
    await userEvent.keyboard('{Escape}');
    article(/Message 2/)?.focus();
    await soon(() => button('More actions', article(/Message 2/)).click());
    await soon(() => expect(entry('Who has seen this')).not.toBeUndefined());
  });

  test('says nothing of it to somebody who switched receipts off, at once', async () => {
    await open({ count: 4, readSeq: 4, ownSeq: 2, bobUpTo: 3 });
    await soon(() => expect(receipts()).not.toBeUndefined());
    await device.engine.mutate('changeSettings', { receipts: false });
    await soon(() => expect(receipts()).toBeUndefined());
    article(/Message 2/)?.focus();
    await soon(() => button('More actions', article(/Message 2/)).click());
    await soon(() => expect(entry('Copy text')).not.toBeUndefined());
    expect(entry('Who has seen this')).toBeUndefined();
  });

  test('calls nobody alone while it does not know who is there', async () => {
    device = await acmeOffline({ count: 1, readSeq: 1 });
    const said: string[] = [];
    const words = new MutationObserver(() => said.push(document.body.textContent ?? ''));
    words.observe(document.body, { subtree: true, childList: true, characterData: true });
    await show();
    await soon(() => expect(document.body.textContent).toContain('Read by Bob Okafor'));
    words.disconnect();
    expect(said.filter((text) => text.includes('Only you'))).toEqual([]);
  });

  test('opens where the unread begins, and moves the read position to what is seen', async () => {
    await open({ count: 120, readSeq: 90 });
    await soon(() => expect(document.body.textContent).toContain('30 new'));
    const first = article(/Message 91$/);
    expect(first).not.toBeUndefined();
    expect(document.body.textContent).not.toContain('Message 120');
    const position = () => device.engine.row(userScope(device.alice), 'readPosition', device.threadId)?.data.seq;
    await soon(() => expect(position()).toBeGreaterThan(90));
    expect(position()).toBeLessThan(120);
    button('Latest').click();
    await soon(() => expect(position()).toBe(120));
    // The line stays for as long as the thread is open.
    document.querySelector('section[aria-label="Messages"]')?.scrollBy(0, -500);
    await soon(() => expect(document.body.textContent).toContain('30 new'));
  });

  test('marks unread from a message on, and leaves it so until the reader goes on', async () => {
    await open({ count: 6, readSeq: 6 });
    const position = () => device.engine.row(userScope(device.alice), 'readPosition', device.threadId)?.data;
    article(/Message 4/)?.focus();
    await userEvent.keyboard('u');
    await soon(() => expect(position()).toEqual({ seq: 3, noteSeq: 0, markEpoch: 1 }));
    await soon(() => expect(document.body.textContent).toContain('3 new'));
    // Marked from a menu further up: the line moves there, though all of it is in sight.
    article(/Message 2/)?.focus();
    await soon(() => button('More actions', article(/Message 2/)).click());
    await soon(() => {
      const entry = [...document.querySelectorAll('[role="menuitem"]')].find((one) =>
        one.textContent?.includes('Mark unread from here'),
      );
      expect(entry).not.toBeUndefined();
      (entry as HTMLElement).click();
    });
    await soon(() => expect(position()).toEqual({ seq: 1, noteSeq: 0, markEpoch: 2 }));
    await soon(() => expect(document.body.textContent).toContain('5 new'));
    await write('And on it goes{Enter}');
    await soon(() => expect(position()).toEqual({ seq: 6, noteSeq: 0, markEpoch: 2 }));
  });

  test('sends at once, and says after a while that it waits', async () => {
    await open({ count: 3, readSeq: 3 });
    await write('Thursday is fine{Enter}');
    expect(field().value).toBe('');
    await soon(() => expect(article(/Thursday is fine/)).not.toBeUndefined());
    await soon(() => expect(article(/Thursday is fine/)?.textContent).toContain('Waiting to send'));
    expect(messages().at(-1)?.data).toMatchObject({ text: 'Thursday is fine', authorId: device.alice, seq: null });
  });

  test('mentions, replies, reacts, edits and deletes', async () => {
    await open({ count: 2, readSeq: 2 });
    article(/Message 2/)?.focus();
    await soon(() => button('Reply').click());
    await soon(() => expect(document.body.textContent).toContain('Reply toBob Okafor: Message 2'));
    await write('@bo{Enter}yes{Enter}');
    await soon(() => expect(messages()).toHaveLength(3));
    expect(messages().at(-1)?.data).toMatchObject({
      text: `<@${device.bob}> yes`,
      mentions: [device.bob],
      replyTo: device.messageId(2),
    });
    await soon(() => expect(article(/Message 2/)?.textContent).toContain('1 reply'));

    article(/Message 1/)?.focus();
    await soon(() => button('React with 👍', article(/Message 1/)).click());
    await soon(() => expect(article(/Message 1/)?.textContent).toContain('👍1'));

    await write('{ArrowUp}');
    await soon(() => expect(field().value).toBe('@Bob Okafor yes'));
    await userEvent.keyboard(', gladly{Enter}');
    await soon(() => expect(messages().at(-1)?.data.text).toBe(`<@${device.bob}> yes, gladly`));
    await soon(() => expect(article(/yes, gladly/)?.textContent).toContain('edited'));
    await soon(() => expect(field().placeholder).toBe('Write a message'));
    await soon(() => expect(document.activeElement).toBe(field()));

    article(/yes, gladly/)?.focus();
    await soon(() => button('More actions', article(/yes, gladly/)).click());
    await soon(() => {
      const item = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find(
        (one) => one.textContent === 'Delete',
      );
      expect(item).not.toBeUndefined();
      item?.click();
    });
    await soon(() => button('Delete', document.querySelector('[role=dialog]') ?? document).click());
    await soon(() => expect(article(/Message deleted/)).not.toBeUndefined());
  });

  test('[DRAFT2] goes on with what was typed, where the cache still has the draft before it', async () => {
    device = await acmeOffline({ count: 1, readSeq: 1 });
    const { engine, threadId } = device;
    const { update, ...rest } = writtenDraft('Half a thought, sent since');
    const before = { threadId, rootId: null, generation: 0, updates: [update], ...rest };
    await (
      await engine.mutate('mergeDraft', before)
    ).saved;
    await engine.saveDraft(`base.thread.${threadId}`, JSON.stringify({ generation: 1, updates: [] }));
    await engine.saveDraft(`thread.${threadId}`, 'Half another');
    await show();
    await soon(() => expect(field().value).toBe('Half another'));
    const row = () => engine.row(userScope(device.alice), 'draft', threadId)?.data;
    await soon(() => expect(row()).toMatchObject({ generation: 1, text: 'Half another' }));
    expect(engine.items().at(-1)?.args).toMatchObject({ generation: 1, added: 'Half another' });
  });

  test('[DRAFT3] has what was typed once, where its field opens again before the queue has it', async () => {
    await open({ count: 1, readSeq: 1 });
    const { engine, threadId } = device;
    const queue = Promise.withResolvers<void>();
    device.engine = {
      ...engine,
      mutate: async (...act) => {
        await queue.promise;
        return engine.mutate(...act);
      },
    };
    clear();
    await show();
    await write('half a thought');
    // The other device is told once the field is left; a word more, and it is left again.
    for (const more of [', and', ' more']) {
      await soon(() => field().blur());
      clear();
      await show();
      await soon(() => expect(field().value).toMatch(/^half a thought/));
      await write(`{End}${more}`);
    }
    queue.resolve();
    const row = () => engine.row(userScope(device.alice), 'draft', threadId)?.data;
    await soon(() => expect(row()?.text).toBe('half a thought, and more'));
    expect(mergeUpdates(row()?.updates ?? []).text).toBe('half a thought, and more');
    expect(field().value).toBe('half a thought, and more');
    await soon(() => expect(engine.draft(`thread.${threadId}`)).toBe(''));
    expect(engine.draft(`base.thread.${threadId}`)).toBe('');
  });

  test('keeps the draft when an edit is left, and when the page goes', async () => {
    await open({ count: 1, readSeq: 1 });
    await write('mine{Enter}');
    await soon(() => expect(messages()).toHaveLength(2));
    await write('half a thought');
    article(/mine/)?.focus();
    await soon(() => button('More actions', article(/mine/)).click());
    await soon(() => {
      const item = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find(
        (one) => one.textContent === 'Edit',
      );
      expect(item).not.toBeUndefined();
      item?.click();
    });
    await soon(() => expect(field().value).toBe('mine'));
    await soon(() => expect(document.querySelector('[role=menu]')).toBeNull());
    field().focus();
    await userEvent.keyboard('{Escape}');
    await soon(() => expect(field().value).toBe('half a thought'));
    clear();
    await show();
    await soon(() => expect(field().value).toBe('half a thought'));
  });

  test('shows what was refused in its place, and gives its text back', async () => {
    await open({ count: 1, readSeq: 1 });
    await write('not for nothing{Enter}');
    await soon(() => expect(device.engine.items()).toHaveLength(1));
    await soon(() => expect(device.engine.items()[0]?.state).toBe('waiting'));
    clear();
    await device.refuse('You no longer take part in this thread.');
    await show();
    await soon(() =>
      expect(article(/not for nothing/)?.textContent).toContain('Could not send: you no longer take part'),
    );
    button('Edit', article(/not for nothing/)).click();
    await soon(() => expect(field().value).toBe('not for nothing'));
    await soon(() => expect(device.engine.items()).toHaveLength(0));
    expect(article(/not for nothing/)).toBeUndefined();
  });

  test('renames where the subject stands, and offers nobody who is there', async () => {
    await open({ count: 1, readSeq: 1 });
    button('Berlin depot rota, rename').click();
    await soon(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Subject'));
    expect(document.querySelector('h1')?.textContent).toBe('Berlin depot rota');
    await userEvent.keyboard('Rota, week 49{Enter}');
    await soon(() => expect(document.querySelector('h1')?.textContent).toContain('Rota, week 49'));
    button('Details').click();
    await soon(() => expect(document.body.textContent).toContain('2 people'));
    button('Add people').click();
    await soon(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('People to add'));
    await userEvent.keyboard('{ArrowDown}');
    const options = [...document.querySelectorAll('[role=option]')].map((option) => option.textContent);
    expect(options).toEqual(['DriversTeam, 1 person', 'Everyone at Acme Freight2 people, no guests']);
  });

  test('adds a team, says so once, names it where people are named, and takes it out again', async () => {
    await open({ count: 1, readSeq: 1 });
    button('Details').click();
    await soon(() => button('Add people').click());
    await soon(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('People to add'));
    await userEvent.keyboard('driv{Enter}');
    button('Add').click();
    await soon(() => expect(document.body.textContent).toContain('You added the team Drivers'));
    const groups = () => document.querySelector('[aria-label="Groups in this thread"]')?.textContent;
    expect(groups()).toContain('Drivers1 person');
    expect(document.querySelector('header p')?.textContent).toBe('Drivers and Bob');
    const { violations } = await axe.run(document.getElementById('frame') as HTMLElement);
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    button('Remove Drivers').click();
    await soon(() => expect(document.body.textContent).toContain('Whoever is here only through it'));
    button('Remove').click();
    await soon(() => expect(document.body.textContent).toContain('You removed the team Drivers'));
    expect(groups()).toBeUndefined();
  });

  test('[GRP9] marks what mentions a team of the reader, or all, and tells whom it means', async () => {
    await open({ count: 1, readSeq: 1 });
    await userEvent.keyboard('@all, @Drivers and @Acme Freight{Enter}{Enter}');
    const marks = () => [...document.querySelectorAll('.mention')];
    await soon(() => expect(marks().map((mark) => mark.textContent)).toEqual(['@all', '@Drivers', '@Acme Freight']));
    expect(marks().map((mark) => mark.hasAttribute('data-self'))).toEqual([true, false, true]);
  });

  test('says what leaving and removing mean, and adds again who was here before', async () => {
    await open({ count: 1, readSeq: 1 });
    button('Details').click();
    await soon(() => button('Leave this thread').click());
    await soon(() => expect(document.body.textContent).toContain('the person who stays can add you again'));
    button('Cancel').click();
    await soon(() => expect(document.querySelector('[role="dialog"]')).toBeNull());
    button('Remove Bob Okafor').click();
    await soon(() => expect(document.body.textContent).toContain('They no longer see this thread'));
    button('Remove').click();
    await soon(() => expect(document.body.textContent).toContain('Were here before'));
    await soon(() => expect(document.body.textContent).toContain('You removed Bob Okafor'));
    button('Add Bob Okafor again').click();
    await soon(() => expect(document.body.textContent).toContain('They will see the whole history'));
    button('Add').click();
    await soon(() => expect(document.body.textContent).toContain('You added Bob Okafor'));
    expect(document.body.textContent).not.toContain('Were here before');
    button('Remove Bob Okafor').click();
    await soon(() => button('Remove').click());
    await soon(() => expect(document.body.textContent).toContain('1 person'));
    button('Leave this thread').click();
    await soon(() => expect(document.body.textContent).toContain('You are the last one here'));
  });

  test('has nothing for axe to find, the details beside it too', async () => {
    await open({ count: 40, readSeq: 30 });
    button('Details').click();
    await soon(() => expect(document.body.textContent).toContain('2 people'));
    const { violations } = await axe.run(document.getElementById('frame') as HTMLElement);
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });

  test('has no horizontal scroll at 320 px', async () => {
    device = await acmeOffline({ count: 40, readSeq: 30 });
    draw(<PageOnDevice device={device} />, { width: 320, height: 640 });
    await soon(() => expect(articles().length).toBeGreaterThan(3));
    const frame = document.getElementById('frame') as HTMLElement;
    expect(frame.scrollWidth).toBeLessThanOrEqual(320);
    const log = document.querySelector('section[aria-label="Messages"]') as HTMLElement;
    expect(log.scrollWidth).toBeLessThanOrEqual(log.clientWidth);
  });
});
