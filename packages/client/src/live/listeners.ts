/** Ends what it was given for; doing it twice changes nothing. `using` does it at the end of a block. */
export interface Stop extends Disposable {
  (): void;
}

export function stopOf(end: () => void): Stop {
  let isOver = false;
  const stop = () => {
    if (isOver) return;
    isOver = true;
    end();
  };
  return Object.assign(stop, { [Symbol.dispose]: stop });
}

export interface Listeners<Event> {
  add(listener: (event: Event) => unknown): Stop;
  tell(event: Event): void;
  readonly isHeard: boolean;
  /** Lets go of them all. */
  end(): void;
}

export interface ListenersOptions<Event> {
  /** Begins when the first listener comes; returns how to stop, which is when the last one goes. */
  begin: (tell: (event: Event) => void) => () => void;
  /** What a listener threw or rejected with; the others hear all the same. */
  onThrown: (cause: unknown) => void;
}

export function createListeners<Event>({ begin, onThrown }: ListenersOptions<Event>): Listeners<Event> {
  const all = new Set<(event: Event) => unknown>();
  let stop: (() => void) | undefined;
  const tell = (event: Event) => {
    for (const listener of [...all]) {
      try {
        const answer = listener(event);
        if (answer instanceof Promise) answer.catch(onThrown);
      } catch (cause) {
        onThrown(cause);
      }
    }
  };
  const rest = () => {
    stop?.();
    stop = undefined;
  };
  return {
    add(listener) {
      // The same function may be given twice.
      const own = (event: Event) => listener(event);
      all.add(own);
      stop ??= begin(tell);
      return stopOf(() => {
        all.delete(own);
        if (all.size === 0) rest();
      });
    },
    tell,
    get isHeard() {
      return all.size > 0;
    },
    end() {
      all.clear();
      rest();
    },
  };
}
