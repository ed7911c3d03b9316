/** One tab: what reaches it is held while it is frozen, and is lost once it is dead. */
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';
import type { Timers } from '../../client/ports.ts';

/** 14 November 2023: what every clock shows at the beginning. */
export const BEGINNING = 1_700_000_000_000;

export class Tab {
  readonly name: string;
  state: 'running' | 'frozen' | 'thawing' | 'dead' = 'running';
  visible = true;
  readonly #clock: Clock;
  readonly #held: (() => void)[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  reach(act: () => void): void {
    if (this.state === 'running') act();
    else if (this.state !== 'dead') this.#held.push(act);
  }

  /** @returns whether it was running */
  freeze(): boolean {
    const isRunning = this.state === 'running';
    if (isRunning) this.state = 'frozen';
    return isRunning;
  }

  /** What came meanwhile comes at once, and in its order: one task after the other, as a browser does it. */
  thaw(): void {
    if (this.state !== 'frozen') return;
    this.state = 'thawing';
    this.#goOn();
  }

  #goOn(): void {
    const act = this.#held.shift();
    if (!act) {
      this.state = 'running';
      return;
    }
    this.#clock.after(0, 'thaw', () => {
      if (this.state !== 'thawing') return;
      act();
      this.#goOn();
    });
  }

  kill(): void {
    this.state = 'dead';
    this.#held.length = 0;
  }

  show(visible: boolean): void {
    if (this.visible === visible) return;
    this.visible = visible;
    for (const watcher of this.#watchers) this.reach(watcher);
  }

  onVisible(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  /** Clock, scheduler and chance of this tab; `wrong` is how far the device's clock is off. */
  timers(random: Random, wrong: () => number): Timers {
    const clock = this.#clock;
    return {
      now: () => Math.round(BEGINNING + clock.now + wrong()),
      random: () => random.next(),
      after: (ms, act) => {
        let isOff = false;
        const callOff = clock.after(ms, 'timer', () => this.reach(() => isOff || act()));
        return () => {
          isOff = true;
          callOff();
        };
      },
    };
  }
}
