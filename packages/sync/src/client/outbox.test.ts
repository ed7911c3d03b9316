import { expect, test } from 'vitest';
import { mutators } from '../testing/simulation/mutators.ts';
import { threadScope, userScope, type Tables } from '../testing/simulation/program.ts';
import { Outbox } from './outbox.ts';
import type { OutboxItem, StoredRow } from './ports.ts';
import { Replica } from './replica.ts';

const [user, thread] = [userScope('alice'), threadScope('t')];
const sent: OutboxItem = {
  id: 'act',
  order: 1,
  lane: thread,
  n: 1,
  name: 'send',
  version: 2,
  args: { thread: 't', id: 'm', text: 'hello', tag: 'new' },
  at: 0,
  state: 'waiting',
  effects: [],
  code: null,
  message: null,
};
const message: StoredRow = {
  scope: thread,
  table: 'message',
  id: 'm',
  version: 2,
  data: { seq: 1, author: 'alice', text: 'hello', tag: 'new', rev: 0, likes: [] },
};

test('[CLI13] what another tab has written down already stays in view until this tab is told of it', async () => {
  const replica = new Replica();
  const hear = (scope: string, version: number, rows: StoredRow[]) =>
    replica.apply({ scope, purge: version === 1, state: { scope, version, epoch: 1, low: 1 }, rows });
  hear(user, 1, [
    {
      scope: user,
      table: 'membership',
      id: 't',
      version: 1,
      data: { active: true, epoch: 1 } satisfies Tables['membership'],
    },
  ]);
  hear(thread, 1, []);
  const disk = new Map<string, object>();
  const outbox = new Outbox<Tables>({
    replica,
    mutators,
    personId: 'alice',
    follows: (scope) => scope === thread,
    stored: async (_scope, _table, id) => disk.get(id),
  });
  await outbox.enter(sent);
  const shown = () => replica.rows(thread, 'message').map(({ data, pending }) => ({ data, pending: pending.length }));
  expect(shown()).toMatchObject([{ data: { seq: null }, pending: 1 }]);

  disk.set('m', message.data ?? {});
  await outbox.rebase(new Set([thread]));
  expect(shown()).toMatchObject([{ data: { seq: null }, pending: 1 }]);

  // Its scope is fetched anew, and is not there for a moment.
  replica.apply({ scope: thread, purge: true, state: null, rows: [] });
  await outbox.rebase(new Set([thread]));
  expect(shown()).toMatchObject([{ data: { seq: null }, pending: 1 }]);

  hear(thread, 2, [message]);
  await outbox.rebase(new Set([thread]));
  expect(shown()).toEqual([{ data: message.data, pending: 0 }]);
});
