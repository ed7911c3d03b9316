import { expectAccessible } from '../accessibility.ts';
import { aSubject, expect, test } from '../journey.ts';
import { ALICE } from '../people.ts';
import { writeInVain } from '../refusal.ts';

test('what is written into a thread that one is taken out of is kept, until its author decides', async ({
  alice,
  bob,
}) => {
  const text = 'Nobody will ever read this.';
  await writeInVain({ writer: bob, remover: alice, subject: aSubject('Overtime'), text });
  const { page } = bob;
  const kept = page.getByRole('list', { name: 'Could not be sent' });
  await expect(page.getByText('You no longer take part in this thread')).toBeVisible();
  await expect(kept).toContainText(text);
  await expect(kept).toContainText('you no longer take part in it');
  await bob.expectStatus('1 could not be sent');
  // Of the thread itself nothing is left on this computer; of its author's own words everything.
  await expect.poll(() => bob.cachedRows()).not.toContain('For the two of us');

  await page.reload();
  await bob.expectStatus('1 could not be sent');
  await page.getByRole('button', { name: /could not be sent/ }).click();
  const list = page.getByRole('dialog');
  await expect(list).toContainText(text);
  await list.getByRole('button', { name: 'Retry' }).click();
  await expect(list).toContainText('you no longer take part in it');
  await list.getByRole('button', { name: 'Edit' }).click();
  const editor = list.getByRole('textbox', { name: 'Message' });
  await editor.fill('Other words, in vain as well.');
  await list.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('This thread is not there, or you no longer take part in it.').first()).toBeVisible();
  await expect(editor).toHaveValue('Other words, in vain as well.');
  await list.getByRole('button', { name: 'Cancel' }).click();
  await expect(list).toContainText(text);
  await list.getByRole('button', { name: 'Delete' }).click();
  await expect(list).not.toContainText(text);
  await list.getByRole('button', { name: 'Close' }).click();
  await bob.expectStatus('Everything is saved');
  await expect(alice.page.getByText(text)).toHaveCount(0);
});

test('an edit of what was deleted meanwhile is refused, and its text is kept', async ({ alice, bob }) => {
  const subject = aSubject('Parking');
  await bob.startThread({ subject, with: [ALICE], message: 'Row C is free.' });
  await alice.openThread(subject);
  await bob.goOffline();
  await bob.editMessage('Row C is free.', 'Row C is free until nine.');
  await alice.deleteMessage('Row C is free.');
  await alice.expectStatus('Everything is saved');

  await bob.goOnline();
  await expect(bob.log).toContainText('Message deleted');
  await bob.page.getByRole('button', { name: '1 could not be sent' }).click();
  const list = bob.page.getByRole('dialog');
  await expect(list).toContainText('Row C is free until nine.');
  await expect(list).toContainText('This message is no longer there.');
  await list.getByRole('button', { name: 'Delete' }).click();
  await list.getByRole('button', { name: 'Close' }).click();
  await bob.expectStatus('Everything is saved');
});

test('[DEP2] [DEP3] what is written into a thread that is refused waits for it, and follows it', async ({
  alice,
  bob,
}) => {
  const subject = aSubject('Tide tables');
  await alice.administer('Organisation');
  await bob.goOffline();
  await bob.startThread({ subject, with: [ALICE], message: 'Low water at six.' });
  await bob.sendMessage('High water at noon.');
  const changed = () => alice.page.waitForResponse(/organisations\.change/);
  const [refusing] = [
    changed(),
    await alice.page
      .getByRole('radiogroup', { name: 'Who may start threads' })
      .getByRole('radio', { name: 'Owners and admins' })
      .check(),
  ];
  await refusing;

  await bob.goOnline();
  await bob.expectStatus('1 could not be sent');
  for (const text of ['Low water at six.', 'High water at noon.']) {
    await expect(bob.message(text)).toContainText('Waits for its thread, which could not be started');
  }
  await bob.page.getByRole('button', { name: '1 could not be sent' }).click();
  const list = bob.page.getByRole('dialog');
  await expect(list).toContainText('2 changes wait for this.');
  await expectAccessible(bob.page, 'what waits for a refused thread');

  const [allowing] = [
    changed(),
    await alice.page
      .getByRole('radiogroup', { name: 'Who may start threads' })
      .getByRole('radio', { name: 'All members' })
      .check(),
  ];
  await allowing;
  await expect(async () => {
    await list.getByRole('button', { name: 'Retry' }).click({ timeout: 1_000 });
    await expect(list).toContainText('Nothing is left here.', { timeout: 1_000 });
  }).toPass();
  await list.getByRole('button', { name: 'Close' }).click();
  await bob.expectStatus('Everything is saved');
  await alice.openThread(subject);
  await alice.expectMessagesInOrder(/water/, ['Low water at six.', 'High water at noon.']);
});
