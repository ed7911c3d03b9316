/** One room, over y-websocket. Rules: docs/decisions/0022. */
import type { SaidPresence, SeenPresence } from '@parley/core/presence';
import type { ScopeId } from '@parley/sync/mutator';
import { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';
import { peopleThere, type PeopleThere, type TypingHeard } from './people-there.ts';

export interface Room {
  /** What the others are told; `null`: the person is not there for them. */
  say(said: SaidPresence | null): void;
  leave(): void;
}

export interface RoomOptions {
  /** Where the rooms of the server are. */
  url: string;
  scope: ScopeId;
  selfId: string;
  /** What is offered in the handshake. */
  protocols?: string[];
  WebSocket?: typeof WebSocket;
  onPeople: (people: PeopleThere) => void;
}

/** Milliseconds between two tries at most. */
const LONGEST_WAIT = 20_000;
/** Milliseconds that a handshake may take. The library waits as long as the network does, which may be for ever. */
const HANDSHAKE_TIMEOUT = 10_000;

export function enterRoom(options: RoomOptions): Room {
  const { url, scope, selfId, protocols = [], WebSocket: Socket = globalThis.WebSocket, onPeople } = options;
  const doc = new Doc();
  const awareness = new OwnAwareness(doc);
  // The server says who comes and goes: nothing is repeated, and nobody is given up for keeping quiet.
  clearInterval(awareness._checkInterval as number);
  awareness.setLocalState(null);
  const provider = new WebsocketProvider(url, scope, doc, {
    ...{ awareness, protocols, disableBc: true },
    WebSocketPolyfill: givingUp(Socket),
  });
  // Outside a page it would listen for the end of the process once for every room.
  if (typeof process !== 'undefined') process.off('exit', provider._exitHandler);

  const heard: TypingHeard = new Map();
  let doubt: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(doubt);
    const places = new Map(awareness.getStates() as Map<number, Partial<SeenPresence>>);
    const { people, until } = peopleThere(places, { selfId, heard, now: Date.now() });
    if (until !== null) doubt = setTimeout(look, until - Date.now());
    onPeople(people);
  };
  awareness.on('change', look);
  provider.on('connection-close', () => {
    // The library forgets who was there and not which of their words it knows: told again, they would not be there.
    for (const place of awareness.meta.keys()) if (place !== awareness.clientID) awareness.meta.delete(place);
    // Full jitter: of what the library would wait, any part.
    provider.maxBackoffTime = Math.random() * Math.min(LONGEST_WAIT, 500 * 2 ** provider.wsUnsuccessfulReconnects);
  });

  return {
    say(said) {
      if (JSON.stringify(said) !== JSON.stringify(awareness.getLocalState())) awareness.setLocalState(said);
    },
    leave() {
      clearTimeout(doubt);
      awareness.off('change', look);
      provider.destroy();
      doc.destroy();
    },
  };
}

const givingUp = (Socket: typeof WebSocket) =>
  class extends Socket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      const late = setTimeout(() => this.close(), HANDSHAKE_TIMEOUT);
      for (const end of ['open', 'close']) this.addEventListener(end, () => clearTimeout(late));
    }
  };

/** The provider sends on whatever is new to it, what it has just heard too; a client speaks for itself alone. */
class OwnAwareness extends Awareness {
  override emit(name: string, told: [unknown, unknown]): void {
    if (name !== 'update' || told[1] === 'local') super.emit(name, told);
  }
}
