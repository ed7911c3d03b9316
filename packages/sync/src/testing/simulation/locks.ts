/** Row locks: one holder each, the others in line; who waits for too long is refused. */
import { Busy } from '../../server/errors.ts';
import type { Clock } from './clock.ts';

interface Lock {
  holder: object;
  line: { who: object; grant: () => void; refuse: (error: Error) => void }[];
}

export class Locks {
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #locks = new Map<string, Lock>();
  readonly #gone = new WeakSet<object>();
  /** What each waits for. */
  readonly #waits = new Map<object, string>();
  /** How often somebody waited, and how often for too long. */
  waited = 0;
  refused = 0;

  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  isHeld(key: string): boolean {
    return this.#locks.has(key);
  }

  /** @throws Busy; an error where everybody would wait for ever */
  async take(who: object, key: string, patience = this.#timeout): Promise<void> {
    if (this.#gone.has(who)) throw new Error('It went away.');
    const lock = this.#locks.get(key);
    if (!lock) return void this.#locks.set(key, { holder: who, line: [] });
    if (lock.holder === who) return;
    if (this.#embraces(who, lock.holder)) throw new Error('[CUR2] a deadlock');
    this.waited += 1;
    this.#waits.set(who, key);
    await new Promise<void>((resolve, reject) => {
      const waiting = {
        who,
        grant: () => {
          callOff();
          this.#waits.delete(who);
          resolve();
        },
        refuse: (error: Error) => {
          callOff();
          lock.line.splice(lock.line.indexOf(waiting), 1);
          this.#waits.delete(who);
          reject(error);
        },
      };
      const callOff = this.#clock.after(patience, 'lock.timeout', () => {
        this.refused += 1;
        waiting.refuse(new Busy('lock', null));
      });
      lock.line.push(waiting);
    });
  }

  /** Lets go of everything, also of places in line. Whoever does so takes nothing any more. */
  release(who: object): void {
    this.#gone.add(who);
    for (const lock of this.#locks.values()) {
      for (const waiting of lock.line.filter((other) => other.who === who)) waiting.refuse(new Error('It went away.'));
    }
    for (const [key, lock] of this.#locks) {
      if (lock.holder !== who) continue;
      const next = lock.line.shift();
      if (!next) {
        this.#locks.delete(key);
        continue;
      }
      lock.holder = next.who;
      next.grant();
    }
  }

  #embraces(who: object, holder: object): boolean {
    for (let other: object | undefined = holder; other;) {
      if (other === who) return true;
      const key = this.#waits.get(other);
      other = key === undefined ? undefined : this.#locks.get(key)?.holder;
    }
    return false;
  }
}
