/** One API process: the sync server and the hub that ship, over a connection to the database, until it crashes. */
import { createHub, type Hub } from '../../server/live.ts';
import type { Divergence } from '../../server/audit.ts';
import type { Bus, BusListener } from '../../server/bus.ts';
import type { Commit } from '../../server/commit.ts';
import { createSyncServer, type SyncServer } from '../../server/sync-server.ts';
import { PROTOCOL_VERSION } from '../../protocol.ts';
import type { Clock } from './clock.ts';
import { copy } from './copy.ts';
import type { Database, DatabaseClient } from './database.ts';
import { mutators } from './mutators.ts';
import { isPaged, toFirstSchema, userScope, type Tables } from './program.ts';
import type { Random } from './random.ts';
import { BEGINNING } from './tab.ts';
import type { Tally } from './tally.ts';

/** What carries commits between processes, as Redis does. */
export class BusLine {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #processes = new Map<object, { listener: BusListener; missed: boolean }>();
  up = true;

  constructor(options: { clock: Clock; random: Random; tally: Tally }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#tally = options.tally;
  }

  /** What is published while it is away reaches nobody else, who are told of the gap when it is back. */
  setUp(up: boolean): void {
    this.up = up;
    for (const process of this.#processes.values()) {
      if (!up || !process.missed) continue;
      process.missed = false;
      this.#tally.rule('BUS2');
      process.listener.gap();
    }
  }

  bus(): Bus {
    const own = {};
    return {
      publish: (commit) => {
        for (const [process, there] of this.#processes) {
          if (process === own) there.listener.commit(commit);
          else if (this.up) this.#carry(process, commit);
          else there.missed = true;
        }
        if (!this.up) this.#tally.rule('BUS3');
      },
      // Nobody here has anything to say beside commits.
      whisper: () => undefined,
      subscribe: (listener) => {
        this.#processes.set(own, { listener, missed: false });
        return () => this.#processes.delete(own);
      },
      close: async () => {
        this.#processes.delete(own);
      },
    };
  }

  #carry(to: object, commit: Commit): void {
    const sent = copy(commit);
    this.#clock.after(this.#random.between(0.5, 5), 'bus', () => {
      this.#tally.rule('BUS1');
      this.#processes.get(to)?.listener.commit(sent);
    });
  }
}

export interface ApiOptions {
  name: string;
  clock: Clock;
  database: Database;
  bus: BusLine;
  tally: Tally;
  random: Random;
  /** Events that may wait for a connection. */
  queueLimit: number;
  onDivergence: (divergence: Divergence) => void;
}

export class Api implements DatabaseClient {
  readonly name: string;
  alive = true;
  readonly server: SyncServer<Tables, null>;
  readonly hub: Hub;
  /** What happens to its connections when it dies. */
  readonly deaths = new Set<() => void>();
  /** It dies once it has published, before it answers. */
  diesBeforeAnswer = false;
  readonly #database: Database;

  constructor({ name, clock, database, bus, tally, random, queueLimit, onDivergence }: ApiOptions) {
    this.name = name;
    this.#database = database;
    const now = () => Math.round(BEGINNING + clock.now);
    const storage = database.connect(this);
    this.hub = createHub({
      bus: bus.bus(),
      incarnation: storage.incarnation,
      now,
      queueLimit,
      random: () => random.next(),
      after: (ms, act) => void clock.after(ms, 'resync', act),
    });
    this.server = createSyncServer<Tables, null>({
      storage,
      mutators,
      isPaged,
      ownScope: userScope,
      publish: (commit) => {
        this.hub.publish(commit);
        if (!this.diesBeforeAnswer || commit.changes.length === 0) return;
        this.diesBeforeAnswer = false;
        tally.fault('crash.beforeAnswer');
        this.crash();
      },
      interest: this.hub,
      now,
      onDivergence,
      gather: queueMicrotask,
      versions: {
        protocols: { oldest: PROTOCOL_VERSION - 1, newest: PROTOCOL_VERSION },
        schema: 2,
        translations: { 1: toFirstSchema },
      },
    });
  }

  crash(): void {
    if (!this.alive) return;
    this.alive = false;
    this.#database.disconnect(this);
    this.hub.close();
    for (const die of [...this.deaths]) die();
  }
}
