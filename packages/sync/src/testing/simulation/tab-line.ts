/** What the tabs of one profile share: the lock that makes one of them the leader, and the channel that they talk over. */
import type { Claim, TabMessage, Tabs } from '../../client/ports.ts';
import type { Clock } from './clock.ts';
import { copy } from './copy.ts';
import type { Random } from './random.ts';
import type { Tab } from './tab.ts';
import type { Tally } from './tally.ts';

interface Waiting {
  tab: Tab;
  claim: Claim;
}

export class TabLine {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #listeners = new Map<Tab, (message: TabMessage) => void>();
  readonly #line: Waiting[] = [];
  #leader: Waiting | null = null;
  /** When the last message on its way arrives: a channel keeps the order. */
  #arrives = 0;

  constructor(options: { clock: Clock; random: Random; tally: Tally }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#tally = options.tally;
  }

  get leader(): Tab | null {
    return this.#leader?.tab ?? null;
  }

  /** The browser lets go of everything a tab had. */
  leave(tab: Tab): void {
    this.#listeners.delete(tab);
    for (const waiting of this.#line.filter((other) => other.tab === tab)) this.#giveUp(waiting);
    if (this.#leader?.tab === tab) this.#giveUp(this.#leader);
  }

  tabs(tab: Tab): Tabs {
    return {
      claim: (claim) => {
        const waiting = { tab, claim };
        if (claim.steal && this.#leader) {
          const robbed = this.#leader;
          this.#tally.fault('tab.leadStolen');
          this.#tally.rule('TAB2');
          this.#tally.rule('TAB4');
          this.#clock.after(0, 'lead.lost', () => robbed.tab.reach(() => robbed.claim.lost()));
          this.#leader = null;
        }
        if (claim.steal) this.#line.unshift(waiting);
        else this.#line.push(waiting);
        this.#elect();
        return () => this.#giveUp(waiting);
      },
      visible: () => tab.visible,
      onVisible: (listener) => tab.onVisible(listener),
      // A channel that is closed carries nothing any more.
      post: (message) => {
        if (this.#listeners.has(tab)) this.#post(tab, message);
      },
      onMessage: (listener) => {
        this.#listeners.set(tab, listener);
      },
      close: () => this.leave(tab),
    };
  }

  #elect(): void {
    if (this.#leader) return;
    const leader = this.#line.shift();
    if (!leader) return;
    this.#leader = leader;
    this.#clock.after(this.#random.between(0, 3), 'lead.granted', () =>
      leader.tab.reach(() => {
        if (this.#leader !== leader) return;
        this.#tally.rule('TAB1');
        leader.claim.granted();
      }),
    );
  }

  #giveUp(waiting: Waiting): void {
    const place = this.#line.indexOf(waiting);
    if (place >= 0) this.#line.splice(place, 1);
    if (this.#leader === waiting) this.#leader = null;
    this.#elect();
  }

  #post(from: Tab, message: TabMessage): void {
    const others = [...this.#listeners.keys()].filter((tab) => tab !== from);
    if (others.length === 0) return;
    const sent = copy(message);
    this.#arrives = Math.max(this.#arrives, this.#clock.now + this.#random.between(0.1, 4));
    const wait = this.#arrives - this.#clock.now;
    for (const tab of others) {
      this.#clock.after(wait, `tell.${message.type}`, () => tab.reach(() => this.#listeners.get(tab)?.(sent)));
    }
  }
}
