/** Ways in: further steps, keys, links, several accounts on one device, and sessions that ended. */
import type { Page } from '@playwright/test';
import { codeOf } from '../authenticator.ts';
import { startInstallation } from '../installation.ts';
import { test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';
import { Person } from '../person.ts';
import { take, takeAtDesk } from './take.ts';

test('ways in', async ({ browser, contextOptions, visit }) => {
  await using fresh = await startInstallation();
  const { url } = fresh;
  const alice = await visit(ALICE, { url });
  const { page } = alice;
  await alice.setUp(fresh.setUpUrl ?? '');
  await alice.expectInside();
  const invitation = await alice.invite(BOB);
  const bob = await visit(BOB, { url });
  await bob.acceptInvitation(invitation);
  await bob.leave();
  // Whose complaints nobody hears: that a page cannot be fetched is one.
  const context = await browser.newContext({ ...contextOptions, serviceWorkers: 'block' });
  const elsewhere = await Person.at(context, { account: ALICE, url });
  await elsewhere.signIn();
  await elsewhere.expectInside();
  await context.route('**/assets/activity-page-*', (route) => route.abort());
  await elsewhere.page.goto(`${url}/activity`);
  await elsewhere.page.getByText('This page did not load').waitFor();
  await take(elsewhere.page, 'failure');

  await addAuthenticator(page);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByLabel('Your password').waitFor();
  await take(page, 'confirm-password');
  await confirm(page);
  await page.getByLabel('Name', { exact: true }).fill('Work laptop');
  await take(page, 'passkey-name');
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  await page.getByRole('list', { name: 'Passkeys' }).getByText('Work laptop').waitFor();

  await page.getByRole('button', { name: 'Turn on' }).click();
  await confirm(page);
  const dialog = page.getByRole('dialog', { name: 'Scan this with your app' });
  const secret = (await dialog.getByRole('code').textContent()) ?? '';
  await take(page, 'two-step-set-up');
  await dialog.getByRole('textbox', { name: 'Code' }).fill(codeOf(secret));
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  await page.getByRole('list', { name: 'Recovery codes' }).waitFor();
  await take(page, 'recovery-codes');
  await page.getByRole('button', { name: 'I have kept them' }).click();
  const password = page.getByRole('button', { name: 'Change password' });
  await take(page, 'settings-security', () => password.scrollIntoViewIfNeeded());
  const signOut = page.getByRole('button', { name: 'Sign out', exact: true });
  await take(page, 'settings-device', () => signOut.scrollIntoViewIfNeeded());
  await page.getByRole('button', { name: 'Sign out all other devices' }).click();
  await page.getByRole('dialog', { name: 'Sign out the other device?' }).waitFor();
  await take(page, 'sign-out-others');
  await page.getByRole('button', { name: 'Sign them out' }).click();
  await elsewhere.page.getByRole('heading', { name: 'Sign in again' }).waitFor();
  await context.close();
  await password.click();
  await page.getByRole('dialog', { name: 'Change password' }).waitFor();
  await take(page, 'change-password');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: `${ALICE.name}: change account` }).click();
  await page.getByRole('menuitem', { name: 'Use another account' }).waitFor();
  await takeAtDesk(page, 'account-menu');
  await page.keyboard.press('Escape');

  const again = await visit(ALICE, { url });
  again.complaints.expectDisturbance();
  await again.context.route('**/trpc/**', (route) => route.abort());
  await again.page.goto(`${url}/`);
  await again.page.getByText('The server cannot be reached').waitFor();
  await take(again.page, 'unreachable');
  await again.context.unroute('**/trpc/**');
  await again.page.goto(`${url}/invitation/used-long-ago`);
  await again.page.getByText('This link does not open').waitFor();
  await take(again.page, 'invitation-gone');
  await again.signIn();
  await again.page.getByRole('heading', { name: 'One more step' }).waitFor();
  await take(again.page, 'sign-in-code');
  await again.page.goto(`${url}/sign-in`);
  await again.page.getByLabel('E-mail').fill(ALICE.email);
  await again.page.getByRole('button', { name: 'Mail me a link instead' }).click();
  await again.page.getByRole('status').getByText('a link is on its way').waitFor();
  await take(again.page, 'sign-in-mailed');
  await again.page.goto(`${url}/sign-in-link`);
  await again.page.getByRole('heading', { level: 1 }).waitFor();
  await take(again.page, 'sign-in-link');
  await again.page.goto(`${url}/reset-password`);
  await again.page.getByRole('heading', { level: 1 }).waitFor();
  await take(again.page, 'reset-password');
  await again.leave();

  // A second person at the same computer.
  await page.getByRole('button', { name: `${ALICE.name}: change account` }).click();
  await page.getByRole('menuitem', { name: 'Use another account' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await take(page, 'another-account');
  await page.getByLabel('E-mail').fill(BOB.email);
  await page.getByLabel('Password', { exact: true }).fill(BOB.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await alice.expectInside();
  await page.getByRole('button', { name: `${BOB.name}: change account` }).click();
  await page.getByRole('menu', { name: 'Accounts on this device' }).getByText(ALICE.email).waitFor();
  await takeAtDesk(page, 'accounts');
  await page.keyboard.press('Escape');

  // The session ends while the page is open.
  await alice.context.clearCookies();
  alice.complaints.expectDisturbance();
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in again' }).waitFor();
  await take(page, 'session-ended');
  await page.getByRole('button', { name: `Remove ${ALICE.name} from this device` }).click();
  await page.getByRole('dialog', { name: `Remove ${ALICE.name} from this device?` }).waitFor();
  await take(page, 'known-account-remove');
  await alice.leave();
});

async function confirm(page: Page): Promise<void> {
  await page.getByLabel('Your password').fill(ALICE.password);
  await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click();
}

/** A device that keeps passkeys, and agrees to everything. */
async function addAuthenticator(page: Page): Promise<void> {
  const device = await page.context().newCDPSession(page);
  await device.send('WebAuthn.enable');
  await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
