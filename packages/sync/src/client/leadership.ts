/**
 * Which tab of a person talks to the server. The lead is a lock that the browser gives to one tab after the other, so a
 * tab that closes or crashes is followed by the next in line. A tab that was frozen keeps the lock and does nothing:
 * therefore a tab in sight asks the leader for a sign of life, and takes the lead away from one that gives none. What the
 * frozen one does when it thaws is stopped by the epoch on disk, see `Storage.takeLead`.
 */
import type { Tabs, Timers } from './ports.ts';

/** Milliseconds between two questions, asked only by tabs in sight that do not lead. */
const ASK = 1_000;
/**
 * Questions without an answer after which the lead is taken away. Counted instead of timed: after the machine has slept
 * or the clock has jumped, a leader that is well still has all its answers before it.
 */
const UNANSWERED = 5;

export interface LeadershipOptions {
  tabs: Tabs;
  timers: Timers;
  onLead: () => void;
  onEnd: () => void;
}

export class Leadership {
  readonly #options: LeadershipOptions;
  #holds = false;
  #unanswered = 0;
  /** Leaves the line, or gives the lead back. */
  #giveUp: () => void = () => {};
  #cancelAsking: () => void = () => {};
  #stopWatching: () => void = () => {};

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopWatching = this.#options.tabs.onVisible(() => this.#ask());
    this.#claim(false);
    this.#ask();
  }

  stop(): void {
    this.#stopWatching();
    this.#cancelAsking();
    this.#giveUp();
    this.#holds = false;
  }

  /** Another tab has taken over, or is to: back to the end of the line. */
  resign(): void {
    if (this.#holds) this.#end();
  }

  /** Another tab wants to know whether the leader is alive, or hears that it is. */
  hear(type: 'ask' | 'beat'): void {
    if (type === 'beat') this.#unanswered = 0;
    else if (this.#holds) this.#options.tabs.post({ type: 'beat' });
  }

  #claim(steal: boolean): void {
    const { tabs, onLead } = this.#options;
    this.#giveUp();
    this.#giveUp = tabs.claim({
      steal,
      granted: () => {
        this.#holds = true;
        this.#cancelAsking();
        tabs.post({ type: 'beat' });
        onLead();
      },
      lost: () => this.#end(),
    });
  }

  #end(): void {
    if (this.#holds) this.#options.onEnd();
    this.#holds = false;
    this.#claim(false);
    this.#ask();
  }

  #ask(): void {
    const { tabs, timers } = this.#options;
    this.#cancelAsking();
    this.#unanswered = 0;
    const ask = () => {
      if (this.#holds || !tabs.visible()) return;
      if (this.#unanswered === UNANSWERED) {
        this.#unanswered = 0;
        this.#claim(true);
      } else {
        this.#unanswered += 1;
        tabs.post({ type: 'ask' });
      }
      this.#cancelAsking = timers.after(ASK, ask);
    };
    ask();
  }
}
