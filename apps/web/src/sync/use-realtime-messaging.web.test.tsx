import type { RealtimeMessaging } from '@parley/client/live/realtime-messaging';
import { orgScope, threadScope } from '@parley/core/scopes';
import { useEffect, type ReactNode } from 'react';
import { afterEach, expect, test } from 'vitest';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { soon } from '../messages/soon.fixture.ts';
import { roomsDoor } from '../presence/rooms-door.ts';
import { acmeOffline, type Device } from '../threads/acme-offline.fixture.tsx';
import { EngineProvider } from './engine-provider.tsx';
import { useRealtimeMessaging } from './use-realtime-messaging.ts';

const HERE = { device: 'desktop', doNotDisturb: false, isTyping: false } as const;

/** How often each was drawn. */
const drawn = new Map<string, number>();
afterEach(() => {
  clear();
  drawn.clear();
});

function Part({ name, read }: { name: string; read: (live: RealtimeMessaging) => unknown }) {
  const live = useRealtimeMessaging();
  useEffect(() => void drawn.set(name, (drawn.get(name) ?? 0) + 1));
  return <p id={name}>{JSON.stringify(read(live))}</p>;
}
const shown = (name: string): unknown => JSON.parse(document.getElementById(name)?.textContent ?? 'null');

const show = (device: Device, children: ReactNode) =>
  draw(
    <EngineProvider engine={device.engine} personId={device.alice}>
      {children}
    </EngineProvider>,
    { width: 400, height: 300 },
  );
const say = (device: Device, connection: RealtimeMessaging['state'], syncedAt = 1) =>
  device.hear({ type: 'status', connection, syncedAt });

test('a component is drawn again for what it reads, and for nothing else', async () => {
  const device = await acmeOffline({ count: 1, readSeq: 1 });
  const { acme, globex, bob } = device;
  show(
    device,
    <>
      <Part name="state" read={({ state }) => state} />
      <Part name="connected" read={({ isConnected }) => isConnected} />
      <Part name="online" read={({ onlineUsers }) => [...onlineUsers(acme)]} />
      <Part name="nothing" read={() => 'acts alone'} />
    </>,
  );
  await soon(() => expect(shown('state')).toEqual({ state: 'connecting' }));
  const before = new Map(drawn);
  const more = () => Object.fromEntries([...drawn].map(([name, count]) => [name, count - (before.get(name) ?? 0)]));

  say(device, { state: 'live', since: 5 });
  await soon(() => expect(shown('connected')).toBe(true));
  expect(shown('state')).toEqual({ state: 'live', since: 5 });
  expect(more()).toEqual({ state: 1, connected: 1, online: 0, nothing: 0 });

  say(device, { state: 'reconnecting', attempt: 1, nextTryAt: 9, intercepted: false });
  await soon(() => expect(shown('connected')).toBe(false));
  say(device, { state: 'reconnecting', attempt: 2, nextTryAt: 12, intercepted: true });
  await soon(() =>
    expect(shown('state')).toEqual({ state: 'reconnecting', attempt: 2, nextTryAt: 12, intercepted: true }),
  );
  expect(more()).toEqual({ state: 3, connected: 2, online: 0, nothing: 0 });

  roomsDoor.keeping.put(orgScope(globex), new Map([[bob, { ...HERE, status: 'active' }]]));
  roomsDoor.keeping.put(orgScope(acme), new Map([[bob, { ...HERE, status: 'away' }]]));
  await soon(() => expect(shown('online')).toEqual([[bob, { ...HERE, status: 'away' }]]));
  expect(more()).toEqual({ state: 3, connected: 2, online: 1, nothing: 0 });
  for (const orgId of [acme, globex]) roomsDoor.keeping.put(orgScope(orgId), null);
});

test('new messages are told while the component is there, and its thread is entered and left with it', async () => {
  const device = await acmeOffline({ count: 2, readSeq: 0 });
  const { engine, threadId, bob } = device;
  const room = threadScope(threadId);
  const heard: string[] = [];
  function Listening() {
    const { onNewMessage, onNotification, subscribeToThread } = useRealtimeMessaging();
    useEffect(() => onNewMessage(({ message }) => heard.push(message.text)), [onNewMessage]);
    useEffect(() => onNotification(({ reason }) => heard.push(reason)), [onNotification]);
    useEffect(() => subscribeToThread(threadId), [subscribeToThread]);
    return null;
  }
  show(device, <Listening />);
  await soon(() => expect(roomsDoor.keeping.wanted()).toEqual([room]));

  const tell = (seq: number) => {
    const thread = engine.row(room, 'thread', threadId)?.data;
    const message = engine.rows(room, 'message')[0]?.data;
    const rows = [
      { table: 'thread', id: threadId, data: { ...thread, lastSeq: seq } },
      { table: 'message', id: `message ${seq}`, data: { ...message, seq, text: `New ${seq}`, authorId: bob } },
    ];
    const state = { scope: room, version: seq, epoch: 1, low: 1 };
    device.hear({
      type: 'changes',
      changes: [{ scope: room, purge: false, state, rows: rows.map((row) => ({ ...row, scope: room, version: seq })) }],
      ...{ incarnation: 'first', epoch: 1, keeps: false },
    });
  };
  await soon(() => expect(engine.rows(room, 'message')).toHaveLength(2));
  tell(3);
  tell(4);
  await soon(() => expect(heard).toEqual(['New 3', 'message', 'New 4', 'message']));

  clear();
  await soon(() => expect(roomsDoor.keeping.wanted()).toEqual([]));
  tell(5);
  await soon(() => expect(engine.row(room, 'thread', threadId)?.data.lastSeq).toBe(5));
  expect(heard).toHaveLength(4);
});
