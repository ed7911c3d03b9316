import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendToUpdates, DraftText, mergeUpdates } from './draft-text.ts';

/** What every device tells goes into one draft, as on the server. */
class Server {
  updates: string[] = [];
  text = '';
  take(device: DraftText): void {
    const typed = device.typed();
    if (!typed) return;
    // Whoever has nothing else has all of it.
    expect(new DraftText([typed.update]).text).toBe(device.text);
    device.tell(typed);
    const { update, text } = mergeUpdates([...this.updates, typed.update]);
    this.updates = [update];
    this.text = text;
  }
}

const written = (text: string): DraftText => {
  const device = new DraftText([]);
  device.edit(text);
  return device;
};

describe('a draft', () => {
  test('holds what two devices typed apart, and what they had in common once', () => {
    const server = new Server();
    server.take(written('Dear all, thanks'));
    const [desk, phone] = [new DraftText(server.updates), new DraftText(server.updates)];
    desk.edit('Dear all, many thanks');
    phone.edit('Dear all, thanks, Alice');
    server.take(phone);
    server.take(desk);
    expect(server.text).toBe('Dear all, many thanks, Alice');
    phone.merge(server.updates);
    expect(phone.text).toBe(server.text);
  });

  test('leaves the caret behind the letter that it stood behind', () => {
    const server = new Server();
    server.take(written('one three'));
    const [desk, phone] = [new DraftText(server.updates), new DraftText(server.updates)];
    desk.edit('one two three');
    server.take(desk);
    phone.edit('one three four');
    expect(phone.merge(server.updates, [0, 3, 9, 14])).toEqual([0, 3, 13, 18]);
    expect(phone.text).toBe('one two three four');
  });

  test('tells what is new, and nothing twice', () => {
    const device = written('one');
    const typed = device.typed();
    expect(typed?.added).toBe('one');
    device.tell(typed ?? { update: '' });
    expect(device.typed()).toBeNull();
    device.edit('one two');
    expect([device.added, device.typed()?.added]).toEqual([' two', ' two']);
  });

  test('[DRAFT2] tells all of itself, so that it can be read without what came before, and is merged once', () => {
    const server = new Server();
    server.take(written('one'));
    const device = new DraftText(server.updates);
    device.edit('one two');
    const two = device.typed();
    device.tell(two ?? { update: '' });
    device.edit('one three');
    const three = device.typed();
    expect(three).toMatchObject({ added: 'hree', writer: two?.writer });
    expect(new DraftText([three?.update ?? '']).text).toBe('one three');
    expect(new DraftText([three?.update ?? '', two?.update ?? '', ...server.updates]).text).toBe('one three');
    expect(written('one').typed()?.writer).not.toBe(two?.writer);
  });

  test('goes on behind what is there when its beginning was sent', () => {
    const { updates } = { updates: [appendToUpdates([], ' and milk ').update] };
    expect(mergeUpdates(updates).text).toBe('and milk');
    expect(appendToUpdates(updates, 'and bread').text).toBe('and milk\nand bread');
  });

  test('parts no surrogate pair', () => {
    const device = written('a😀b');
    device.edit('a😁b');
    expect(mergeUpdates([device.typed()?.update ?? '']).text).toBe('a😁b');
    device.edit('a😁');
    device.edit('😁');
    expect(mergeUpdates([device.typed()?.update ?? '']).text).toBe('😁');
  });

  test('is bounded by its text, not by how often it was changed', () => {
    const device = new DraftText([]);
    for (let n = 0; n < 2_000; n += 1) device.edit(`Take ${n}`);
    expect(mergeUpdates([device.typed()?.update ?? '']).update.length).toBeLessThan(20_000);
  });
});

test('however edits, tellings and merges of three devices mix, all end alike and no letter is lost or doubled', () => {
  const step = fc.record({
    device: fc.nat(2),
    act: fc.constantFrom('insert' as const, 'insert' as const, 'remove' as const, 'tell' as const, 'merge' as const),
    at: fc.nat(1_000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const server = new Server();
      const devices = [new DraftText([]), new DraftText([]), new DraftText([])];
      const [typed, removed] = [new Set<string>(), new Set<string>()];
      for (const [n, { device: index, act, at }] of steps.entries()) {
        const device = devices[index];
        if (!device) continue;
        const { text } = device;
        const place = at % (text.length + 1);
        if (act === 'insert') {
          const letter = String.fromCharCode(0x4e00 + n);
          typed.add(letter);
          device.edit(text.slice(0, place) + letter + text.slice(place));
        } else if (act === 'remove' && place < text.length) {
          removed.add(text[place] ?? '');
          device.edit(text.slice(0, place) + text.slice(place + 1));
        } else if (act === 'tell') server.take(device);
        else device.merge(server.updates);
      }
      for (const device of devices) server.take(device);
      for (const device of devices) {
        device.merge(server.updates);
        expect(device.text).toBe(server.text);
      }
      expect([...server.text].sort()).toEqual([...typed].filter((letter) => !removed.has(letter)).sort());
    }),
  );
});
