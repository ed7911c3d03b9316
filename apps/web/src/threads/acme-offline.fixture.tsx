/**
 * Alice's device without a network: the real engine on the real disk of a browser, holding what a server once said, and
 * a page of the app over it.
 */
import { followedScopes, residentTables } from '@parley/core/following';
import type { MessageRow } from '@parley/core/messages';
import { mutators, type Mutators } from '@parley/core/mutators';
import {
  isPaged,
  notesScope,
  orgPeopleScope,
  orgScope,
  receiptsScope,
  threadPeopleScope,
  threadScope,
  userScope,
} from '@parley/core/scopes';
import type { PartnerState } from '@parley/core/partners';
import type { TableName, Tables } from '@parley/core/tables';
import { createEngine, type Network, type Tabs } from '@parley/sync/client';
import { browserTimers } from '@parley/sync/adapters/browser';
import { createDexieStorage } from '@parley/sync/adapters/dexie';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
  useParams,
  useSearch,
} from '@tanstack/react-router';
import { v7 as uuidv7 } from 'uuid';
import { DraftsPage } from '../drafts/drafts-page.tsx';
import { EngineProvider, type ParleyEngine } from '../sync/engine-provider.tsx';
import { NewThreadPage } from './new-thread-page.tsx';
import { ThreadPage } from './thread-page.tsx';

const noon = new Date(2026, 10, 22, 12).getTime();

const nowhere: Network = {
  connect() {
    throw new Error('There is no network here.');
  },
  online: () => false,
  onOnline: () => () => {},
};

type Hear = Parameters<Tabs['onMessage']>[0];

/** Another tab leads, so this one never asks for the network; `hears` is given how to tell it something. */
const follower = (hears: (hear: Hear) => void): Tabs => ({
  claim: () => () => {},
  visible: () => false,
  onVisible: () => () => {},
  post() {},
  onMessage: hears,
  close() {},
});

export interface Device {
  engine: ParleyEngine;
  alice: string;
  bob: string;
  acme: string;
  globex: string;
  carol: string;
  threadId: string;
  /** The id of the message at a place. */
  messageId(seq: number): string;
  /** The server's refusal of what waits, as if it had come before the network went. The device starts anew. */
  refuse(message: string): Promise<void>;
  /** What the leading tab tells. */
  hear: Hear;
}

export interface Scene {
  count: number;
  /** How far Alice has read. */
  readSeq: number;
  /** Place of the one message that is hers. */
  ownSeq?: number;
  /** How far Bob has read, as the device was last told. */
  bobUpTo?: number;
  /** Makes it a thread with a partner, in which Bob wrote notes: the places of the messages they stand after. */
  notesAfter?: readonly number[];
  /** How the partnership with Globex is, of which Carol is a contact. */
  globex?: PartnerState;
  /** Carol takes part, in a thread that is not internal then. */
  carol?: boolean;
  /** Initech takes part too, since the messages were written. */
  initech?: boolean;
  /** Of Acme, and not in the thread. */
  dave?: boolean;
}

/** A thread of Alice and Bob, who is a driver, with messages of Bob's save one. */
export async function acmeOffline(scene: Scene): Promise<Device> {
  const {
    count,
    readSeq,
    ownSeq = 0,
    bobUpTo = 0,
    notesAfter,
    globex: partnership,
    carol: hasCarol = false,
    initech = false,
    dave = false,
  } = scene;
  const [alice, bob, orgId, threadId] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()] as const;
  const [globex, carol] = [uuidv7(), uuidv7()] as const;
  const ids = Array.from({ length: count + 1 }, () => uuidv7());
  const rows: { scope: string; table: TableName; id: string; data: Tables[TableName] }[] = [];
  const put = <T extends TableName>(scope: string, table: T, id: string, data: Tables[T]) =>
    rows.push({ scope, table, id, data });

  put(orgScope(orgId), 'org', orgId, { name: 'Acme Freight', threadStarters: 'members', createdAt: noon });
  for (const [id, name] of [
    [alice, 'Alice Lindqvist'],
    [bob, 'Bob Okafor'],
  ] as const) {
    const card = { name, placeholder: false, joinedAt: noon };
    put(orgPeopleScope(orgId), 'person', id, { ...card, email: null, role: 'member', active: true });
    put(threadPeopleScope(threadId), 'participant', id, { ...card, actingOrg: orgId, leftAt: null });
  }
  if (partnership) {
    put(orgScope(orgId), 'partner', globex, {
      ...{ name: 'Globex', contacts: [{ id: carol, name: 'Carol Ibsen' }], since: noon },
      suspendedBy: partnership === 'suspended' ? [globex] : [],
      ended: partnership === 'ended' ? { by: globex, at: noon, threads: 'kept' } : null,
    });
  }
  if (partnership && hasCarol) {
    for (const [id, name] of [
      [orgId, 'Acme Freight'],
      [globex, 'Globex'],
    ] as const)
      put(threadPeopleScope(threadId), 'threadOrg', id, {
        ...{ name, state: partnership, permission: 'invite', addedAt: noon },
      });
    const card = { name: 'Carol Ibsen', placeholder: false, joinedAt: noon };
    put(threadPeopleScope(threadId), 'participant', carol, { ...card, actingOrg: globex, leftAt: null });
  }
  if (initech) {
    put(threadPeopleScope(threadId), 'threadOrg', uuidv7(), {
      ...{ name: 'Initech', state: 'active', permission: 'post', addedAt: noon + 86_400_000 },
    });
  }
  if (dave) {
    const card = { name: 'Dave Lund', email: null, placeholder: false, joinedAt: noon };
    put(orgPeopleScope(orgId), 'person', uuidv7(), { ...card, role: 'member', active: true });
  }
  put(orgScope(orgId), 'team', uuidv7(), { name: 'Drivers', memberIds: [bob], createdAt: noon });
  put(userScope(alice), 'membership', orgId, { role: 'member', active: true, epoch: 1, joinedAt: noon });
  put(userScope(alice), 'participation', threadId, { actingOrg: orgId, epoch: 1, joinedAt: noon, leftAt: null });
  put(userScope(alice), 'readPosition', threadId, { seq: readSeq, noteSeq: 0, markEpoch: 0 });
  const last = message(count, orgId, bob);
  put(threadScope(threadId), 'thread', threadId, {
    homeOrg: orgId,
    subject: 'Berlin depot rota',
    kind: notesAfter || hasCarol ? 'external' : 'internal',
    createdBy: bob,
    createdAt: noon,
    lastSeq: count,
    lastMessage: { id: ids[count] ?? '', authorId: bob, kind: 'internal', snippet: last.text, at: last.createdAt },
    resolved: null,
  });
  for (let seq = 1; seq <= count; seq += 1) {
    put(threadScope(threadId), 'message', ids[seq] ?? '', message(seq, orgId, seq === ownSeq ? alice : bob));
  }

  const notes = notesScope(threadId, orgId);
  for (const [index, afterSeq] of (notesAfter ?? []).entries()) {
    const note = { ...message(index + 1, orgId, bob), text: `Note ${index + 1}`, afterSeq };
    put(notes, 'note', uuidv7(), note);
    const lastNote = { id: threadId, authorId: bob, snippet: note.text, at: note.createdAt };
    if (index + 1 === notesAfter?.length) put(notes, 'noteHead', threadId, { lastSeq: index + 1, lastNote });
  }
  if (bobUpTo > 0) put(receiptsScope(threadId), 'receipt', bob, { upTo: bobUpTo });

  const disk = createDexieStorage(alice, uuidv7);
  await disk.open(residentTables);
  const scopes = [...new Set(rows.map(({ scope }) => scope))];
  await disk.writeCache(
    scopes.map((scope) => ({
      scope,
      purge: true,
      state: { scope, version: 1, epoch: 1, low: isPaged(scope) ? 1 : null },
      rows: rows.filter((row) => row.scope === scope).map((row) => ({ ...row, version: 1 })),
    })),
    'first',
    1,
  );
  disk.close();

  let hear: Hear = () => {};
  const start = () => startFollowing(alice, (listener) => (hear = listener));
  const device: Device = {
    engine: await start(),
    hear: (told) => hear(told),
    alice,
    bob,
    ...{ acme: orgId, globex, carol },
    threadId,
    messageId: (seq) => ids[seq] ?? '',
    async refuse(reason) {
      device.engine.stop();
      const storage = createDexieStorage(alice, uuidv7);
      const { items } = await storage.open(residentTables);
      await storage.updateItems(
        items.map((item) => ({ ...item, state: 'failed', code: 'not_found', message: reason })),
      );
      storage.close();
      device.engine = await start();
    },
  };
  return device;
}

async function startFollowing(personId: string, hears: (hear: Hear) => void): Promise<ParleyEngine> {
  const engine = createEngine<Tables, Mutators>({
    personId,
    mutators,
    residentTables,
    isPaged,
    rootScope: userScope(personId),
    follow: (rows) => followedScopes(personId, rows),
    storage: createDexieStorage(personId, uuidv7),
    network: nowhere,
    timers: browserTimers,
    tabs: follower(hears),
  });
  await engine.start();
  return engine;
}

const message = (seq: number, orgId: string, authorId: string): MessageRow => ({
  seq,
  kind: 'internal',
  authorId,
  authorOrg: orgId,
  ownerOrg: orgId,
  text: `Message ${seq}`,
  replyTo: null,
  mentions: [],
  reactions: {},
  notice: null,
  createdAt: noon + seq * 60_000,
  editedAt: null,
  revisions: 0,
  deletedAt: null,
});

function Thread() {
  const { threadId = '' } = useParams({ strict: false });
  return <ThreadPage key={threadId} threadId={threadId} />;
}

const NewThread = () => <NewThreadPage continues={useSearch({ strict: false }).continues} />;

/** The page of the device's thread, or another. */
export function PageOnDevice({ device, path = `/t/${device.threadId}` }: { device: Device; path?: string }) {
  const root = createRootRoute({ component: Outlet });
  const thread = createRoute({
    getParentRoute: () => root,
    path: '/t/$threadId',
    component: Thread,
  });
  const home = createRoute({ getParentRoute: () => root, path: '/', component: () => <p>The list</p> });
  const fresh = createRoute({ getParentRoute: () => root, path: '/new', component: NewThread });
  const drafts = createRoute({ getParentRoute: () => root, path: '/drafts', component: DraftsPage });
  const router = createRouter({
    routeTree: root.addChildren([thread, home, fresh, drafts]),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  return (
    <EngineProvider engine={device.engine} personId={device.alice}>
      <RouterProvider router={router as never} />
    </EngineProvider>
  );
}
