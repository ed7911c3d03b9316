/**
 * Keeps one connection to the server: opens it, notices that it is gone, and tries again with exponential backoff and
 * jitter until it is stopped, or its tries are spent where they are limited. What it does when is in `CONNECTION_TABLE`.
 */
import type { LiveEvent } from '../protocol.ts';
import { Backoff, type Retry } from './backoff.ts';
import { CONNECTION_TABLE, type ConnectionEvent } from './connection-table.ts';
import type { CloseReason, Connection, Network, Timers } from './ports.ts';
import type { ConnectionState } from './status.ts';

/** Milliseconds. A `hello` that takes longer means that the connection is dead. */
const HELLO_TIMEOUT = 10_000;

const closed = () => new Error('The connection is closed.');

export interface ConnectorOptions {
  network: Network;
  timers: Timers;
  retry?: Retry | undefined;
  caller: () => { personId: string; clientId: string };
  onState: (state: ConnectionState) => void;
  onEvent: (event: LiveEvent) => void;
  /** Every attempt so far has failed or the connection was lost: whatever was on its way is not. */
  onLost: () => void;
}

export class Connector {
  readonly #options: ConnectorOptions;
  #state: ConnectionState = { state: 'connecting' };
  #connection: Connection | null = null;
  readonly #backoff: Backoff;
  #cancel: () => void = () => {};
  #stopOnline: () => void = () => {};
  #stopped = true;
  #wrongAccount = false;
  #intercepted = false;
  /** How to reject calls that have no answer, and whether the watchdog has seen them before. */
  readonly #unanswered = new Map<(reason: Error) => void, 'new' | 'seen'>();
  /** The last call failed. */
  #failing = false;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.timers, options.retry);
  }

  /** The connection to talk over, while it is live. */
  get connection(): Connection | null {
    return this.#state.state === 'live' ? this.#connection : null;
  }

  start(): void {
    const { network } = this.#options;
    this.#stopped = false;
    this.#stopOnline = network.onOnline(() => this.on(network.online() ? 'online' : 'offline'));
    this.#publish({ state: network.online() ? 'connecting' : 'offline' });
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopOnline();
    this.#drop();
  }

  /** The connection has proved useful: the next loss starts with the shortest wait. */
  proven(): void {
    this.#backoff.reset();
  }

  /** Looks after whatever was missed: a wait that never ended, or a line that is dead and does not say so. */
  watch(): void {
    const silent = this.#failing || [...this.#unanswered.values()].includes('seen');
    for (const call of this.#unanswered.keys()) this.#unanswered.set(call, 'seen');
    this.on('watch');
    if (silent) this.on('silent');
  }

  on(event: ConnectionEvent): void {
    if (this.#stopped) return;
    const [state, act] = CONNECTION_TABLE[this.#state.state][event];
    if (event === 'spent' || (act === 'open' && (event === 'online' || event === 'offline'))) this.#backoff.reset();
    if (act === 'wait' || act === 'rest') this.#drop();
    const wait = act === 'wait' ? this.#backoff.again(() => this.on('due')) : 0;
    this.#become(state, wait);
    const idle = !this.#connection && !this.#backoff.waiting;
    if (act === 'open' || (act === 'mend' && idle)) this.#open();
  }

  #become(state: ConnectionState['state'], wait: number): void {
    const { timers } = this.#options;
    const before = this.#state;
    if (state === 'reconnecting' && (wait > 0 || before.state !== state)) {
      const attempt = Math.max(1, this.#backoff.failures);
      this.#publish({ state, attempt, nextTryAt: timers.now() + wait, intercepted: this.#intercepted });
    } else if (state === 'unauthorised') {
      const wrongAccount = this.#wrongAccount;
      if (before.state !== state || before.wrongAccount !== wrongAccount) this.#publish({ state, wrongAccount });
    } else if (state === 'live' && before.state !== state) this.#publish({ state, since: timers.now() });
    else if (state !== before.state && state !== 'live' && state !== 'reconnecting') this.#publish({ state });
  }

  #publish(state: ConnectionState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  #drop(): void {
    this.#cancel();
    this.#backoff.cancel();
    const connection = this.#connection;
    this.#connection = null;
    const unanswered = [...this.#unanswered.keys()];
    this.#unanswered.clear();
    this.#failing = false;
    if (!connection) return;
    connection.close();
    // Also where their own promises would never end.
    for (const reject of unanswered) reject(closed());
    this.#options.onLost();
  }

  #open(): void {
    const { network, timers, caller } = this.#options;
    this.#drop();
    this.#cancel = timers.after(HELLO_TIMEOUT, () => this.#onLost());
    const connection: Connection = network.connect(caller(), {
      live: (event) => {
        if (watched === this.#connection) this.#onLive(event);
      },
      closed: (reason) => {
        if (watched === this.#connection) this.#onClosed(reason);
      },
    });
    // Not in a race with one promise for all: that would hold every answer for as long as the connection lasts.
    const call = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const settle = (failing: boolean) => {
        this.#unanswered.delete(reject);
        if (watched === this.#connection) this.#failing = failing;
      };
      answer.then(
        (given) => (settle(false), resolve(given)),
        (error: Error) => (settle(true), reject(error)),
      );
      if (watched === this.#connection) this.#unanswered.set(reject, 'new');
      else reject(closed());
      return promise;
    };
    const watched: Connection = {
      pull: (request) => call(connection.pull(request)),
      push: (request) => call(connection.push(request)),
      page: (request) => call(connection.page(request)),
      audit: (request) => call(connection.audit(request)),
      close: () => connection.close(),
    };
    this.#connection = watched;
  }

  /** No `hello` came, or the connection ended. */
  #onLost(intercepted = false): void {
    this.#intercepted = intercepted;
    const { tries = Infinity } = this.#options.retry ?? {};
    this.on(this.#backoff.failures < tries ? 'lost' : 'spent');
  }

  #onLive(event: LiveEvent): void {
    if (event.kind === 'hello') {
      this.#cancel();
      this.on('hello');
    }
    this.#options.onEvent(event);
  }

  #onClosed(reason: CloseReason): void {
    if (reason === 'lost' || reason === 'intercepted') return this.#onLost(reason === 'intercepted');
    const refused = reason === 'unauthorised' || reason === 'wrong_account';
    if (refused) this.#wrongAccount = reason === 'wrong_account';
    this.on(refused ? 'refused' : reason);
  }
}
