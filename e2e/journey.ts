/** What every journey starts from: an installation with alice and bob of Acme, and browsers for them. */
import { test as base, expect, type BrowserContextOptions } from '@playwright/test';
import { ownComputer, type Computer, type OwnedComputer } from './computer.ts';
import { type Installation, startInstallation } from './installation.ts';
import { ALICE, BOB, type Account } from './people.ts';
import { Person } from './person.ts';

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

  computerOf: async ({ installation }, use) => {
    const computers: OwnedComputer[] = [];
    await use(async (account) => {
      const computer = await ownComputer({ account, url: installation.url });
      computers.push(computer);
      return computer;
    });
    for (const computer of computers) await computer.remove();
    expectNoComplaints(computers.flatMap(({ people }) => people));
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
