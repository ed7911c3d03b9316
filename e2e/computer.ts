/** A browser of somebody's own, whose profile stays on disk when it is quit or killed. */
import { chromium, type BrowserContext } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumOptions } from './chromium.ts';
import type { Account } from './people.ts';
import { Person } from './person.ts';
import { allProcesses, commandOf, kill } from './processes.ts';

export interface Computer {
  /** Starts the browser; only one at a time. `offline`: there is no network from the first moment. */
  start(options?: { offline?: boolean }): Promise<Person>;
  /** SIGKILL for every process of the browser. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Closes the lid: every process of the browser stands still (SIGSTOP). @returns how to open it */
  sleep(): () => void;
}

export interface OwnedComputer extends Computer {
  /** Everybody who sat there, once for each start. */
  readonly people: readonly Person[];
  /** Quits the browser and removes its profile. */
  remove(): Promise<void>;
}

export async function ownComputer({ account, url }: { account: Account; url: string }): Promise<OwnedComputer> {
  const profile = await mkdtemp(join(tmpdir(), 'parley-profile-'));
  const people: Person[] = [];
  let running: BrowserContext | null = null;
  const ownProcesses = () => allProcesses().filter((pid) => commandOf(pid).includes(profile));
  return {
    people,
    async start({ offline = false } = {}) {
      const context = await chromium.launchPersistentContext(profile, {
        ...chromiumOptions,
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
        offline,
      });
      running = context;
      context.once('close', () => (running = null));
      const person = await Person.at(context, { account, url });
      if (offline) person.complaints.expectDisturbance();
      people.push(person);
      return person;
    },
    async kill() {
      const gone = running?.waitForEvent('close');
      const own = ownProcesses();
      if (own.length === 0) throw new Error('There is no browser to kill.');
      own.forEach(kill);
      await gone;
    },
    sleep() {
      const own = ownProcesses();
      if (own.length === 0) throw new Error('There is no browser to send to sleep.');
      own.forEach((pid) => process.kill(pid, 'SIGSTOP'));
      people.at(-1)?.complaints.expectDisturbance();
      return () => own.forEach((pid) => process.kill(pid, 'SIGCONT'));
    },
    async remove() {
      await running?.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
