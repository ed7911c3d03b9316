/** How two organisations of one installation get to know each other. */
import type { Account } from './people.ts';
import type { Person } from './person.ts';

/** Lets somebody join the demo workspace, which stands for another organisation. @returns the link */
export async function inviteToDemo(alice: Person, account: Account, role: string): Promise<string> {
  const { page } = alice;
  await page.getByRole('link', { name: 'People', exact: true }).click();
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
