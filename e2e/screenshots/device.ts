/** What a device cannot keep, what a server no longer understands, and what is left to somebody who was shut out. */
import { ownComputer } from '../computer.ts';
import { openGateway } from '../gateway.ts';
import { startInstallation } from '../installation.ts';
import { expect, signedIn, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';
import { take } from './take.ts';

const SUBJECT = 'Cold store 4';

test('a device in trouble', async ({ visit }) => {
  await using fresh = await startInstallation();
  const { url } = fresh;
  const alice = await visit(ALICE, { url });
  await alice.setUp(fresh.setUpUrl ?? '');
  await alice.expectInside();
  const invitation = await alice.invite(BOB);
  const computer = await ownComputer({ account: BOB, url });
  let bob = await computer.start();
  await bob.acceptInvitation(invitation);
  await alice.page.goto(`${url}/`);
  await alice.startThread({ subject: SUBJECT, with: [BOB], message: 'Defrosting until noon.' });
  await alice.expectSent('Defrosting until noon.');
  await bob.openThread(SUBJECT);
  await bob.expectMessage('Defrosting until noon.');
  await bob.leave();

  // A browser counts the room that is left when it opens a database for the first time.
  bob = await computer.start();
  await bob.page.goto(`${url}/mark.svg`);
  const giveRoom = await bob.takeRoom();
  await bob.page.goto(`${url}/`);
  await bob.openThread(SUBJECT);
  await bob.composer.fill('Ice on the fan.');
  await bob.submit();
  await bob.page.getByText('Your text is still here.').waitFor();
  await take(bob.page, 'no-room');
  await giveRoom();
  await bob.leave();

  bob = await computer.start();
  await bob.context.addInitScript(keepNoCopies);
  await bob.page.goto(`${url}/`);
  await bob.openThread(SUBJECT);
  await bob.expectBanner('This browser keeps no copy of your messages just now');
  await take(bob.page, 'memory-only');
  await bob.leave();

  bob = await computer.start();
  await bob.page.goto(`${url}/`);
  await bob.openThread(SUBJECT);
  await bob.goOffline();
  await bob.sendMessage('The fitter asks for the old seal.');
  await bob.composer.fill('And who has the');
  await bob.expectDraftKept('And who has the');
  await alice.administer('People');
  await alice.page.getByRole('button', { name: `More for ${BOB.name}` }).click();
  await alice.page.getByRole('menuitem', { name: 'Deactivate' }).click();
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).waitFor();
  await take(alice.page, 'admin-deactivate');
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await alice.page.getByText(`${BOB.name} is deactivated.`).first().waitFor();
  await bob.goOnline();
  await bob.page.getByText('You are no longer in this organisation').waitFor();
  await bob.page.getByText('And who has the').waitFor();
  await take(bob.page, 'shut-out');
  await computer.remove();
  await alice.leave();
});

test('a page of another release', async ({ installation, visit }) => {
  await using gateway = await openGateway(installation.url);
  gateway.serve('former');
  const alice = await signedIn(await visit(ALICE, { url: gateway.url }));
  await alice.expectInstalled();
  await alice.page.reload();
  await alice.startThread({ subject: 'Release notes', with: [BOB], message: 'Written before the release.' });
  await alice.expectSent('Written before the release.');
  await alice.composer.fill('Half a sentence, when');
  gateway.serve('this');
  await alice.lookForRelease();
  await alice.page.getByText('New version.').waitFor();
  await take(alice.page, 'new-version');
  await alice.page.getByRole('button', { name: 'Reload' }).click();
  await expect(alice.page.getByText('New version.')).toHaveCount(0);
  await alice.expectInside();
  gateway.serve('ancient');
  await alice.lookForRelease();
  await alice.page.getByRole('button', { name: 'Reload' }).click();
  await alice.expectBanner('The server is newer than this page.');
  await take(alice.page, 'old-page');
  alice.complaints.expectDisturbance();
  await alice.leave();
});

/** Runs in the page before its scripts: the copies of the server's rows cannot be opened, all else can. */
function keepNoCopies(): void {
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (name, version) {
    if (name.startsWith('parley-cache-')) throw new DOMException('The disk refused.', 'UnknownError');
    return open.call(this, name, version);
  };
}
