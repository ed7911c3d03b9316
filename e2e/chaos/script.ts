/** What people do: mostly they write. Each act is written down before the engine hears of it. */
import type { Mutators } from '@parley/core/mutators';
import { orgPeopleScope, threadPeopleScope, threadScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import type { Engine } from '@parley/sync/client';
import { Refusal } from '@parley/sync/mutator';
import { v7 as newId } from 'uuid';
import type { Act } from './history.ts';
import { pick, type Random } from './random.ts';
import type { SignedIn } from './people.ts';

export type ParleyEngine = Engine<Tables, Mutators>;
type Sending = ReturnType<ParleyEngine['mutate']>;

type ActName = 'message' | 'held' | 'scheduled' | 'edit' | 'reaction' | 'read' | 'members' | 'thread';
/** How often each is done, out of all. */
const ODDS: Record<ActName, number> = {
  message: 0.46,
  held: 0.05,
  scheduled: 0.04,
  edit: 0.12,
  reaction: 0.15,
  read: 0.12,
  members: 0.05,
  thread: 0.01,
};
/** Those that change who is in which thread. */
const MOVING: ReadonlySet<ActName> = new Set(['members', 'thread']);
/** Milliseconds in which a held message could be taken back. */
const HOLD_MS = 1_500;
/** Until a scheduled message is due. */
const DUE_MS = 3_000;
/** A thread is not emptied below so many people. */
const FEWEST = 3;

export class Script {
  /** Everything done, in the order in which it was begun. */
  readonly acts: Act[] = [];
  readonly #who: SignedIn;
  readonly #random: Random;
  readonly #settled: boolean;
  #written = 0;

  /** @param settled whether all stay in the threads that there are */
  constructor(who: SignedIn, random: Random, settled: boolean) {
    this.#who = who;
    this.#random = random;
    this.#settled = settled;
  }

  /** Resolves when what was done is safe on the device; never, where the program is killed before. */
  async doOne(engine: ParleyEngine): Promise<void> {
    const { personId } = this.#who;
    const mine = engine.allRows('participation').filter(({ data }) => data.leftAt === null);
    const threadId = pick(this.#random, mine)?.id;
    if (threadId === undefined) return;
    const messages = engine.rows(threadScope(threadId), 'message').filter(({ data }) => data.kind !== 'system');
    switch (this.#draw()) {
      case 'message':
        return void (await this.send(engine, threadId));
      case 'held':
        return void (await this.send(engine, threadId, HOLD_MS));
      case 'scheduled': {
        const [messageId, text] = [newId(), this.#newText()];
        const args = { threadId, messageId, text, replyTo: null, dueAt: Date.now() + DUE_MS };
        return this.#do({ kind: 'message', threadId, messageId, text, held: true }, () =>
          engine.mutate('scheduleMessage', args),
        );
      }
      case 'edit': {
        const messageId = pick(this.#random, messages.filter(({ data }) => data.authorId === personId).slice(-10))?.id;
        if (messageId === undefined) return void (await this.send(engine, threadId));
        const text = this.#newText();
        return this.#do({ kind: 'edit', threadId, messageId, text }, () =>
          engine.mutate('editMessage', { threadId, messageId, text }),
        );
      }
      case 'reaction': {
        const message = pick(this.#random, messages.slice(-20));
        if (!message) return;
        // Two devices of one person would undo what the other did.
        const emoji = this.#who.device.endsWith('second') ? '🎉' : '👍';
        const on = !(message.data.reactions[emoji] ?? []).includes(personId);
        return this.#do({ kind: 'reaction', threadId, messageId: message.id, text: emoji, on }, () =>
          engine.mutate('react', { threadId, messageId: message.id, emoji, on }),
        );
      }
      case 'read': {
        const seq = Math.max(0, ...messages.map(({ data }) => data.seq ?? 0));
        return this.#do({ kind: 'read', threadId, seq }, () =>
          engine.mutate('markRead', { threadId, seq, markEpoch: 0 }),
        );
      }
      case 'members':
        return this.#changeMembers(engine, threadId);
      case 'thread': {
        const people = this.#directory(engine);
        const participantIds = [0, 1, 2, 3].flatMap(() => pick(this.#random, people) ?? []);
        const threadId = newId();
        return this.#do({ kind: 'thread', threadId }, () =>
          beginThread(engine, this.#who.orgId, { threadId, participantIds }),
        );
      }
    }
  }

  /** @param holdMs for so long it could be taken back. @returns the text, unlike any other */
  async send(engine: ParleyEngine, threadId: string, holdMs?: number): Promise<string> {
    const [messageId, text] = [newId(), this.#newText()];
    await this.#do({ kind: 'message', threadId, messageId, text, held: holdMs !== undefined }, () =>
      engine.mutate('sendMessage', { threadId, messageId, text }, holdMs === undefined ? {} : { holdMs }),
    );
    return text;
  }

  #draw(): ActName {
    let left = this.#random();
    for (const [name, odds] of Object.entries(ODDS) as [ActName, number][]) {
      left -= odds;
      if (left < 0) return this.#settled && MOVING.has(name) ? 'message' : name;
    }
    return 'message';
  }

  async #changeMembers(engine: ParleyEngine, threadId: string): Promise<void> {
    const { personId, orgId } = this.#who;
    const here = engine
      .rows(threadPeopleScope(threadId), 'participant')
      .filter(({ data }) => data.leftAt === null)
      .map(({ id }) => id);
    const messageId = newId();
    if (here.length > FEWEST && this.#random() < 0.5) {
      const gone = pick(this.#random, here) ?? personId;
      return unlessRefused(saved(engine.mutate('removeParticipant', { threadId, messageId, personId: gone })));
    }
    const added = pick(
      this.#random,
      this.#directory(engine).filter((id) => !here.includes(id)),
    );
    if (added === undefined) return;
    const args = { threadId, orgId, messageId, personIds: [added] };
    await unlessRefused(saved(engine.mutate('addParticipants', args)));
  }

  #directory(engine: ParleyEngine): string[] {
    return engine.rows(orgPeopleScope(this.#who.orgId), 'person').map(({ id }) => id);
  }

  #newText(): string {
    this.#written += 1;
    return `${this.#who.device} ${this.#written}`;
  }

  /** What the rules refuse at once was never done. */
  async #do(given: Partial<Act> & Pick<Act, 'kind' | 'threadId'>, mutate: () => Sending): Promise<void> {
    const act: Act = { messageId: '', text: '', on: true, seq: 0, held: false, id: null, kept: false, ...given };
    this.acts.push(act);
    try {
      const sent = await mutate();
      act.id = sent.id;
      await sent.saved;
      act.kept = true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.acts.splice(this.acts.indexOf(act), 1);
    }
  }
}

/** @throws where the rules refuse it */
export const startThread = (...thread: Parameters<typeof beginThread>): Promise<void> => saved(beginThread(...thread));

const beginThread = (
  engine: ParleyEngine,
  orgId: string,
  thread: { threadId: string; participantIds: readonly string[] },
): Sending =>
  engine.mutate('createThread', { ...thread, orgId, subject: 'A thread', participantIds: [...thread.participantIds] });

const saved = async (sending: Sending): Promise<void> => (await sending).saved;

/** Guests may not do everything, and what somebody else did a moment ago may be in the way. */
const unlessRefused = (done: Promise<void>): Promise<void> =>
  done.catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
  });
