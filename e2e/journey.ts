/** What every journey starts from: an installation with alice and bob of Acme, and browsers for them. */
import { test as base, chromium, expect, type BrowserContextOptions } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumOptions } from './chromium.ts';
import { type Installation, startInstallation } from './installation.ts';
import { ALICE, BOB, type Account } from './people.ts';
import { Person } from './person.ts';

/** A browser of its own, whose profile stays on disk when it is quit or killed. */
export interface Computer {
  profile: string;
  /** Starts the browser; only one at a time. `offline`: there is no network from the first moment. */
  start(options?: { offline?: boolean }): Promise<Person>;
}

interface Fixtures {
  /** Opens a browser that nobody has used. */
  visit: (account: Account, options?: BrowserContextOptions & { url?: string }) => Promise<Person>;
  /** Gives somebody a computer. */
  computerOf: (account: Account) => Promise<Computer>;
  alice: Person;
  bob: Person;
}

interface WorkerFixtures {
  installation: Installation;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  installation: [
    async ({ browser }, use) => {
      await using installation = await startInstallation();
      const { url, setUpUrl } = installation;
      const context = await browser.newContext();
      const alice = await Person.at(context, { account: ALICE, url });
      await alice.setUp(setUpUrl ?? '');
      await alice.expectInside();
      const link = await alice.invite(BOB);
      await context.clearCookies();
      await context.close();
      const bobs = await browser.newContext();
      await (await Person.at(bobs, { account: BOB, url })).acceptInvitation(link);
      await bobs.close();
      await use(installation);
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  visit: async ({ browser, installation, contextOptions }, use) => {
    const visitors: Person[] = [];
    await use(async (account, { url = installation.url, ...options } = {}) => {
      const context = await browser.newContext({ ...contextOptions, ...options });
      const person = await Person.at(context, { account, url });
      visitors.push(person);
      return person;
    });
    for (const person of visitors) await person.context.close();
    expectNoComplaints(visitors);
  },

  computerOf: async ({ installation, contextOptions }, use) => {
    const visitors: Person[] = [];
    const profiles: string[] = [];
    await use(async (account) => {
      const profile = await mkdtemp(join(tmpdir(), 'parley-profile-'));
      profiles.push(profile);
      return {
        profile,
        async start({ offline = false } = {}) {
          const context = await chromium.launchPersistentContext(profile, {
            ...chromiumOptions,
            ...contextOptions,
            offline,
          });
          const person = await Person.at(context, { account, url: installation.url });
          if (offline) person.complaints.expectDisturbance();
          visitors.push(person);
          return person;
        },
      };
    });
    for (const person of visitors) await person.context.close();
    for (const profile of profiles) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    expectNoComplaints(visitors);
  },

  alice: async ({ visit }, use) => use(await signedIn(await visit(ALICE))),
  bob: async ({ visit }, use) => use(await signedIn(await visit(BOB))),
});

export { expect };

/** Signs somebody in and waits until their threads are there. */
export async function signedIn(person: Person): Promise<Person> {
  await person.signIn();
  await person.expectInside();
  return person;
}

function expectNoComplaints(people: readonly Person[]): void {
  expect(
    people.flatMap(({ complaints }) => complaints.all),
    'errors in the console of a page',
  ).toEqual([]);
}

let subjects = 0;

/** A subject that no other journey of this worker has used. */
export const aSubject = (words: string): string => `${words} ${process.pid % 1000}-${(subjects += 1)}`;
