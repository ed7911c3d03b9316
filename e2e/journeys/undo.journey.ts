import { aSubject, expect, test } from '../journey.ts';
import { BOB } from '../people.ts';

test('a message can be taken back before it goes out, and goes out by itself over a reload', async ({ alice, bob }) => {
  const subject = aSubject('Gate codes');
  await alice.startThread({ subject, with: [BOB], message: 'New codes from Monday.' });
  await bob.openThread(subject);
  await alice.chooseUndoTime('30 s');
  await alice.openThread(subject);

  await alice.sendMessage('The code is 4711.');
  await alice.sendMessage('And the other one is 0815.');
  await expect(alice.message('The code is 4711.')).toContainText(/Goes out in \d+ s/);
  await alice.message('The code is 4711.').getByRole('button', { name: 'Undo' }).click();
  await expect(alice.message('The code is 4711.')).toHaveCount(0);
  await expect(alice.composer).toHaveValue('The code is 4711.');
  await alice.composer.fill('');
  await alice.composer.press('ArrowUp');
  await expect(alice.composer).toHaveValue('And the other one is 0815.');
  await alice.composer.fill('Ask me for the codes.');
  await alice.submit();
  await alice.message('Ask me for the codes.').getByRole('button', { name: 'Send now' }).click();
  await bob.expectMessage('Ask me for the codes.');
  await expect(bob.log).not.toContainText('4711');

  await alice.chooseUndoTime('5 s');
  await alice.openThread(subject);
  await alice.sendMessage('They work from six.');
  await alice.page.reload();
  await bob.expectMessage('They work from six.');
  await alice.expectSent('They work from six.');
  await alice.chooseUndoTime('Off');
});
