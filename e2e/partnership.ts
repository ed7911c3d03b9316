/** How two organisations of one installation get to know each other. */
import type { BrowserContextOptions } from '@playwright/test';
import { ALICE, BOB, type Account } from './people.ts';
import type { Person } from './person.ts';

/** Lets somebody join the demo workspace, which stands for another organisation. @returns the link */
export async function inviteToDemo(alice: Person, account: Account, role: string): Promise<string> {
  const { page } = alice;
  await page.getByRole('navigation', { name: 'Parley' }).getByRole('link', { name: 'People' }).click();
  const place = page.getByRole('region', { name: /Brightwater/ });
  await place.getByRole('button', { name: 'Invite', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(account.email);
  await dialog.getByRole('radio', { name: role }).check();
  await dialog.getByRole('button', { name: 'Make link' }).click();
  const link = await page.getByLabel('Invitation link').inputValue();
  await page.getByRole('button', { name: 'Done' }).click();
  return link;
}

/** Asks somebody to become a partner with their organisation. @returns the link */
export async function invitePartner({ page }: Person, { email }: Account): Promise<string> {
  await page.getByRole('button', { name: 'Invite a partner' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByRole('button', { name: 'Make link' }).click();
  const link = await page.getByLabel('Invitation link').inputValue();
  await page.getByRole('button', { name: 'Done' }).click();
  return link;
}

export const CAROL: Account = { name: 'Carol Ibsen', email: 'carol@globex.example', password: 'nine silver spoons' };

type Visit = (account: Account, options?: BrowserContextOptions & { url?: string }) => Promise<Person>;

/** Alice and Bob of one organisation, and Carol, who looks after a partner of it, in an installation of their own. */
export async function partnersIn({ url, setUpUrl }: { url: string; setUpUrl: string | null }, visit: Visit) {
  const at = { url, viewport: { width: 1280, height: 800 } };
  const alice = await visit(ALICE, at);
  await alice.setUp(setUpUrl ?? '');
  await alice.expectInside();
  const bob = await visit(BOB, at);
  await bob.acceptInvitation(await alice.invite(BOB));
  await alice.page.goto(url);
  await alice.page.getByRole('button', { name: 'Add a demo workspace' }).click();
  const carol = await visit(CAROL, at);
  await carol.acceptInvitation(await inviteToDemo(alice, CAROL, 'Admin'));
  await alice.administer('Partners');
  await carol.page.goto(await invitePartner(alice, CAROL));
  await carol.page.getByRole('button', { name: /^Accept for Brightwater/ }).click();
  await carol.page.getByRole('link', { name: 'Open Parley' }).click();
  return { alice, bob, carol };
}
