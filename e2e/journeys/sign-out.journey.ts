/** What a person leaves behind on a device: nothing, or everything, as they asked. */
import type { Page } from '@playwright/test';
import { aSubject, expect, signedIn, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';

test('signing out without a network wipes the device in every tab, and the session is dead', async ({ visit }) => {
  const alice = await signedIn(await visit(ALICE));
  const subject = aSubject('Keys of the boathouse');
  await alice.startThread({ subject, with: [], message: 'Under the third stone' });
  await alice.expectSent('Under the third stone');
  await alice.expectInstalled();
  const first = alice.page;
  const second = await alice.openTab();
  await alice.expectInside();
  const personId = await alice.personId();

  await alice.goOffline();
  await alice.openThread(subject);
  await alice.sendMessage('Never sent');
  await alice.expectWaiting('Never sent');
  await alice.page.getByRole('link', { name: 'Settings' }).click();
  await alice.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  const dialog = alice.page.getByRole('dialog', { name: 'Sign out with unsent work?' });
  await expect(dialog.getByRole('list', { name: 'Not sent' })).toContainText('Never sent');
  const downloading = alice.page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save as file' }).click();
  const file = await (await downloading).createReadStream();
  expect((await file.toArray()).join('')).toContain('Never sent');
  await dialog.getByRole('button', { name: 'Delete and sign out' }).click();

  for (const page of [second, first]) await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect.poll(() => tracesIn(second, [personId, 'alice', 'boathouse', 'stone', 'Never sent'])).toEqual([]);

  await alice.goOnline();
  // The browser still has its cookie, which no page can take away; it opens nothing.
  expect((await alice.context.cookies()).map(({ name }) => name)).toContain(`parley.session_token.${personId}`);
  const answer = await alice.context.request.get(`${alice.url}/trpc/accounts.session`);
  expect(await answer.json()).toMatchObject({ result: { data: { person: null } } });
  await second.reload();
  await expect(second.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(second.getByRole('group', { name: 'Accounts on this device' })).toHaveCount(0);
});

test('a session that ended elsewhere locks the device and keeps what was written', async ({ alice, visit }) => {
  const subject = aSubject('Minutes of the harbour board');
  await alice.startThread({ subject, with: [BOB], message: 'First item' });
  await alice.expectSent('First item');
  await alice.expectInstalled();
  await alice.goOffline();
  await alice.sendMessage('Written while locked out');
  await alice.expectWaiting('Written while locked out');

  const elsewhere = await signedIn(await visit(ALICE));
  await elsewhere.page.getByRole('link', { name: 'Settings' }).click();
  await elsewhere.page.getByRole('button', { name: 'Sign out all other devices' }).click();
  await elsewhere.page.getByRole('dialog').getByRole('button', { name: 'Sign them out' }).click();
  await expect(elsewhere.page.getByRole('list', { name: 'Devices' }).getByRole('listitem')).toHaveCount(1);

  await alice.goOnline();
  await expect(alice.page.getByRole('heading', { name: 'Sign in again' })).toBeVisible();
  await alice.page.getByLabel('Password', { exact: true }).fill(ALICE.password);
  await alice.page.getByRole('button', { name: 'Sign in' }).click();
  await alice.expectInside();
  await alice.openThread(subject);
  await alice.expectSent('Written while locked out');
  await elsewhere.openThread(subject);
  await elsewhere.expectMessage('Written while locked out');
});

test('two people share a device: each keeps what is theirs, and neither sees the other', async ({ visit }) => {
  const alice = await signedIn(await visit(ALICE));
  const subject = aSubject('Surprise for the crew');
  await alice.startThread({ subject, with: [], message: 'Cake at four' });
  await alice.expectSent('Cake at four');
  await alice.expectInstalled();
  await alice.goOffline();
  await alice.sendMessage('Candles too');
  await alice.expectWaiting('Candles too');
  const switchAccount = async () => {
    await alice.page.getByRole('link', { name: 'Settings' }).click();
    await alice.page.getByRole('button', { name: 'Switch account' }).click();
    await expect(alice.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  };
  const accounts = alice.page.getByRole('group', { name: 'Accounts on this device' });
  const signInAs = async ({ email, password }: { email: string; password: string }) => {
    await alice.page.getByLabel('E-mail').fill(email);
    await alice.page.getByLabel('Password', { exact: true }).fill(password);
    await alice.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await alice.expectInside();
  };
  await switchAccount();
  await alice.goOnline();
  await signInAs(BOB);
  await expect(alice.page.getByText(subject)).toHaveCount(0);
  await switchAccount();

  await accounts.getByRole('button', { name: `Remove ${BOB.name} from this device` }).click();
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Delete and remove' }).click();
  await expect(accounts.getByText(BOB.name)).toHaveCount(0);
  await signInAs(ALICE);
  await alice.openThread(subject);
  await alice.expectSent('Candles too');
});

/** Every place of a browser in which one of these words stands; cookies are the server's. */
function tracesIn(page: Page, words: readonly string[]): Promise<string[]> {
  return page.evaluate(async (sought) => {
    const holds = (value: unknown) => sought.some((word) => JSON.stringify(value)?.includes(word));
    const found: string[] = [];
    for (const { name = '' } of await indexedDB.databases()) found.push(`database ${name}`);
    for (const [kind, area] of Object.entries({ localStorage, sessionStorage })) {
      for (const entry of Object.entries(area)) if (holds(entry)) found.push(`${kind} ${entry.join()}`);
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const response = await cache.match(request);
        const isText = /json|html|text/.test(response?.headers.get('content-type') ?? '');
        if (holds([name, request.url]) || (isText && holds(await response?.text())))
          found.push(`cache ${name} ${request.url}`);
      }
    }
    const registration = await navigator.serviceWorker.getRegistration();
    for (const { title } of (await registration?.getNotifications()) ?? []) found.push(`notification ${title}`);
    if (holds([document.title, location.href, history.state, document.cookie])) found.push('page');
    return found;
  }, words);
}
