import { openGateway } from '../gateway.ts';
import { aSubject, expect, signedIn, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';
import type { Person } from '../person.ts';

test('[VER1] [DISK11] a release comes in the middle of a draft: it is taken when asked, and the draft is there', async ({
  installation,
  visit,
  bob,
}) => {
  await using gateway = await openGateway(installation.url);
  gateway.serve('former');
  const subject = aSubject('Release notes');
  const alice = await signedIn(await visit(ALICE, { url: gateway.url }));
  await alice.expectInstalled();
  await alice.page.reload();
  await expectRelease(alice, 'former');
  // Whoever comes from the release before is served as always.
  await alice.startThread({ subject, with: [BOB], message: 'Said by the release before' });
  await alice.expectSent('Said by the release before');
  expect(gateway.changedScripts).toBeGreaterThan(0);

  await alice.composer.fill('Half a sentence');
  gateway.serve('this');
  await alice.lookForRelease();
  await expect(alice.page.getByText('New version.')).toBeVisible();
  await expectRelease(alice, 'former');
  // The new release reads another cache, which is filled by now: it starts with everything, whatever the network does.
  expect(await cachesOf(alice)).toEqual(['parley-cache-1', 'parley-cache-2']);
  // And is older than what is done from then on.
  await alice.sendMessage('Half a sentence, and the rest');
  await alice.expectSent('Half a sentence, and the rest');
  await alice.goOffline();
  await alice.composer.pressSequentially('Half a sentence, when the new release came in');
  await alice.page.getByRole('button', { name: 'Reload' }).click();

  await expectRelease(alice, null);
  await alice.expectMessage('Said by the release before');
  await alice.expectTyped('Half a sentence, when the new release came in');
  await expect.poll(() => cachesOf(alice)).toEqual(['parley-cache-2']);
  await alice.goOnline();
  await alice.expectMessage('Half a sentence, and the rest');
  await expect(alice.composer).toHaveValue('Half a sentence, when the new release came in');
  await expect(alice.page.getByText('New version.')).toHaveCount(0);
  await alice.submit();
  await alice.expectSent('Half a sentence, when the new release came in');
  await bob.openThread(subject);
  await bob.expectMessagesInOrder(/./, [
    'Said by the release before',
    'Half a sentence, and the rest',
    'Half a sentence, when the new release came in',
  ]);
  await alice.leave();
});

test('[VER5] a page that the server no longer understands keeps everything, and reloads only into a newer one', async ({
  installation,
  visit,
}) => {
  await using gateway = await openGateway(installation.url);
  const subject = aSubject('Old page');
  const alice = await signedIn(await visit(ALICE, { url: gateway.url }));
  await alice.startThread({ subject, with: [], message: 'Said while it was understood' });
  await alice.expectSent('Said while it was understood');
  await alice.expectInstalled();
  gateway.serve('ancient');
  await alice.lookForRelease();
  await alice.page.getByRole('button', { name: 'Reload' }).click();
  await expectRelease(alice, 'ancient');
  expect(gateway.changedScripts).toBeGreaterThan(0);

  await alice.expectBanner('The server is newer than this page.');
  await alice.expectMessage('Said while it was understood');
  await alice.sendMessage('Said to a server that does not listen');
  await alice.composer.fill('And half a sentence more');
  let loads = 0;
  alice.page.on('load', () => (loads += 1));
  await alice.page.getByRole('button', { name: 'Reload' }).click();
  await alice.expectBanner('The newer version is not there yet.');
  await alice.page.getByRole('button', { name: 'Try again' }).click();
  await alice.expectBanner('The newer version is not there yet.');
  expect(loads).toBe(0);

  gateway.serve('this');
  await alice.page.getByRole('button', { name: 'Try again' }).click();
  await expectRelease(alice, null);
  await expect(alice.composer).toHaveValue('And half a sentence more');
  await alice.expectSent('Said to a server that does not listen');
  await alice.expectStatus('Everything is saved');
  await alice.leave();
});

/** Names of the caches in this browser, without the person's id. */
async function cachesOf(person: Person): Promise<string[]> {
  const names = (await person.databases()).filter((name) => name.startsWith('parley-cache-'));
  return names.map((name) => name.slice(0, 'parley-cache-1'.length)).toSorted();
}

/** Which release the page in front is of; `null`: this one. */
async function expectRelease({ page }: Person, release: string | null): Promise<void> {
  const html = page.locator('html');
  if (release === null) await expect(html).not.toHaveAttribute('data-release');
  else await expect(html).toHaveAttribute('data-release', release);
}
