import { expectAccessible } from '../accessibility.ts';
import { aSubject, expect, test } from '../journey.ts';
import { BOB, type Account } from '../people.ts';
import type { Person } from '../person.ts';

test('a team takes part in a thread: whoever joins it reads all of it, and whoever leaves it keeps nothing', async ({
  alice,
  bob,
  visit,
}) => {
  const CAROL: Account = { name: 'Carol Ferreira', email: 'carol@acme.example', password: 'nine grey herons wade' };
  const carol = await visit(CAROL);
  await carol.acceptInvitation(await alice.invite(CAROL));
  const team = aSubject('Drivers');
  const subject = aSubject('Winter tyres');
  const words = `Fitted by Friday ${subject}`;

  await alice.makeTeam(team, [BOB]);
  await expectAccessible(alice.page, 'administration, teams');
  await alice.startThread({ subject, with: [], teams: [team], message: words });
  await bob.openThread(subject);
  await bob.expectMessage(words);
  await bob.page.getByRole('button', { name: 'Details' }).click();
  await expect(bob.page.getByRole('list', { name: 'Groups in this thread' })).toContainText(team);
  await expect(bob.page.getByRole('list', { name: 'People in this thread' })).toContainText(`via ${team}`);
  await expectAccessible(bob.page, 'details with a team');
  await expect.poll(() => isKept(bob, words)).toBe(true);

  await expect(carol.page.getByText(subject)).toHaveCount(0);
  await alice.changeTeam(team, { add: [CAROL] });
  await carol.openThread(subject);
  await carol.expectMessage(words);
  await carol.page.getByRole('link', { name: 'People', exact: true }).click();
  const teams = carol.page.getByRole('region', { name: 'Teams' });
  await teams.getByText(team).click();
  await expect(teams.getByRole('list', { name: `People of ${team}` })).toContainText(BOB.name);

  await alice.changeTeam(team, { remove: [BOB] });
  await expect(bob.threadLink(subject)).toHaveCount(0);
  await expect(bob.page.getByText('You no longer take part in this thread')).toBeVisible();
  await expect.poll(() => isKept(bob, words)).toBe(false);
  await expect.poll(() => isKept(bob, subject)).toBe(false);
});

test('a team is made offline, and mentioned where only mentions count', async ({ alice, bob }) => {
  const team = aSubject('Night shift');
  const subject = aSubject('Gate code');
  await alice.administer('Teams');
  await alice.expectInstalled();
  await alice.goOffline();
  await alice.makeTeam(team, [BOB]);
  await alice.startThread({ subject, with: [], teams: [team] });
  await alice.goOnline();
  await bob.openThread(subject);
  await bob.page.getByRole('button', { name: 'Thread menu' }).click();
  await bob.page.getByRole('menuitemcheckbox', { name: 'Follow mentions only' }).click();
  await bob.page.getByRole('button', { name: 'New thread' }).first().click();
  await alice.sendMessage('It has changed');
  await bob.expectUnread(subject, 0);
  await alice.sendMessage(`@${team} it is 4711 now`);
  await bob.expectUnread(subject, 1);
  await alice.sendMessage('@all and thanks');
  await bob.expectUnread(subject, 2);
});

/** Whether these words stand anywhere in what a browser keeps. */
async function isKept({ context }: Person, words: string): Promise<boolean> {
  return JSON.stringify(await context.storageState({ indexedDB: true })).includes(words);
}
