/**
 * Keeps one connection to the server: opens it, notices that it is gone, and tries again with exponential backoff and
 * jitter until it is stopped. It needs no act of the person to come back.
 */
import type { LiveEvent } from '../protocol.ts';
import { Backoff } from './backoff.ts';
import type { CloseReason, Connection, Network, Timers } from './ports.ts';
import type { ConnectionState } from './status.ts';

/** Milliseconds. A `hello` that takes longer means that the connection is dead. */
const HELLO_TIMEOUT = 10_000;

export interface ConnectorOptions {
  network: Network;
  timers: Timers;
  caller: () => { personId: string; clientId: string };
  onState: (state: ConnectionState) => void;
  onEvent: (event: LiveEvent) => void;
  /** Every attempt so far has failed or the connection was lost: whatever was on its way is not. */
  onLost: () => void;
}

export class Connector {
  readonly #options: ConnectorOptions;
  #connection: Connection | null = null;
  #live = false;
  readonly #backoff: Backoff;
  #cancel: () => void = () => {};
  #stopOnline: () => void = () => {};
  #stopped = true;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.timers);
  }

  /** The connection to talk over, while it is live. */
  get connection(): Connection | null {
    return this.#live ? this.#connection : null;
  }

  start(): void {
    this.#stopped = false;
    this.#stopOnline = this.#options.network.onOnline(() => {
      if (this.#live && this.#options.network.online()) return;
      this.#drop();
      this.#backoff.reset();
      this.#open();
    });
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopOnline();
    this.#drop();
  }

  /** Closes the connection and opens another at once, for instance as another client. */
  reopen(): void {
    if (this.#stopped) return;
    this.#drop();
    this.#open();
  }

  /** The connection has proved useful: the next loss starts with the shortest wait. */
  proven(): void {
    this.#backoff.reset();
  }

  #drop(): void {
    this.#cancel();
    this.#backoff.cancel();
    const connection = this.#connection;
    this.#connection = null;
    this.#live = false;
    connection?.close();
    if (connection) this.#options.onLost();
  }

  #open(): void {
    const { network, timers, caller, onState } = this.#options;
    // A machine without a network may still reach a server of its own, so it is tried all the same.
    if (!network.online()) onState({ state: 'offline' });
    else if (this.#backoff.failures === 0) onState({ state: 'connecting' });
    this.#cancel = timers.after(HELLO_TIMEOUT, () => this.#retry());
    const connection: Connection = network.connect(caller(), {
      live: (event) => {
        if (connection === this.#connection) this.#onLive(event);
      },
      closed: (reason) => {
        if (connection === this.#connection) this.#onClosed(reason);
      },
    });
    this.#connection = connection;
  }

  #onLive(event: LiveEvent): void {
    const { timers, onState, onEvent } = this.#options;
    if (event.kind === 'hello') {
      this.#cancel();
      this.#live = true;
      onState({ state: 'live', since: timers.now() });
    }
    onEvent(event);
  }

  #onClosed(reason: CloseReason): void {
    const { onState } = this.#options;
    if (reason === 'lost') return this.#retry();
    this.#drop();
    onState({ state: reason === 'outdated' ? 'outdated' : 'unauthorised' });
  }

  #retry(): void {
    const { network, timers, onState } = this.#options;
    this.#drop();
    const nextTryAt = timers.now() + this.#backoff.again(() => this.#open());
    const attempt = this.#backoff.failures;
    onState(network.online() ? { state: 'reconnecting', attempt, nextTryAt } : { state: 'offline' });
  }
}
