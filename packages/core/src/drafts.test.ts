import type { MutatorTx } from '@parley/sync/mutator';
import { describe, expect, test } from 'vitest';
import { DraftText } from './draft-text.ts';
import { discardDraft, DRAFT_LENGTH, mergeDraft, type DraftRow } from './drafts.ts';
import { sendMessage } from './messages.ts';
import { threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';

const alice = '01990000-0000-7000-8000-0000000000a0';
const threadId = '01990000-0000-7000-8000-000000000001';
const messageId = '01990000-0000-7000-8000-000000000002';

/** Alice's rows, and how an act of hers sees them. */
function open(side: 'client' | 'server') {
  const rows = new Map<string, object | null>();
  const key = (table: string, id: string) => `${table} ${id}`;
  rows.set(key('participation', threadId), { actingOrg: messageId, epoch: 1, joinedAt: 0, leftAt: null });
  rows.set(key('thread', threadId), { homeOrg: messageId, kind: 'internal', lastSeq: 0, lastMessage: null });
  const tx: MutatorTx<Tables> = {
    side,
    personId: alice,
    now: 7,
    get: async (table, _scope, id) => (rows.get(key(table, id)) ?? undefined) as never,
    put: (table, _scope, id, row) => void rows.set(key(table, id), row),
    remove: (table, _scope, id) => void rows.set(key(table, id), null),
    nextSeq: () => 1,
    enqueue: () => {},
  };
  return { tx, rows, draft: (id = threadId) => rows.get(key('draft', id)) as DraftRow | undefined };
}

const typed = (text: string, after: readonly string[] = []) => {
  const draft = new DraftText(after);
  draft.edit(text);
  const { update, added } = draft.typed() ?? { update: '', added: '' };
  return { updates: [update], text, added };
};
const place = { threadId, rootId: null };

describe('mergeDraft', () => {
  test('keeps one update on the server, with the text of all', async () => {
    const { tx, draft } = open('server');
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('one') });
    const before = draft()?.updates ?? [];
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('one two', before) });
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('zero, one', before) });
    expect(draft()).toMatchObject({ ...place, generation: 0, text: 'zero, one two', at: 7 });
    expect(draft()?.updates).toHaveLength(1);
  });

  test('passes updates on unread on the client, and shows the text typed there', async () => {
    const { tx, draft } = open('client');
    await mergeDraft.run(tx, { ...place, generation: 0, updates: ['AAA='], text: 'one', added: 'one' });
    await mergeDraft.run(tx, { ...place, generation: 0, updates: ['AAB='], text: 'one two', added: ' two' });
    expect(draft()).toMatchObject({ updates: ['AAA=', 'AAB='], text: 'one two' });
  });

  test('never brings back what was sent, and keeps what was typed besides', async () => {
    const { tx, draft } = open('server');
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('Buy eggs') });
    const other = typed('Buy eggs and milk', draft()?.updates);
    const same = { ...typed('Buy eggs'), added: '' };
    await sendMessage.run(tx, { threadId, messageId, text: 'Buy eggs', draft: { rootId: null, generation: 0 } });
    expect(draft()).toMatchObject({ generation: 1, text: '', updates: [] });
    await mergeDraft.run(tx, { ...place, generation: 0, ...same });
    expect(draft()).toMatchObject({ generation: 1, text: '' });
    await mergeDraft.run(tx, { ...place, generation: 0, ...other });
    expect(draft()).toMatchObject({ generation: 1, text: 'and milk' });
  });

  test('keeps what was typed elsewhere and not seen where it was sent', async () => {
    const { tx, draft } = open('server');
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('Buy eggs') });
    const seen = new DraftText(draft()?.updates ?? []);
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('Buy eggs and milk', draft()?.updates) });
    seen.edit('Buy ham');
    const { known } = seen;
    await sendMessage.run(tx, { threadId, messageId, text: 'Buy ham', draft: { rootId: null, generation: 0, known } });
    expect(draft()).toMatchObject({ generation: 1, text: 'and milk' });
    const all = new DraftText(draft()?.updates ?? []).known;
    const next = { rootId: null, generation: 1, known: all };
    await sendMessage.run(tx, { threadId, messageId: alice, text: 'and milk', draft: next });
    expect(draft()).toMatchObject({ generation: 2, text: '', updates: [] });
  });

  test('holds only what was typed since, while the message before it waits to go out', async () => {
    const { tx, draft } = open('server');
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('First') });
    await mergeDraft.run(tx, { ...place, generation: 1, ...typed('Second') });
    expect(draft()).toMatchObject({ generation: 1, text: 'Second' });
    await sendMessage.run(tx, { threadId, messageId, text: 'First', draft: { rootId: null, generation: 0 } });
    expect(draft()).toMatchObject({ generation: 1, text: 'Second' });
  });

  test('[DRAFT1] keeps what was typed elsewhere and not seen in the message that waits to go out', async () => {
    const { tx, draft } = open('server');
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('Buy eggs') });
    const { known } = new DraftText(draft()?.updates ?? []);
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('Buy eggs and milk', draft()?.updates) });
    const next = typed('Second');
    await mergeDraft.run(tx, { ...place, generation: 1, ...next, sent: known });
    const text = draft()?.text ?? '';
    expect(text.replace('and milk', '').trim()).toBe('Second');
    expect(text).toContain('and milk');
    // Its rest is in the draft once, also when more follows and when the message goes out.
    await mergeDraft.run(tx, { ...place, generation: 1, ...next, sent: known });
    await sendMessage.run(tx, { threadId, messageId, text: 'Buy eggs', draft: { rootId: null, generation: 0, known } });
    expect(draft()).toMatchObject({ generation: 1, text });
    const garbage = { ...typed('Third'), sent: '/////w==' };
    await expect(mergeDraft.run(tx, { ...place, generation: 2, ...garbage })).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  test('is ended by the first of two that send it', async () => {
    const { tx, draft } = open('server');
    const send = (id: string) =>
      sendMessage.run(tx, { threadId, messageId: id, text: 'x', draft: { rootId: null, generation: 0 } });
    await send(messageId);
    await mergeDraft.run(tx, { ...place, generation: 1, ...typed('The next one') });
    await send(alice);
    expect(draft()).toMatchObject({ generation: 1, text: 'The next one' });
  });

  test('refuses what is no update, and what has become too long', async () => {
    const { tx, draft } = open('server');
    const garbage = { updates: ['/////w=='], text: '', added: '' };
    await expect(mergeDraft.run(tx, { ...place, generation: 0, ...garbage })).rejects.toMatchObject({
      code: 'invalid',
    });
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('a'.repeat(DRAFT_LENGTH)) });
    await expect(mergeDraft.run(tx, { ...place, generation: 0, ...typed('b') })).rejects.toMatchObject({
      code: 'too_long',
    });
    expect(draft()?.text).toHaveLength(DRAFT_LENGTH);
  });

  test('keeps the drafts of a thread and of replies in it apart', async () => {
    const { tx, draft } = open('server');
    await mergeDraft.run(tx, { ...place, generation: 0, ...typed('thread') });
    await mergeDraft.run(tx, { threadId, rootId: messageId, generation: 0, ...typed('reply') });
    expect([draft()?.text, draft(`${threadId}.${messageId}`)?.text]).toEqual(['thread', 'reply']);
  });

  test('joins what follows, as long as it is of the same draft and fits', () => {
    const one = { ...place, generation: 0, updates: ['AA=='], text: 'a', added: 'a' };
    const two = { ...place, generation: 0, updates: ['AQ=='], text: 'ab', added: 'b' };
    expect(mergeDraft.join?.(one, two)).toEqual({ ...two, updates: ['AA==', 'AQ=='], added: 'ab' });
    expect(mergeDraft.join?.(one, { ...two, generation: 1 })).toBeUndefined();
    expect(mergeDraft.join?.(one, { ...two, rootId: messageId })).toBeUndefined();
    expect(mergeDraft.join?.({ ...one, updates: Array(64).fill('AA==') }, two)).toBeUndefined();
    expect(mergeDraft.join?.(one, { ...two, updates: ['A'.repeat(120_000)] })).toBeUndefined();
    expect(mergeDraft.join?.({ ...one, sent: 'AA==' }, two)).toMatchObject({ sent: 'AA==' });
    const joined = mergeDraft.join?.(one, two);
    expect(mergeDraft.args.parse(joined)).toEqual(joined);
  });

  test('[DRAFT2] keeps of one writer only what was told last, which contains the rest', () => {
    const args = (of: number, update: string) =>
      mergeDraft.args.parse({ ...place, generation: 0, updates: [update], text: '', added: 'a', writer: of });
    const join = mergeDraft.join ?? (() => undefined);
    const acts = [args(1, 'AA=='), args(2, 'AQ=='), args(2, 'Ag=='), args(1, 'Aw==')];
    const joined = acts.reduce((earlier, later) => join(earlier, later) ?? later);
    expect(joined).toEqual({ ...args(1, 'Aw=='), updates: ['AA==', 'Ag==', 'Aw=='], added: 'aaaa' });
    expect(join(args(1, 'A'.repeat(100_000)), args(1, 'A'.repeat(100_000)))?.updates).toHaveLength(1);
  });

  test('takes only what it understands', () => {
    const good = { ...place, generation: 0, updates: ['AA=='], text: '', added: '' };
    expect(mergeDraft.args.parse(good)).toEqual(good);
    for (const wrong of [
      { updates: [] },
      { updates: ['no base64'] },
      { generation: -1 },
      { rootId: alice.toUpperCase() },
    ]) {
      expect(() => mergeDraft.args.parse({ ...good, ...wrong })).toThrow();
    }
  });
});

test('discardDraft ends the draft of a thread that was left, and refuses where there is none', async () => {
  const { tx, rows, draft } = open('server');
  await mergeDraft.run(tx, { ...place, generation: 0, ...typed('one') });
  rows.set(`participation ${threadId}`, null);
  await expect(mergeDraft.run(tx, { ...place, generation: 0, ...typed('two') })).rejects.toMatchObject({
    code: 'not_found',
  });
  await discardDraft.run(tx, place);
  expect(draft()).toMatchObject({ generation: 1, text: '', updates: [] });
  await expect(discardDraft.run(tx, { threadId, rootId: messageId })).rejects.toMatchObject({ code: 'not_found' });
});

test('sending writes the own scope only where a draft ends with it', () => {
  const args = { threadId, messageId, text: 'x' };
  expect(sendMessage.scopes(args, alice)).toEqual({ write: [threadScope(threadId)] });
  expect(sendMessage.scopes({ ...args, draft: { rootId: null, generation: 0 } }, alice)).toEqual({
    write: [threadScope(threadId), userScope(alice)],
  });
});
