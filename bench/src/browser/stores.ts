/** Databases for the browser behind one face, each used as its manual says. */
import { residentTables } from '@parley/core/following';
import { mutators, type Mutators } from '@parley/core/mutators';
import { isPaged, orgScope, threadScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { browserTimers } from '@parley/sync/adapters/browser';
import { createDexieStorage } from '@parley/sync/adapters/dexie';
import { createEngine, type Network, type Tabs } from '@parley/sync/client';
import PouchDB from 'pouchdb-browser';
import { createRxDatabase } from 'rxdb/plugins/core';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { v7 as newId } from 'uuid';

export interface Message {
  id: string;
  threadId: string;
  seq: number;
  authorId: string;
  text: string;
  createdAt: number;
}

export interface Store {
  /** Keeps messages as they come from a server. */
  load(messages: readonly Message[]): Promise<void>;
  /** Writes one message of one's own; resolves when it is kept. */
  insert(message: Message): Promise<void>;
  /** How many of the newest fifty messages of a thread are found, the last one first or last. */
  newest(threadId: string): Promise<number>;
  /** Calls for every message that is written in the thread from now on. Returns how to stop. */
  watch(threadId: string, seen: () => void): Promise<() => void>;
  close(): Promise<void>;
}

export type OpenStore = (name: string) => Promise<Store>;

const NEWEST = 50;
/** No message is beyond this place. */
const HIGHEST = 100_000_000;

const nowhere: Network = {
  connect() {
    throw new Error('There is no network here.');
  },
  online: () => false,
  onOnline: () => () => undefined,
};

/** Another tab leads, so this one never asks for the network. */
const follower: Tabs = {
  claim: () => () => undefined,
  visible: () => false,
  onVisible: () => () => undefined,
  post() {},
  onMessage() {},
  close() {},
};

/** The engine as the app uses it, whose writes of one's own survive a power cut. */
export const openOurs: OpenStore = async (personId) => {
  const orgId = personId;
  const storage = createDexieStorage(personId, newId);
  const engine = createEngine<Tables, Mutators>({
    personId,
    mutators,
    residentTables,
    isPaged,
    rootScope: userScope(personId),
    follow: () => [],
    storage,
    network: nowhere,
    timers: browserTimers,
    tabs: follower,
  });
  await engine.start();
  const message = ({ seq, authorId, text, createdAt }: Message): Tables['message'] => ({
    ...{ seq, authorId, text, createdAt, kind: 'internal', authorOrg: orgId, ownerOrg: orgId, replyTo: null },
    ...{ mentions: [], reactions: {}, notice: null, editedAt: null, revisions: 0, deletedAt: null },
  });
  return {
    async load(messages) {
      const threadIds = new Set(messages.map(({ threadId }) => threadId));
      const own = userScope(personId);
      const joined = { joinedAt: 0, epoch: 1 };
      const scopes = [
        {
          scope: own,
          rows: [
            { table: 'membership', id: orgId, data: { ...joined, role: 'member', active: true } },
            ...[...threadIds].map((id) => ({
              table: 'participation',
              id,
              data: { ...joined, actingOrg: orgId, leftAt: null },
            })),
          ],
        },
        {
          scope: orgScope(orgId),
          rows: [{ table: 'org', id: orgId, data: { name: 'Acme', threadStarters: 'members', createdAt: 0 } }],
        },
        ...[...threadIds].map((threadId) => {
          const rows = messages.filter((each) => each.threadId === threadId);
          const head = { homeOrg: orgId, subject: 'Plans', kind: 'internal', createdBy: personId, createdAt: 0 };
          return {
            scope: threadScope(threadId),
            rows: [
              {
                table: 'thread',
                id: threadId,
                data: { ...head, lastSeq: rows.length, lastMessage: null, resolved: null },
              },
              ...rows.map((each) => ({ table: 'message', id: each.id, data: message(each) })),
            ],
          };
        }),
      ];
      for (const { scope, rows } of scopes) {
        const state = { scope, version: 1, epoch: 1, low: isPaged(scope) ? 1 : null };
        await storage.writeCache(
          [{ scope, purge: true, state, rows: rows.map((row) => ({ ...row, scope, version: 1 })) }],
          'first',
          1,
        );
      }
    },
    async insert({ threadId, id, text }) {
      const { saved } = await engine.mutate('sendMessage', { threadId, messageId: id, text });
      await saved;
    },
    newest: (threadId) =>
      new Promise((resolve) => {
        const scope = threadScope(threadId);
        const close = engine.open(scope);
        const look = (): void => {
          if (engine.window(scope).loading) return;
          stop();
          resolve(engine.rows(scope, 'message').slice(-NEWEST).length);
          close();
        };
        const stop = engine.subscribeWindow(scope, look);
      }),
    async watch(threadId, seen) {
      const scope = threadScope(threadId);
      const close = engine.open(scope);
      const stop = engine.subscribe(scope, 'message', seen);
      return () => {
        stop();
        close();
      };
    },
    async close() {
      engine.stop();
    },
  };
};

const place = (seq: number): string => String(seq).padStart(9, '0');

export const openPouch: OpenStore = async (name) => {
  const database = new PouchDB(name);
  const document = (message: Message) => ({ _id: `${message.threadId}/${place(message.seq)}`, ...message });
  return {
    load: async (messages) => void (await database.bulkDocs(messages.map(document))),
    insert: async (message) => void (await database.put(document(message))),
    async newest(threadId) {
      const range = { startkey: `${threadId}/\ufff0`, endkey: `${threadId}/`, descending: true };
      return (await database.allDocs({ ...range, limit: NEWEST, include_docs: true })).rows.length;
    },
    async watch(threadId, seen) {
      const changes = database.changes({ since: 'now', live: true, include_docs: true });
      changes.on('change', ({ id }) => {
        if (id.startsWith(threadId)) seen();
      });
      return () => changes.cancel();
    },
    close: () => database.close(),
  };
};

export const openRxdb: OpenStore = async (name) => {
  const database = await createRxDatabase({ name, storage: getRxStorageDexie(), multiInstance: false });
  const { messages: collection } = await database.addCollections({
    messages: {
      schema: {
        version: 0,
        primaryKey: 'id',
        type: 'object',
        properties: {
          id: { type: 'string', maxLength: 36 },
          threadId: { type: 'string', maxLength: 36 },
          seq: { type: 'integer', minimum: 0, maximum: HIGHEST, multipleOf: 1 },
          authorId: { type: 'string' },
          text: { type: 'string' },
          createdAt: { type: 'number' },
        },
        required: ['id', 'threadId', 'seq'],
        indexes: [['threadId', 'seq']],
      } as const,
    },
  });
  const newest = (threadId: string, limit: number, below = HIGHEST) =>
    collection.find({
      selector: { threadId, seq: { $lte: below } },
      sort: [{ threadId: 'desc' }, { seq: 'desc' }],
      limit,
    });
  let asked = 0;
  return {
    load: async (messages) => void (await collection.bulkInsert([...messages])),
    insert: async (message) => void (await collection.insert(message)),
    // It answers from memory what it was asked before; a thread that is opened was not asked for.
    newest: async (threadId) => (await newest(threadId, NEWEST, HIGHEST - (asked += 1)).exec()).length,
    async watch(threadId, seen) {
      const subscription = newest(threadId, 1).$.subscribe(seen);
      return () => subscription.unsubscribe();
    },
    close: async () => void (await database.close()),
  };
};
