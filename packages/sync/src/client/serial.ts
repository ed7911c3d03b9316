/**
 * Runs one thing after another: each sees memory as the one before has left it. Once stopped, nothing more begins, and
 * what was under way comes to no end: its disk is closed, and nobody is left to be told.
 */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();
  #stopped = false;

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      if (this.#stopped) return never<T>();
      try {
        return await work();
      } catch (error) {
        if (this.#stopped) return never<T>();
        throw error;
      }
    });
    this.#last = result.catch(() => {});
    return result;
  }

  stop(): void {
    this.#stopped = true;
  }
}

const never = <T>(): Promise<T> => new Promise(() => {});
