/**
 * That an organisation's notes reach nobody else, by whatever way: the same history is lived through on two servers, on one
 * with notes and on the other without them. Each of those who must not know of them calls every procedure of the router,
 * every mutator and every scope; no byte they get holds a word of a note, and all of it is the same on both servers.
 * Rules: packages/sync/SPEC.md, [NOTE1].
 */
import { mutators, type MutatorName } from '@parley/core/mutators';
import {
  isPaged,
  notesScope,
  orgPeopleScope,
  orgScope,
  scopesOfThread,
  threadScope,
  userScope,
} from '@parley/core/scopes';
import { queueNames } from '@parley/jobs';
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { arbitraryOf, type Schema } from '@parley/sync/testing/arbitrary-of';
import fc from 'fast-check';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { symbols } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { putMember } from './accounts/people.ts';
import { exportOrganisation } from './exports/export-organisation.ts';
import { logger, setLogLevel } from './logger.ts';
import { appRouter, procedureKinds } from './router.ts';
import type { Browser } from './testing/browser.ts';
import { beginAffairs, samples, type Scene } from './testing/samples.ts';
import type { Socket } from './testing/socket.ts';
import { SyncClient } from './testing/sync-client.ts';
import {
  addMember,
  makeCast,
  PASSWORD,
  startTestServer,
  type Somebody,
  type TestServer,
} from './testing/test-server.ts';

const SEED = 5_519;
const MARKER = 'zanzibar';
/** What the other organisation writes in its own notes. */
const THEIRS = 'timbuktu';
const TO_ALL = 'To everybody';

/** The partner comes last: there is much that they may do. */
const roles = {
  guest: 'a guest of the same organisation',
  both: 'somebody of both who acts for the other',
  removed: 'a member who was removed, and had read notes',
  outsider: 'an outsider',
  partner: 'the owner of the partner organisation',
};
const onlookers = Object.keys(roles);
/** Somebody for whom the notes are: the same ears hear them. */
const READER = 'reader';

const endless = { points: 1_000_000, seconds: 1 };
const limits = Object.fromEntries(
  [
    'guessByAddress',
    'guessByAccount',
    'guessByAccountAndAddress',
    'confirm',
    'ceremony',
    'linkByAddress',
    'linkByAccount',
  ]
    .concat('invite', 'demo', 'sync', 'live')
    .map((name) => [name, endless]),
);

/** One of them, at their browser: its calls over HTTP, and the socket of its engine. */
class Ear {
  readonly person: Somebody;
  readonly browser: Browser;
  readonly socket: Socket;
  /** Answers over HTTP as they came, each behind what was asked. */
  readonly answers: string[] = [];
  readonly #caller: { protocol: number; personId: string; clientId: string };

  /** Signs in, and subscribes to whatever there is. */
  static async open(server: TestServer, scene: Scene, person: Somebody): Promise<Ear> {
    const browser = await server.browser().signIn(person, PASSWORD);
    const ear = new Ear(person, browser, await browser.connect());
    for (const [path, kind] of procedureKinds) {
      if (kind !== 'subscription') continue;
      const input = { ...(samples[path]?.input(scene, person) as object), clientId: ear.#caller.clientId };
      const params = { path, input };
      ear.socket.sendRaw(JSON.stringify({ id: `live ${path}`, method: kind, params }));
      await ear.until(`"id":"live ${path}","result":{"type":"data"`);
    }
    return ear;
  }

  constructor(person: Somebody, browser: Browser, socket: Socket) {
    this.person = person;
    this.browser = browser;
    this.socket = socket;
    this.#caller = { protocol: PROTOCOL_VERSION, personId: person.personId, clientId: uuidv7() };
  }

  async call(path: string, input: unknown): Promise<void> {
    const kind = procedureKinds.get(path) === 'query' ? 'query' : 'mutation';
    const { status, headers, text } = await this.browser.call(kind, path, input);
    this.answers.push(`${path} ${status} ${headers.get('content-type')} ${text}`);
  }

  /** As the engine does: over the socket. */
  sync(path: string, input: object): Promise<unknown> {
    return this.socket.call('mutation', path, { ...this.#caller, ...input });
  }

  /** A mutation of a client that does nothing else. */
  async push(name: MutatorName, args: unknown): Promise<void> {
    const lane = mutators[name].lane(mutators[name].args.parse(args) as never, this.person.personId);
    const mutation = { id: uuidv7(), lane, n: 1, name, version: 1, args, at: 0 };
    await this.sync('sync.push', { clientId: uuidv7(), incarnation: null, mutations: [mutation] });
  }

  async until(text: string): Promise<void> {
    while (!this.socket.heard.some((frame) => frame.includes(text))) await delay(5);
  }

  /** What came on the stream, and what was answered. */
  get told(): string[] {
    return this.socket.heard.filter((frame) => frame.startsWith('{"id":"live '));
  }
  get said(): string[] {
    return [...this.answers, ...this.socket.heard.filter((frame) => /^\{"id":\d/.test(frame))];
  }
}

interface Lived {
  told: Record<string, string[]>;
  said: Record<string, string[]>;
  /** All that they ever got, also when the worker had done its part. */
  everything: Record<string, string>;
  /** What the other organisation, and the one whose notes they are, may take with them. */
  exports: { theirs: string; ours: string };
  /** Of the organisation whose notes they are, read by its owner. */
  auditLog: string;
  jobs: string;
  mails: string;
  workersLog: string;
}

async function live(withNotes: boolean): Promise<Lived> {
  const server = await startTestServer({ limits });
  setLogLevel('debug');
  const { services } = server;
  const folder = await mkdtemp(join(tmpdir(), 'parley-notes-'));
  try {
    const cast = await makeCast(services);
    const { acme, globex, alice, bob, carol, dave } = cast;
    const somebody = (name: string) => ({ personId: uuidv7(), name, email: `${name.toLowerCase()}@example.org` });
    const [gus, erin, rob, ida] = ['Gus', 'Erin', 'Rob', 'Ida'].map(somebody) as [
      Somebody,
      Somebody,
      Somebody,
      Somebody,
    ];
    await addMember(services, { ...gus, orgId: acme, role: 'guest' });
    for (const person of [erin, rob]) await addMember(services, { ...person, orgId: acme, role: 'member' });
    await addMember(services, { ...ida, orgId: globex, role: 'guest' });
    const inGlobex = { write: [userScope(erin.personId), orgPeopleScope(globex)] };
    await services.acts.act(null, inGlobex, (tx) => putMember(tx, { ...erin, orgId: globex, role: 'member' }));

    // The two organisations become partners and share a thread.
    const owner = await server.browser().signIn(alice, PASSWORD);
    const partner = await server.browser().signIn(carol, PASSWORD);
    const invited = await owner.call('mutation', 'partners.invite', { orgId: acme, email: carol.email });
    const token = (invited.data as { url: string }).url.split('/').at(-1);
    await partner.call('mutation', 'partners.accept', { token, orgId: globex });
    const scene: Scene = { ...cast, ...(await beginAffairs(owner, acme)), gus, rob, erin, threadId: uuidv7() };
    const { threadId } = scene;
    const ofCarol = await beginAffairs(partner, globex);
    // The same, as seen from the other side: there the partner is asked no stranger's questions.
    const otherSide = { acme: globex, globex: acme, alice: carol, bob: erin, carol: alice, gus: ida, rob: erin };
    const theirScene: Scene = { ...scene, ...ofCarol, ...otherSide };

    const lane = threadScope(threadId);
    const writer = await SyncClient.connect(owner, alice.personId);
    const theirs = await SyncClient.connect(partner, carol.personId);
    const member = await SyncClient.connect(await server.browser().signIn(rob, PASSWORD), rob.personId);
    const must = async (client: SyncClient, name: MutatorName, args: object) => {
      const result = await client.push(name, args, lane);
      if (result?.status !== 'applied') throw new Error(`${name} was not done: ${JSON.stringify(result)}`);
    };
    const ofNotes = async (client: SyncClient, name: MutatorName, args: object) => {
      if (withNotes) await must(client, name, args);
    };
    await must(writer, 'createThread', {
      ...{
        threadId,
        orgId: acme,
        subject: 'Delivery',
        participantIds: [bob, gus, rob].map(({ personId }) => personId),
      },
      partners: [{ orgId: globex, personIds: [carol.personId], permission: 'invite' }],
    });
    const added = { threadId, orgId: globex, messageId: uuidv7(), personIds: [erin.personId] };
    await must(theirs, 'addParticipants', added);
    const messages = [uuidv7(), uuidv7()] as const;
    await must(theirs, 'sendMessage', { threadId, messageId: messages[0], text: 'When does it come?' });
    const note = { threadId, orgId: acme };
    const notes = [uuidv7(), uuidv7(), uuidv7(), uuidv7()] as const;
    await ofNotes(writer, 'sendNote', { ...note, messageId: notes[0], text: `${MARKER}, between us` });
    await ofNotes(member, 'sendNote', { ...note, messageId: notes[1], text: `${MARKER} by one who leaves` });
    await owner.call('mutation', 'organisations.deactivateMember', { orgId: acme, personId: rob.personId });

    const people: Record<string, Somebody> = { partner: carol, guest: gus, both: erin, removed: rob, outsider: dave };
    const ears = new Map<string, Ear>();
    for (const [role, person] of Object.entries({ ...people, [READER]: bob }))
      ears.set(role, await Ear.open(server, scene, person));
    const scopes = [
      ...scopesOfThread(threadId),
      ...[acme, globex].flatMap((orgId) => [notesScope(threadId, orgId), orgScope(orgId), orgPeopleScope(orgId)]),
      ...[alice, bob, carol, dave, gus, erin, rob].map(({ personId }) => userScope(personId)),
    ];
    const { incarnation } = await services.db
      .selectFrom('installation')
      .select('incarnation')
      .executeTakeFirstOrThrow();
    const readAll = async (ear: Ear) => {
      for (const from of [null, 0, 1]) {
        const asks = scopes.map((scope) => ({ scope, from, epoch: from === null ? null : 1, window: 50 }));
        await ear.sync('sync.pull', { incarnation: null, scopes: asks });
      }
      for (const scope of scopes) {
        const one = { scope, incarnation, epoch: 1 };
        if (isPaged(scope)) await ear.sync('sync.page', { ...one, before: 100, limit: 50 });
        await ear.sync('sync.audit', { ...one, version: 4, low: 1, count: 0, sum: '0'.repeat(32) });
      }
    };
    for (const ear of ears.values()) await readAll(ear);

    // What is written while they are there.
    const updates = { rootId: null, kind: 'note', generation: 0, updates: ['AAA='], text: MARKER, added: MARKER };
    await ofNotes(writer, 'mergeDraft', { threadId, ...updates });
    await ofNotes(writer, 'sendNote', { ...note, messageId: notes[2], text: `${MARKER} <@${bob.personId}> again` });
    await ofNotes(writer, 'editNote', { ...note, messageId: notes[2], text: `${MARKER}, says <@${carol.personId}>` });
    await ofNotes(writer, 'reactToNote', { ...note, messageId: notes[2], emoji: '👍', on: true });
    await ofNotes(writer, 'sendNote', { ...note, messageId: notes[3], text: `${MARKER}, not for long` });
    await ofNotes(writer, 'deleteNote', { ...note, messageId: notes[3] });
    await ofNotes(writer, 'markRead', { threadId, seq: 0, noteSeq: 3, markEpoch: 0 });
    await must(theirs, 'sendNote', { threadId, orgId: globex, messageId: uuidv7(), text: `${THEIRS}, late again` });
    await must(writer, 'sendMessage', { threadId, messageId: messages[1], text: TO_ALL, replyTo: messages[0] });
    for (const role of ['partner', 'guest', 'both', READER]) await ears.get(role)?.until(TO_ALL);

    const listening = [...onlookers, READER].flatMap((role) => ears.get(role) ?? []);
    for (const ear of listening) await readAll(ear);
    const known = [...notes, ...messages];
    const tried = listening.filter(({ person }) => person !== bob);
    await mutateEverything(tried, scene, known);
    for (const ear of tried) await readAll(ear);
    await callEverything(tried, [scene, theirScene], known);
    for (const ear of listening) {
      await readAll(ear);
      // What they write themselves comes last on their stream.
      await ear.push('changeSettings', { undoSeconds: 30 });
      await ear.until('"undoSeconds":30');
    }
    const heard = <What>(what: (ear: Ear) => What) =>
      Object.fromEntries([...ears].map(([role, ear]) => [role, what(ear)]));
    const lived = { told: heard((ear) => ear.told), said: heard((ear) => ear.said) };
    const { text: auditLog } = await owner.call('query', 'audit.list', { orgId: acme, limit: 500 });
    const jobs = JSON.stringify(await services.db.selectFrom('job').selectAll().execute());
    const { mails, log } = await work(server, folder);
    for (const ear of listening) {
      await readAll(ear);
      await ear.call('accounts.signOut', undefined);
    }
    const exported = async (id: string, name: string) => {
      const into = await mkdtemp(join(folder, 'export-'));
      await exportOrganisation(services.db, { organisation: { id, name }, folder: into, now: Date.now() });
      return (await textsIn(into)).join('\n');
    };
    const exports = { theirs: await exported(globex, 'Globex'), ours: await exported(acme, 'Acme') };
    const everything = heard(({ answers, socket }) => [...answers, ...socket.heard].join('\n'));
    for (const open of [writer, theirs, member, ...listening.map(({ socket }) => socket)]) open.close();
    return { ...lived, everything, exports, auditLog, jobs, mails, workersLog: log };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

/** Ids that name something, most of them; of a note as of anything else. */
function idsIn(scene: Scene, ids: readonly string[]): (field: string) => fc.Arbitrary<string> {
  const { acme, globex, alice, bob, carol, gus, rob, threadId } = scene;
  const people = [alice, bob, carol, gus, rob].map(({ personId }) => personId);
  return (field) => {
    if (/^(org|partner)Id|homeOrg/.test(field)) return fc.constantFrom(acme, globex);
    if (/person|participant|member|from|into/i.test(field)) return fc.constantFrom(...people, ...ids);
    return /thread/i.test(field) ? fc.constant(threadId) : fc.constantFrom(...ids);
  };
}

/** Every mutator, with whatever it takes. What takes people out comes last: all the rest is tried by those who are in. */
async function mutateEverything(ears: readonly Ear[], scene: Scene, ids: readonly string[]): Promise<void> {
  const last: MutatorName = 'removeParticipant';
  for (const name of [...(Object.keys(mutators) as MutatorName[]).filter((each) => each !== last), last]) {
    const args = arbitraryOf(mutators[name].args as unknown as Schema, { idsFor: idsIn(scene, ids) });
    for (const each of fc.sample(args, { seed: SEED, numRuns: 4 })) for (const ear of ears) await ear.push(name, each);
  }
}

/**
 * Every procedure, with what would be right on either side. Those that reach more than the caller's own are asked with
 * whatever they take, besides. Reading comes first.
 */
async function callEverything(
  ears: readonly Ear[],
  scenes: readonly [Scene, Scene],
  ids: readonly string[],
): Promise<void> {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { inputs: Schema[] } }>;
  const isQuery = (path: string) => procedureKinds.get(path) === 'query';
  const order = Object.entries(samples).toSorted(([a], [b]) => Number(isQuery(b)) - Number(isQuery(a)));
  const [here] = scenes;
  for (const [path, { input, isPublic, ownOnly }] of order) {
    // The end of it all.
    if (path === 'accounts.signOut' || procedureKinds.get(path) === 'subscription') continue;
    const isOwn = isPublic || ownOnly;
    const schema = isOwn ? undefined : procedures[path]?._def.inputs[0];
    const inputs = schema && fc.sample(arbitraryOf(schema, { idsFor: idsIn(here, ids) }), { seed: SEED, numRuns: 3 });
    for (const ear of ears) {
      for (const scene of isOwn ? [here] : scenes) await ear.call(path, input(scene, ear.person));
      for (const each of inputs ?? []) await ear.call(path, each);
    }
  }
}

/** Has the worker do what there is to do. @returns what it mailed, and its log */
async function work(server: TestServer, folder: string): Promise<{ mails: string; log: string }> {
  const { publicUrl, authSecret } = server.services.settings;
  const worker = fork(new URL('../../worker/src/main.ts', import.meta.url).pathname, {
    execArgv: [],
    silent: true,
    env: {
      ...process.env,
      ...{ DATABASE_URL: server.databaseUrl, REDIS_URL: '', LOG_LEVEL: 'debug', DATA_DIR: folder },
      ...{ PUBLIC_URL: publicUrl, AUTH_SECRET: authSecret },
    },
  });
  let log = '';
  for (const stream of [worker.stdout, worker.stderr]) stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const mailed = async () => (await textsIn(join(folder, 'mail'))).filter((mail) => mail.includes('zoe@example.org'));
  const waiting = () => server.services.db.selectFrom('job').select('id').where('kind', 'in', queueNames).execute();
  while ((await waiting()).length > 0 || (await mailed()).length < 2) {
    if (worker.exitCode !== null) throw new Error(`The worker is gone: ${log}`);
    await delay(50);
  }
  worker.kill('SIGTERM');
  await once(worker, 'close');
  return { mails: (await textsIn(join(folder, 'mail'))).join('\n'), log };
}

async function textsIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return Promise.all(
    files.filter((file) => file.isFile()).map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
  );
}

/** Without what is never twice the same: ids are called by their first appearance, moments and secrets are all alike. */
function plain(texts: readonly string[]): string[] {
  const ids = new Map<string, string>();
  const called = (id: string) => {
    const name = ids.get(id) ?? `id ${ids.size}`;
    ids.set(id, name);
    return name;
  };
  return texts.map((text) =>
    text
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, called)
      .replaceAll(/\b1\d{12}\b|\d{4}-\d\d-\d\d[T ][\d:.]+/g, 'a moment')
      .replaceAll(/[\w-]{32,}/g, 'a secret'),
  );
}

let withNotes: Lived;
let without: Lived;
const serversLog: string[] = [];
beforeAll(async () => {
  const stream = (logger as unknown as Record<symbol, { write(line: string): boolean }>)[symbols.streamSym];
  if (!stream) throw new Error('The log has no stream.');
  vi.spyOn(stream, 'write').mockImplementation((line) => serversLog.push(line) > 0);
  withNotes = await live(true);
});
beforeAll(async () => {
  without = await live(false);
});
afterAll(() => {
  setLogLevel('silent');
  vi.restoreAllMocks();
});

describe.each(Object.entries(roles))('[NOTE1] %s, %s', (role) => {
  test('gets no word of a note', () => {
    expect(withNotes.everything[role]).toContain(role === 'outsider' || role === 'removed' ? '"forbidden"' : TO_ALL);
    expect(withNotes.everything[role]).not.toContain(MARKER);
  });

  test('has called every procedure', () => {
    const calls = withNotes.everything[role]?.matchAll(/^([\w.]+) \d+ |^\{"id":"live ([\w.]+)"/gm) ?? [];
    const called = new Set([...calls].map(([, answered, told]) => answered ?? told));
    expect([...procedureKinds.keys()].filter((path) => !called.has(path))).toEqual([]);
  });

  test('is answered the same without notes', () => {
    expect(plain(withNotes.said[role] ?? [])).toEqual(plain(without.said[role] ?? []));
  });

  test('is told the same without notes', () => {
    expect(plain(withNotes.told[role] ?? [])).toEqual(plain(without.told[role] ?? []));
  });
});

describe('[NOTE1] an organisation’s notes', () => {
  test('are heard by those they are for, at once and when they ask', () => {
    expect(withNotes.told[READER]?.join()).toContain(MARKER);
    expect(withNotes.said[READER]?.join()).toContain(MARKER);
    expect(without.everything[READER]).not.toContain(MARKER);
    expect(withNotes.everything[READER]).not.toContain(THEIRS);
    expect(withNotes.everything['partner']).toContain(THEIRS);
  });

  test('are in its own export, and in nobody else’s', () => {
    expect(withNotes.exports.ours).toContain(MARKER);
    expect(withNotes.exports.ours).not.toContain(THEIRS);
    expect(withNotes.exports.theirs).toContain(THEIRS);
    expect(withNotes.exports.theirs).not.toContain(MARKER);
    expect(plain([withNotes.exports.theirs])).toEqual(plain([without.exports.theirs]));
  });

  test('are in no audit log, job, mail or log', () => {
    const { auditLog, jobs, mails, workersLog } = withNotes;
    const all = { auditLog, jobs, mails, workersLog, serversLog: serversLog.join('') };
    const seen = ['"deactivated"', 'note.sent', 'zoe@example.org', '"ready"', 'a partner was accepted'];
    for (const [index, [name, text]] of Object.entries(all).entries()) {
      expect(text, name).toContain(seen[index]);
      expect(text, name).not.toContain(MARKER);
    }
  });
});
