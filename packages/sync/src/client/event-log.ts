/** What the engine last did, for the person who wonders and for a request for help; nothing a person wrote is in it. */

/** `detail`: a state, or the name of a mutator; `count`: rows or mutations. `at` in milliseconds since 1970. */
export interface EngineEvent {
  readonly at: number;
  readonly what: 'connection' | 'pulled' | 'sent' | 'refused' | 'leads' | 'follows' | 'storage';
  readonly detail: string;
  readonly count: number;
}

const KEPT = 100;
/** Milliseconds. */
const TOGETHER = 10_000;

export class EventLog {
  readonly #listeners = new Set<() => void>();
  #events: readonly EngineEvent[] = [];

  /** Newest first. Cached until one is added. */
  events(): readonly EngineEvent[] {
    return this.#events;
  }

  /** What goes on and on is one event that grows. */
  add(event: EngineEvent): void {
    const [last, ...rest] = this.#events;
    const goesOn =
      last?.what === event.what && last.detail === event.detail && event.count > 0 && event.at - last.at < TOGETHER;
    const grown = goesOn ? [{ ...event, count: last.count + event.count }, ...rest] : [event, ...this.#events];
    this.#events = grown.slice(0, KEPT);
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
