/** The live connection as React reads it: whoever uses it renders again when, and only when, what they read has changed. */
import { createRealtimeMessaging, type RealtimeMessaging } from '@parley/client/live/realtime-messaging';
import { useMemo, useSyncExternalStore } from 'react';
import { roomsDoor } from '../presence/rooms-door.ts';
import { useEngine, usePersonId, type ParleyEngine } from './engine-provider.tsx';

const liveOf = new WeakMap<ParleyEngine, RealtimeMessaging>();

/**
 * State and acts of the live connection, the same for the life of the page. `state`, `isConnected`, `onlineUsers` and
 * `usersIn` are read while drawing; an `on…` belongs into an effect, which may return what it answers.
 */
export function useRealtimeMessaging(): RealtimeMessaging {
  const live = useLive();
  const { view, subscribe, version } = useMemo(() => watchReads(live), [live]);
  useSyncExternalStore(subscribe, version);
  return view;
}

/** One for each engine, whoever asks. */
function useLive(): RealtimeMessaging {
  const engine = useEngine();
  const personId = usePersonId();
  const live = liveOf.get(engine) ?? createRealtimeMessaging({ engine, personId, rooms: roomsDoor }).messaging;
  liveOf.set(engine, live);
  return live;
}

function watchReads(live: RealtimeMessaging) {
  const reads = new Map<string, { read: () => unknown; value: unknown }>();
  let count = 0;
  const noticing = <Value>(name: string, read: () => Value): Value => {
    const value = read();
    reads.set(name, { read, value });
    return value;
  };
  const view: RealtimeMessaging = {
    ...live,
    get state() {
      return noticing('state', () => live.state);
    },
    get isConnected() {
      return noticing('isConnected', () => live.isConnected);
    },
    onlineUsers: (orgId) => noticing(`org ${orgId}`, () => live.onlineUsers(orgId)),
    usersIn: (threadId) => noticing(`thread ${threadId}`, () => live.usersIn(threadId)),
  };
  return {
    view,
    subscribe(listener: () => void) {
      const stops = [live.onStateChange(listener), live.onPresenceChange(listener)];
      return () => stops.forEach((stop) => stop());
    },
    /** Another number once something that was read has changed. */
    version(): number {
      for (const seen of reads.values()) {
        const value = seen.read();
        if (Object.is(value, seen.value)) continue;
        seen.value = value;
        count += 1;
      }
      return count;
    },
  };
}
