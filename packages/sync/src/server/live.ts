/**
 * Tells open connections what changed. All it says is a hint; what it must not do is tell somebody who may not know.
 * Rules: SPEC.md, [LIVE1] and on.
 */
import type { ScopeId } from '../mutator.ts';
import type { LiveEvent } from '../protocol.ts';
import type { Bus } from './bus.ts';
import type { Commit, Publish, ScopeChange } from './commit.ts';

export interface HubOptions {
  bus: Bus;
  incarnation: () => Promise<string>;
  now?: () => number;
  /** Events that may wait for a slow connection; beyond it they are dropped and it is told to resync. */
  queueLimit?: number;
  /** [0, 1) */
  random?: () => number;
  /** Runs `act` once after `ms`. */
  after?: (ms: number, act: () => void) => void;
}

/** Milliseconds that each connection adds to the time in which all of them resync, and the most that this can be. */
const SPREAD_EACH = 2;
const LONGEST_SPREAD = 20_000;

/** What a pull tells the hub, so that no change falls between its answer and the first poke. */
export interface Interest {
  /**
   * Called before the snapshot is taken, with the scopes asked for; the returned function after it, with those that
   * were readable.
   */
  begin(personId: string, clientId: string, scopes: readonly ScopeId[]): (readable: ReadonlySet<ScopeId>) => void;
}

export interface Hub extends Interest {
  publish: Publish;
  /** Opens a connection at once; its events are `hello` and then what changes, until the signal or the consumer ends it. */
  connect(who: { personId: string; clientId: string; bare?: boolean }, signal: AbortSignal): AsyncIterable<LiveEvent>;
  /** Every connection may have missed something. Each is told at a moment of its own, so that not all pull at once. */
  resync(): void;
  /** Connections that are open. */
  readonly connections: number;
  close(): void;
}

export function createHub({
  bus,
  incarnation,
  now = Date.now,
  queueLimit = 256,
  random = Math.random,
  after = (ms, act) => void setTimeout(act, ms).unref(),
}: HubOptions): Hub {
  const open = new Set<LiveConnection>();
  const byClient = new Map<string, Set<LiveConnection>>();
  const byScope = new Map<ScopeId, Set<LiveConnection>>();

  function forget(connection: LiveConnection, scope: ScopeId): void {
    connection.interest.delete(scope);
    removeFrom(byScope, scope, connection);
  }

  function disconnect(connection: LiveConnection): void {
    open.delete(connection);
    removeFrom(byClient, connection.client, connection);
    for (const scope of connection.interest.keys()) removeFrom(byScope, scope, connection);
    connection.end();
  }

  /** Those who lost a scope lose it first, so that the change that removed them does not reach them. */
  function deliver({ changes, lost }: Commit): void {
    for (const { scope, personId } of lost) {
      for (const connection of [...(byScope.get(scope) ?? [])]) {
        if (connection.personId === personId) forget(connection, scope);
      }
    }
    for (const change of changes) {
      const interested = byScope.get(change.scope);
      if (!interested) continue;
      const recipients = change.recipients && new Set(change.recipients);
      for (const connection of interested) {
        if (recipients && !recipients.has(connection.personId)) continue;
        connection.hear(change);
      }
    }
  }

  /** To be told soon; what was missed meanwhile, too, they ask for then. */
  const soon = new Set<LiveConnection>();
  const resync = () => {
    const within = Math.min(LONGEST_SPREAD, open.size * SPREAD_EACH);
    for (const connection of open) {
      if (soon.has(connection)) continue;
      soon.add(connection);
      after(random() * within, () => {
        soon.delete(connection);
        connection.resync();
      });
    }
  };
  const stop = bus.subscribe({ commit: deliver, gap: resync });

  return {
    publish: (commit) => bus.publish(commit),

    begin(personId, clientId, scopes) {
      const connections = [...(byClient.get(clientKey(personId, clientId)) ?? [])];
      for (const connection of connections) {
        for (const scope of scopes) {
          if (connection.interest.has(scope)) continue;
          connection.interest.set(scope, { confirmed: false, missed: null });
          addTo(byScope, scope, connection);
        }
      }
      return (readable) => {
        for (const connection of connections) {
          for (const scope of scopes) {
            if (readable.has(scope)) connection.confirm(scope);
            else forget(connection, scope);
          }
        }
      };
    },

    connect({ personId, clientId, bare = false }, signal) {
      const connection = new LiveConnection(personId, clientKey(personId, clientId), { queueLimit, bare });
      open.add(connection);
      addTo(byClient, connection.client, connection);
      const onAbort = () => disconnect(connection);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
      return (async function* events(): AsyncGenerator<LiveEvent> {
        try {
          yield { kind: 'hello', incarnation: await incarnation(), serverTime: now() };
          yield* connection.events();
        } finally {
          signal.removeEventListener('abort', onAbort);
          disconnect(connection);
        }
      })();
    },

    resync,

    get connections() {
      return open.size;
    },

    close() {
      stop();
      for (const connection of [...open]) disconnect(connection);
    },
  };
}

/** A scope that a connection follows. Until its pull is answered nobody knows whether it may; changes are only noted. */
interface Following {
  confirmed: boolean;
  missed: { from: number; to: number } | null;
}

class LiveConnection {
  readonly personId: string;
  readonly client: string;
  readonly interest = new Map<ScopeId, Following>();
  readonly #limits: { queueLimit: number; bare: boolean };
  #queue: LiveEvent[] = [];
  #mustResync = false;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(personId: string, client: string, limits: { queueLimit: number; bare: boolean }) {
    this.personId = personId;
    this.client = client;
    this.#limits = limits;
  }

  /** Only for those whom the change may reach. Rows travel only to named recipients who read them as they are. */
  hear({ scope, from, to, rows, recipients }: ScopeChange): void {
    const following = this.interest.get(scope);
    if (!following) return;
    const told = recipients && !this.#limits.bare ? rows : null;
    if (following.confirmed) this.#push({ kind: 'poke', scope, from, to, rows: told });
    else following.missed = { from, to };
  }

  confirm(scope: ScopeId): void {
    const following = this.interest.get(scope);
    if (!following) return;
    following.confirmed = true;
    if (following.missed) this.#push({ kind: 'poke', scope, ...following.missed, rows: null });
    following.missed = null;
  }

  /** Whatever waits is worth nothing now. */
  resync(): void {
    this.#queue = [];
    this.#mustResync = true;
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *events(): AsyncGenerator<LiveEvent> {
    while (!this.#ended) {
      const event = this.#next();
      if (event) yield event;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #next(): LiveEvent | undefined {
    if (!this.#mustResync) return this.#queue.shift();
    this.#mustResync = false;
    return { kind: 'resync' };
  }

  #push(event: LiveEvent): void {
    if (this.#mustResync) return;
    if (this.#queue.length >= this.#limits.queueLimit) return this.resync();
    this.#queue.push(event);
    this.#wake();
  }
}

const clientKey = (personId: string, clientId: string): string => `${personId} ${clientId}`;

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

function removeFrom<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size === 0) map.delete(key);
}
