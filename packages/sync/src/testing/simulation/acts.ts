/** What people do, each act with the numbers that say who and where. */
import type { MutateOptions, Pending } from '../../client/engine.ts';
import { DISCARDED } from '../../client/ports.ts';
import { Refusal, type ArgsOf, type ScopeId } from '../../mutator.ts';
import { composedIn, type Composed } from './ledger.ts';
import type { Mutators } from './mutators.ts';
import { notesScope, threadScope, userScope } from './program.ts';
import { secretOf } from './secrets.ts';
import type { Step } from './plan.ts';
import type { Device, OpenTab, World } from './world.ts';

interface Hand {
  world: World;
  device: Device;
  open: OpenTab;
  thread: string;
  /** The organisation that the person acts for there, if any. */
  org: string | undefined;
  step: Step;
}
type Act = (hand: Hand) => void;

export function choose<T>(items: readonly T[], number: number): T | undefined {
  return items[Math.floor(number * items.length)];
}

/** By a number that says nothing else yet. */
const pick = <T>(items: readonly T[], { at }: Step): T | undefined => items[at % items.length];

function run<N extends keyof Mutators>(
  { world, device, open }: Hand,
  name: N,
  args: ArgsOf<Mutators[N]>,
  { composed, ...options }: MutateOptions & { composed?: Omit<Composed, 'order' | 'state'> & { held: boolean } } = {},
): void {
  world.say(() => `${open.tab.name}: ${name} ${JSON.stringify(args)} ${JSON.stringify(options)}`);
  open.engine.mutate(name, args, options).then(
    ({ id, saved }) => {
      world.tally.rule('CLI1');
      const note = () => {
        const item = device.profile.outbox?.items.get(id);
        if (item?.n === 0 && item.after) world.parked.add(id);
      };
      if (!composed) return void saved.then(note, () => {});
      const { held, ...rest } = composed;
      const own: Composed = { ...rest, state: 'saving', order: held ? null : world.ledger.composed.size };
      world.ledger.add(own);
      if (own.kind === 'message') open.watcher.follow(own.id, own.scope);
      saved.then(
        () => {
          world.tally.rule('CLI3');
          note();
          own.state = 'saved';
          if (own.draft !== null) {
            world.tally.rule('CLI6');
            if (device.profile.outbox?.drafts.has(own.draft))
              world.fail('CLI6', `${own.id} is there, and its draft too`);
          }
          if (open.watcher.wasTakenBack(own.id)) world.fail('CLI13', `${own.id} was taken back and is saved`);
        },
        () => {
          world.tally.rule('CLI11');
          own.state = 'unsafe';
          open.watcher.unfollow(own.id);
        },
      );
    },
    (error: unknown) => {
      if (error instanceof Refusal) world.tally.rule('CLI12');
      else world.clock.fail(error instanceof Error ? error : new Error(String(error)));
    },
  );
}

const composedBy = (
  { device, open, thread }: Hand,
  id: string,
  kind: Composed['kind'],
  more: { held?: boolean; draft?: string | undefined; scope?: ScopeId } = {},
) => ({
  id,
  kind,
  author: device.personId,
  thread,
  scope: more.scope ?? threadScope(thread),
  tab: open.tab.name,
  device: device.name,
  excuse: null,
  cloned: false,
  held: more.held ?? false,
  draft: more.draft ?? null,
});

interface SendOptions {
  holdMs?: number;
  draft?: string | undefined;
  /** Whose note it is, where it is one. */
  org?: string;
}

function send(hand: Hand, { holdMs = 0, draft, org }: SendOptions = {}): void {
  const { world, thread, device } = hand;
  const isHeldUp = ({ heldUntil, lane }: Pending) => heldUntil !== null && lane === threadScope(thread);
  if (holdMs === 0 && hand.open.engine.items().some(isHeldUp)) world.tally.rule('HOLD1');
  const id = world.newId(org === undefined ? 'm' : 'note');
  const scope = org === undefined ? threadScope(thread) : notesScope(thread, org);
  const words = draft === undefined ? `words of ${id}` : `draft of ${id}`;
  const text = org === undefined ? words : secretOf(scope, device.personId, id);
  const tag = device.line.release === 'before' ? {} : { tag: 'new' };
  const options = {
    composed: composedBy(hand, id, 'message', { held: holdMs > 0, draft, scope }),
    ...(holdMs > 0 ? { holdMs } : {}),
    ...(draft === undefined ? {} : { clearDraft: draft }),
  };
  const mutate = () =>
    org === undefined
      ? run(hand, 'send', { thread, id, text, ...tag } as ArgsOf<Mutators['send']>, options)
      : run(hand, 'sendNote', { thread, org, id, text }, options);
  if (draft === undefined) return mutate();
  void hand.open.engine.saveDraft(draft, text).then(mutate, () => {});
}

const anyMessage = ({ open, thread, step }: Hand, isMine?: string, scope = threadScope(thread)) =>
  choose(
    open.watcher.messages(scope).filter(({ data }) => isMine === undefined || data.author === isMine),
    step.c,
  );

const change = (kind: 'invite' | 'remove'): Act => {
  return (hand) => {
    const { world, thread, device, step } = hand;
    const others = world.people.filter((person) => person !== device.personId || (kind === 'remove' && step.c > 0.8));
    const person = choose(others, step.c);
    if (person === undefined) return;
    run(hand, kind, { thread, person, org: pick(world.orgs.get(person) ?? [], step), id: world.newId('notice') });
  };
};

const myNote = (hand: Hand) =>
  hand.org === undefined ? undefined : anyMessage(hand, hand.device.personId, notesScope(hand.thread, hand.org));

/** Items of the queue that a person can still do something about. */
const queued = ({ open, step }: Hand, wanted: (item: { state: string; heldUntil: number | null }) => boolean) =>
  choose(open.engine.items().filter(wanted), step.c);

export const ACTS = {
  send: (hand) => send(hand),
  sendThree: (hand) => {
    for (let left = 3; left > 0; left -= 1) send(hand);
  },
  sendHeld: (hand) => {
    if (hand.open.engine.items().some(({ heldUntil }) => heldUntil !== null)) hand.world.tally.rule('HOLD4');
    send(hand, { holdMs: 1_000 + hand.step.c * 15_000 });
  },
  sendDraft: (hand) => send(hand, { draft: `${hand.thread} ${hand.world.newId('draft')}` }),
  count: (hand) => {
    const token = hand.world.newId('token');
    run(hand, 'count', { thread: hand.thread, token }, { composed: composedBy(hand, token, 'token') });
  },
  edit: (hand) => {
    const message = anyMessage(hand, hand.device.personId);
    if (!message) return;
    run(hand, 'edit', { thread: hand.thread, id: message.id, text: hand.world.newId('edited') });
  },
  editOfAnother: (hand) => {
    const message = choose(
      hand.open.watcher.messages(threadScope(hand.thread)).filter(({ data }) => data.author !== hand.device.personId),
      hand.step.c,
    );
    if (message) run(hand, 'edit', { thread: hand.thread, id: message.id, text: 'not mine' });
  },
  like: (hand) => {
    const message = anyMessage(hand);
    if (message) run(hand, 'like', { thread: hand.thread, id: message.id, on: hand.step.at % 3 > 1 });
  },
  pin: (hand) => run(hand, 'pin', { thread: hand.thread, id: 'pin-1', on: true }),
  unpin: (hand) => run(hand, 'pin', { thread: hand.thread, id: 'pin-1', on: false }),
  read: (hand) => {
    const { engine, tab } = hand.open;
    const open = engine.items().filter(({ state }) => state !== 'failed' && state !== 'applied');
    if (open.some(({ name }) => name === 'read')) {
      const counted = open.filter(({ name }) => !['read', 'type', DISCARDED].includes(name));
      hand.world.tally.rule('CLI19');
      if (engine.status().waiting !== counted.length) hand.world.fail('CLI19', `${tab.name} counts what is read`);
    }
    const seq = anyMessage(hand)?.data.seq;
    if (seq != null) run(hand, 'read', { thread: hand.thread, seq });
  },
  type: (hand) => {
    const { world, device } = hand;
    const before = [...(device.profile.outbox?.items.values() ?? [])].filter(({ name }) => name === 'type');
    world.tally.rule('JOIN1');
    if (before.some(({ sealed, state }) => sealed && state === 'waiting')) world.tally.rule('JOIN2');
    for (let left = 3; left > 0; left -= 1) {
      const key = world.newId('key');
      const composed = composedBy(hand, key, 'typed');
      run(hand, 'type', { thread: hand.thread, text: `${key} ` }, { composed });
    }
  },
  invite: change('invite'),
  remove: change('remove'),
  startDirect: (hand) => {
    const { world, device, step } = hand;
    const other = choose(
      world.people.filter((person) => person !== device.personId),
      step.c,
    );
    if (other === undefined) return;
    const people = [device.personId, other].sort();
    run(hand, 'start', { thread: `direct-${people.join('-')}`, people });
  },
  retry: (hand) => {
    const item = queued(hand, ({ state }) => state === 'failed');
    if (!item) return;
    hand.world.say(() => `${hand.open.tab.name}: retry ${JSON.stringify(item)}`);
    hand.world.tally.rule('DEAD1');
    for (const id of composedIn(item)) {
      const composed = hand.world.ledger.composed.get(id);
      if (composed) composed.order = null;
    }
    hand.open.engine.retry(item.id).catch(() => {});
  },
  discard: (hand) => {
    const item = queued(hand, ({ state }) => state !== 'applied' && state !== 'saving');
    if (!item) return;
    hand.world.say(() => `${hand.open.tab.name}: discard ${JSON.stringify(item)}`);
    const ids = composedIn(item);
    // What was typed right before may just have become a part of it.
    const typed = [...hand.world.ledger.composed.values()].filter(
      ({ kind }) => item.name === 'type' && kind === 'typed',
    );
    hand.world.ledger.excuse([...ids, ...typed.map(({ id }) => id)], 'discarded');
    for (const { watcher } of hand.device.tabs) for (const id of ids) watcher.unfollow(id);
    hand.open.engine.discard(item.id).catch(() => {});
  },
  withdraw: (hand) => {
    const item = queued(hand, ({ heldUntil }) => heldUntil !== null);
    if (!item) return;
    hand.world.say(() => `${hand.open.tab.name}: withdraw ${item.id}`);
    hand.open.engine.withdraw(item.id).then(
      (withdrawn) => {
        if (withdrawn) hand.world.tally.rule('HOLD3');
      },
      () => {},
    );
  },
  sendNow: (hand) => {
    const item = queued(hand, ({ heldUntil }) => heldUntil !== null);
    if (!item) return;
    hand.world.tally.rule('HOLD5');
    hand.open.engine.sendNow(item.id).catch(() => {});
  },
  older: ({ open, thread, step }) => {
    const scope = threadScope(thread);
    const low = open.watcher.messages(scope).at(-4)?.data.seq;
    if (low != null && step.c < 0.5) open.engine.leaveOlder(scope, low);
    void open.engine.loadOlder(scope);
  },
  look: ({ open, thread }) => open.watcher.toggle(thread),
  wake: ({ open }) => open.engine.wake(),
} satisfies Record<string, Act>;

/** In threads of partners. */
const NOTE_ACTS = {
  note: (hand) => {
    const { org, world, step } = hand;
    if (org === undefined) return;
    const isHeld = step.c < 0.15;
    const draft = step.c > 0.85 ? `${hand.thread} ${world.newId('draft')}` : undefined;
    send(hand, { org, draft, holdMs: isHeld ? 1_000 + step.b * 15_000 : 0 });
  },
  editNote: (hand) => {
    const { thread, org, world, device } = hand;
    const note = myNote(hand);
    if (!note || org === undefined) return;
    const text = secretOf(notesScope(thread, org), device.personId, world.newId('edited'));
    run(hand, 'editNote', { thread, org, id: note.id, text });
  },
  deleteNote: (hand) => {
    const { thread, org } = hand;
    const note = myNote(hand);
    if (note && org !== undefined) run(hand, 'deleteNote', { thread, org, id: note.id });
  },
  olderNotes: ({ open, thread, org }) => {
    if (org !== undefined) void open.engine.loadOlder(notesScope(thread, org));
  },
  actFor: (hand) => {
    const { world, thread, step } = hand;
    const person = choose(world.people, step.c);
    if (person === undefined) return;
    run(hand, 'actFor', { thread, person, org: pick([...(world.orgs.get(person) ?? []), undefined], step) });
  },
} satisfies Record<string, Act>;

const EVERY_ACT = { ...ACTS, ...NOTE_ACTS };
export const isAct = (name: string): name is keyof typeof EVERY_ACT => name in EVERY_ACT;

/** One person does one thing in one tab, where there is a tab in which it can be done. */
export function act(world: World, name: keyof typeof EVERY_ACT, step: Step): void {
  const chosen = choose(world.running(), step.a);
  if (!chosen) return;
  const { device, open } = chosen;
  const thread = choose(open.watcher.threads(), step.b);
  if (thread === undefined) return;
  EVERY_ACT[name]({ world, device, open, thread, org: open.watcher.orgIn(thread), step });
}

/** What the server does by itself: many rows at once, in a thread. */
export async function bulk(world: World, step: Step): Promise<void> {
  const api = choose(world.liveApis(), step.a);
  const thread = choose(['t0', 't1'], step.b) ?? 't0';
  const isPut = step.c < 0.6;
  await api?.server.act(
    null,
    { write: [threadScope(thread)], lock: [userScope(world.people[0] ?? '')] },
    async (tx) => {
      for (let place = 0; place < 70; place += 1) {
        const id = `bulk-${place}`;
        if (isPut) tx.put('pin', threadScope(thread), id, { by: 'nobody' });
        else if (await tx.get('pin', threadScope(thread), id)) tx.remove('pin', threadScope(thread), id);
      }
    },
  );
  world.tally.rule('ACT1');
}
