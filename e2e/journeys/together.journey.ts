import { aSubject, expect, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';

test('two people see at once what the other does', async ({ alice, bob }) => {
  const subject = aSubject('Pallets for Hamburg');
  await alice.startThread({ subject, with: [BOB], message: 'How many pallets go out on Friday?' });

  await bob.expectUnread(subject, 1);
  await bob.openThread(subject);
  await bob.expectMessage('How many pallets go out on Friday?');
  await bob.expectUnread(subject, 0);

  await bob.sendMessage('Forty, if the second lorry is free.');
  await alice.expectMessage('Forty, if the second lorry is free.');

  await bob.replyTo('How many pallets go out on Friday?', 'And two of them are cold.');
  await expect(alice.message('And two of them are cold.')).toContainText(`In reply to ${ALICE.name}`);
  await alice.sendMessage('It is free from ten.');
  await bob.expectMessage('It is free from ten.');

  await bob.react('It is free from ten.', '👍');
  await alice.expectReaction('It is free from ten.', '👍', 1);
  await bob.editMessage('Forty, if the second lorry is free.', 'Forty-two, if the second lorry is free.');
  await alice.expectMessage('Forty-two, if the second lorry is free.');
  await expect(alice.message('Forty-two, if the second lorry is free.')).toContainText('edited');

  await bob.deleteMessage('Forty-two, if the second lorry is free.');
  await expect(alice.log).not.toContainText('Forty-two');
  await expect(alice.log).toContainText('Message deleted');
});

test('both write at the same time and see one order', async ({ alice, bob }) => {
  const subject = aSubject('Berth plan');
  await alice.startThread({ subject, with: [BOB], message: 'Plan for tomorrow' });
  await bob.openThread(subject);
  const texts = (name: string) => Array.from({ length: 8 }, (_, index) => `berth ${name} ${index + 1}`);
  await Promise.all([
    (async () => {
      for (const text of texts('alice')) await alice.sendMessage(text);
    })(),
    (async () => {
      for (const text of texts('bob')) await bob.sendMessage(text);
    })(),
  ]);
  const order = async (page: typeof alice) => {
    const rows = page.log.getByRole('article').filter({ hasText: 'berth ' });
    await expect(rows).toHaveCount(16);
    return rows.evaluateAll((articles) =>
      articles.map((article) => /berth \w+ \d/.exec(article.textContent)?.[0] ?? ''),
    );
  };
  await alice.expectStatus('Everything is saved');
  await bob.expectStatus('Everything is saved');
  const seen = await order(alice);
  await expect.poll(() => order(bob)).toEqual(seen);
  for (const name of ['alice', 'bob']) expect(seen.filter((text) => text.includes(name))).toEqual(texts(name));
});

test('somebody who is removed no longer sees the thread', async ({ alice, bob }) => {
  const subject = aSubject('Salary round');
  await alice.startThread({ subject, with: [BOB], message: 'This was for Bob by mistake.' });
  await bob.openThread(subject);
  await bob.expectMessage('This was for Bob by mistake.');

  await alice.page.getByRole('button', { name: 'Details' }).click();
  await alice.page.getByRole('button', { name: `Remove ${BOB.name}` }).click();
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();

  await expect(bob.threadLink(subject)).toHaveCount(0);
  await expect(bob.page.getByText('This was for Bob by mistake.')).toHaveCount(0);
  await expect(bob.page.getByText('You no longer take part in this thread')).toBeVisible();
});

test('a mention is picked from the list and names the person', async ({ alice, bob }) => {
  const subject = aSubject('Crane inspection');
  await alice.startThread({ subject, with: [BOB], message: 'First word' });
  await bob.openThread(subject);
  await bob.composer.pressSequentially('Ask @ali');
  await expect(bob.page.getByRole('option', { name: ALICE.name })).toBeVisible();
  await bob.composer.press('Enter');
  await expect(bob.composer).toHaveValue(`Ask @${ALICE.name} `);
  await bob.composer.pressSequentially('about it');
  await bob.composer.press('Enter');
  await expect(alice.log).toContainText(`Ask @${ALICE.name} about it`);
});
