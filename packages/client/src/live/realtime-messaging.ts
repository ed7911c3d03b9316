/** The live connection of a person, the same for pages and for services: its state, what is new, and who is there. */
import { notesScope, orgScope, parseScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { ConnectionState } from '@parley/sync/client';
import type { ScopeId } from '@parley/sync/mutator';
import { createListeners, stopOf, type Stop } from './listeners.ts';
import type { LiveEngine } from './live-engine.ts';
import { watchNews, type NewMessage, type Notification, type ThreadChange } from './news.ts';
import type { PeopleThere } from './people-there.ts';
import { RealtimeError } from './realtime-error.ts';
import type { RoomsDoor } from './rooms-door.ts';
import { createTypingPace, type TypingPace } from './typing-pace.ts';

export interface PresenceChange {
  room: 'organisation' | 'thread';
  /** Of the organisation, or of the thread. */
  id: string;
  /** Everybody else who is there now. */
  people: PeopleThere;
}

/**
 * Every `on…` takes a listener and returns how to stop. What a listener throws, or rejects with, goes to `onError` as
 * `LISTENER` and keeps nobody else from hearing.
 */
export interface RealtimeMessaging {
  /**
   * `connecting`, `live`, `reconnecting` (with `attempt` and `nextTryAt`), `offline`, `resting` where tries are limited,
   * `unauthorised` or `outdated`. The last three do not end by themselves.
   */
  readonly state: ConnectionState;
  /** Whether the state is `live`. */
  readonly isConnected: boolean;
  onStateChange(listener: (state: ConnectionState) => unknown): Stop;

  /**
   * Every message that is new in any thread of the person, their own and the software's too: each once, in the order of
   * its thread, and none that was there before. What came while there was no connection follows after it.
   */
  onNewMessage(listener: (news: NewMessage) => unknown): Stop;
  /** The person has joined or left a thread, or it has another subject, or was resolved or reopened. */
  onThreadChange(listener: (change: ThreadChange) => unknown): Stop;
  /** Of the new messages those by others that the person has not read and wants to hear of. */
  onNotification(listener: (notification: Notification) => unknown): Stop;
  /**
   * `UNAUTHORISED` and `OUTDATED`: the connection was refused, and only signing in again, or a newer release of this
   * program, helps. `NOT_FOUND`: see `subscribeToThread`. `LISTENER`: see above; without a listener here it is thrown
   * where nobody catches it.
   */
  onError(listener: (error: RealtimeError) => unknown): Stop;

  /**
   * Is in a thread, so that the others see the person there, and `usersIn` knows of them. Where the person does not take
   * part in it nothing is heard, and `onError` is told `NOT_FOUND`; they may be added later.
   */
  subscribeToThread(threadId: string): Stop;
  /**
   * Says that the person types, to be called at every key: it is sent every five seconds at most, and ends after five of
   * silence. `notesOf` names the organisation in whose notes.
   */
  sendTypingIndicator(threadId: string, typing?: { isTyping?: boolean; notesOf?: string }): void;
  /** Everybody else of an organisation who is there, by id. The same object while nothing changes. */
  onlineUsers(orgId: string): PeopleThere;
  /** Everybody else who is in a thread that is subscribed to, and whether they type. The same object while nothing changes. */
  usersIn(threadId: string): PeopleThere;
  /** What `onlineUsers` or `usersIn` answers has changed. */
  onPresenceChange(listener: (change: PresenceChange) => unknown): Stop;
}

export interface RealtimeOptions {
  engine: LiveEngine;
  personId: string;
  rooms: Pick<RoomsDoor, 'want' | 'sayTyping' | 'peopleIn' | 'subscribe'>;
}

type News = { message: NewMessage } | { change: ThreadChange } | { notification: Notification };

export interface Realtime {
  messaging: RealtimeMessaging;
  /** Nobody is told of anything any more. */
  end(): void;
}

/** Costs nothing until it is used. */
export function createRealtimeMessaging({ engine, personId, rooms }: RealtimeOptions): Realtime {
  const own = userScope(personId);
  const paces = new Map<ScopeId, TypingPace>();
  const state = () => engine.status().connection;

  const report = (error: RealtimeError) => {
    if (error.code === 'LISTENER' && !errors.isHeard) throwAtNobody(error);
    else errors.tell(error);
  };
  const thrown = (cause: unknown) => report(new RealtimeError('LISTENER', 'A listener failed.', { cause }));
  const errors = createListeners<RealtimeError>({
    // One that fails here has nobody to be told.
    onThrown: throwAtNobody,
    begin: () =>
      watchState((now) => {
        if (now.state === 'unauthorised') report(new RealtimeError('UNAUTHORISED', 'Nobody is signed in any longer.'));
        if (now.state === 'outdated') report(new RealtimeError('OUTDATED', 'The server needs a newer client.'));
      }),
  });
  const news = createListeners<News>({
    onThrown: thrown,
    begin: (tell) =>
      watchNews({
        ...{ engine, personId },
        onMessage: (message) => tell({ message }),
        onThread: (change) => tell({ change }),
        onNotification: (notification) => tell({ notification }),
      }),
  });
  const states = createListeners<ConnectionState>({ onThrown: thrown, begin: watchState });
  const presence = createListeners<PresenceChange>({
    onThrown: thrown,
    begin: (tell) =>
      rooms.subscribe((room) => {
        const { kind, ids: [id = ''] = [] } = parseScope(room) ?? {};
        const people = rooms.peopleIn(room);
        if (kind === 'org') tell({ room: 'organisation', id, people });
        if (kind === 'thread') tell({ room: 'thread', id, people });
      }),
  });

  function watchState(tell: (state: ConnectionState) => void): () => void {
    let before = state();
    return engine.subscribeStatus(() => {
      const now = state();
      if (now === before) return;
      before = now;
      tell(now);
    });
  }

  /** The server knows that they do, and so lets them into its rooms. */
  const takesPart = (threadId: string): boolean => {
    const row = engine.row(own, 'participation', threadId);
    return row !== undefined && row.pending.length === 0 && row.data.leftAt === null;
  };

  const paceIn = (room: ScopeId): TypingPace => {
    let leave: (() => void) | undefined;
    const pace = createTypingPace((count) => {
      if (count !== undefined) leave ??= rooms.want(room);
      rooms.sayTyping(room, count);
      if (count !== undefined) return;
      leave?.();
      paces.delete(room);
    });
    paces.set(room, pace);
    return pace;
  };

  const messaging: RealtimeMessaging = {
    get state() {
      return state();
    },
    get isConnected() {
      return state().state === 'live';
    },
    onStateChange: (listener) => states.add(listener),

    onNewMessage: (listener) => news.add((each) => ('message' in each ? listener(each.message) : undefined)),
    onThreadChange: (listener) => news.add((each) => ('change' in each ? listener(each.change) : undefined)),
    onNotification: (listener) =>
      news.add((each) => ('notification' in each ? listener(each.notification) : undefined)),
    onError: (listener) => errors.add(listener),

    subscribeToThread(threadId) {
      let leave: (() => void) | undefined;
      let isTold = false;
      const look = () => {
        const isIn = takesPart(threadId);
        if (isIn) leave ??= rooms.want(threadScope(threadId));
        else {
          leave?.();
          leave = undefined;
        }
        const { ready, connection } = engine.status();
        const isStrange = engine.row(own, 'participation', threadId) === undefined && ready;
        if (isTold || !isStrange || connection.state !== 'live') return;
        isTold = true;
        report(
          new RealtimeError('NOT_FOUND', 'This thread is not there, or the person does not take part in it.', {
            threadId,
          }),
        );
      };
      const stops = [
        engine.open(threadScope(threadId)),
        engine.open(threadPeopleScope(threadId)),
        engine.subscribe(own, 'participation', look),
        engine.subscribeStatus(look),
      ];
      look();
      return stopOf(() => {
        for (const stop of stops) stop();
        leave?.();
        leave = undefined;
      });
    },
    sendTypingIndicator(threadId, { isTyping = true, notesOf } = {}) {
      const room = notesOf === undefined ? threadScope(threadId) : notesScope(threadId, notesOf);
      if (!isTyping) paces.get(room)?.rest();
      else if (takesPart(threadId)) (paces.get(room) ?? paceIn(room)).key();
    },
    onlineUsers: (orgId) => rooms.peopleIn(orgScope(orgId)),
    usersIn: (threadId) => rooms.peopleIn(threadScope(threadId)),
    onPresenceChange: (listener) => presence.add(listener),
  };

  return {
    messaging,
    end() {
      for (const pace of paces.values()) pace.rest();
      for (const each of [errors, news, states, presence]) each.end();
    },
  };
}

/** As if a timer had thrown it. */
function throwAtNobody(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
