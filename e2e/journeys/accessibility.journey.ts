import { expectAccessible } from '../accessibility.ts';
import { startInstallation } from '../installation.ts';
import { aSubject, expect, signedIn, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';
import { writeInVain } from '../refusal.ts';

const WINDOWS = {
  desk: { viewport: { width: 1280, height: 820 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

for (const [window, options] of Object.entries(WINDOWS)) {
  test(`axe finds nothing on the way in, ${window}`, async ({ visit }) => {
    await using fresh = await startInstallation();
    const alice = await visit(ALICE, { ...options, url: fresh.url });
    const { page } = alice;
    await page.goto(`${fresh.url}/`);
    await page.getByRole('heading', { name: 'Open the set-up link' }).waitFor();
    await expectAccessible(page, 'without the link');
    await page.goto(fresh.setUpUrl ?? '');
    await page.getByLabel('Organisation').fill('Acme Freight');
    await page.getByLabel('Your name').fill('Alice');
    await page.getByLabel('E-mail').fill('alice@acme.example');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Create organisation' }).click();
    await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await expectAccessible(page, 'set-up with a fault');

    await alice.setUp(fresh.setUpUrl ?? '');
    await alice.expectInside();
    await page.getByText('No threads yet').waitFor();
    await expectAccessible(page, 'nothing here yet');
    await page.getByRole('link', { name: 'People' }).filter({ visible: true }).click();
    await page.getByText('Nobody else is here yet').waitFor();
    await expectAccessible(page, 'people, alone');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByRole('dialog').getByLabel('E-mail').fill('erin@acme.example');
    await expectAccessible(page, 'inviting');
    await page.getByRole('button', { name: 'Make link' }).click();
    const link = await page.getByLabel('Invitation link').inputValue();
    await expectAccessible(page, 'an invitation link');

    const erin = await visit({ ...BOB, email: 'erin@acme.example' }, { ...options, url: fresh.url });
    await erin.page.goto(link);
    await erin.page.getByLabel('Your name').waitFor();
    await expectAccessible(erin.page, 'an invitation');
    await erin.page.goto(`${fresh.url}/invitation/nothing`);
    await erin.page.getByRole('heading', { name: 'This link does not open' }).waitFor();
    await expectAccessible(erin.page, 'an invitation that does not open');
    await erin.signIn('wrong password');
    await expect(erin.page.getByRole('alert')).not.toBeEmpty();
    await expectAccessible(erin.page, 'sign-in, refused');
    for (const person of [alice, erin]) await person.leave();
  });

  test(`axe finds nothing inside, ${window}`, async ({ bob, visit }) => {
    test.slow();
    const subject = aSubject('Harbour dues');
    await bob.startThread({ subject, with: [ALICE], message: 'The **new** tariff, see `dues.csv`:' });
    await bob.composer.fill('> quoted\n\n1. first\n2. second\n\n| a | b |\n|-|-|\n| 1 | 2 |');
    await bob.composer.press('Enter');
    await bob.sendMessage('Is it right?');
    await bob.expectSent('Is it right?');

    const alice = await signedIn(await visit(ALICE, options));
    const { page } = alice;
    await alice.expectUnread(subject, 3);
    await expectAccessible(page, 'threads, one unread');
    await alice.openThread(subject);
    await alice.expectMessage('Is it right?');
    await alice.replyTo('Is it right?', 'Yes.');
    await alice.react('Yes.', '👍');
    await alice.editMessage('Yes.', 'Yes, it is.');
    await alice.expectSent('Yes, it is.');
    await expectAccessible(page, 'a thread');

    const row = alice.message('Yes, it is.');
    await alice.press(row, 'More actions');
    await page.getByRole('menuitem', { name: 'Edit' }).waitFor();
    await expectAccessible(page, 'a menu');
    await page.keyboard.press('Escape');
    await alice.press(row, 'React');
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page, 'the board of emoji');
    await page.keyboard.press('Escape');
    await alice.composer.pressSequentially('@bo');
    await page.getByRole('option', { name: BOB.name }).waitFor();
    await expectAccessible(page, 'picking a mention');
    await alice.composer.fill('Tomorrow then.');
    await page.getByRole('button', { name: 'Send later' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'In an hour' }).waitFor();
    await expectAccessible(page, 'sending later');
    await page.keyboard.press('Escape');
    await alice.composer.fill('');
    await alice
      .message('Is it right?')
      .getByRole('button', { name: /1 reply/ })
      .click();
    await page.getByText('1 reply', { exact: true }).filter({ visible: true }).waitFor();
    await expectAccessible(page, 'replies');
    await page.getByRole('region', { name: 'Replies' }).getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('region', { name: 'Details' }).waitFor();
    await expectAccessible(page, 'the details of a thread');
    await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Close' }).click();

    await alice.goOffline();
    await alice.expectBanner('You are offline.');
    await alice.sendMessage('Written offline.');
    await alice.expectWaiting('Written offline.');
    await expectAccessible(page, 'offline, with something waiting');
    await alice.goOnline();
    await alice.expectSent('Written offline.');

    await page.goto(`${alice.url}/new`);
    await page.getByLabel('Subject').waitFor();
    await page.getByRole('combobox', { name: 'People' }).fill('bo');
    await page.getByRole('option').first().waitFor();
    await expectAccessible(page, 'a new thread');
    await page.goto(`${alice.url}/people`);
    await page.getByRole('list', { name: 'People' }).waitFor();
    await expectAccessible(page, 'people');
    await page.goto(`${alice.url}/settings`);
    await page.getByRole('radiogroup', { name: 'Theme' }).waitFor();
    await expectAccessible(page, 'settings');
    await page.goto(`${alice.url}/nowhere`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await expectAccessible(page, 'no such page');
  });

  test(`axe finds nothing where something was refused, ${window}`, async ({ alice, visit }) => {
    const bob = await signedIn(await visit(BOB, options));
    await writeInVain({ writer: bob, remover: alice, subject: aSubject('Night gate'), text: 'Who closes it?' });
    await bob.page.getByText('You no longer take part in this thread').waitFor();
    await bob.page.getByText('Who closes it?').waitFor();
    await expectAccessible(bob.page, 'kept from a thread that is gone');
  });
}
