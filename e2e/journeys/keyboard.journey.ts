import { aSubject, expect, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';

test('the main job, without a mouse', async ({ bob, visit }) => {
  const subject = aSubject('Winter tyres');
  await bob.startThread({ subject, with: [ALICE], message: 'Which lorries still need them?' });

  const alice = await visit(ALICE);
  const { page } = alice;
  const { keyboard } = page;
  const press = async (key: string, times = 1) => {
    for (let time = 0; time < times; time += 1) await keyboard.press(key);
  };
  const tabTo = async (name: string) => {
    for (let step = 0; step < 40; step += 1) {
      await keyboard.press('Tab');
      const now = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
      if (now === name) return;
    }
    throw new Error(`Tab does not lead to ${name}.`);
  };

  await page.goto(`${alice.url}/sign-in`);
  await page.getByLabel('E-mail').waitFor();
  await press('Tab');
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await keyboard.type(ALICE.email);
  await press('Tab');
  await keyboard.type(ALICE.password);
  await press('Enter');
  await alice.expectInside();

  await press('Control+k');
  await keyboard.type(subject);
  await expect(alice.threads.getByRole('link')).toHaveCount(1);
  await press('Enter');
  await alice.expectThread(subject);
  await expect(alice.composer).toBeFocused();
  await keyboard.type('The two old ones.');
  await press('Enter');
  await bob.expectMessage('The two old ones.');

  await press('ArrowUp');
  await expect(alice.composer).toHaveValue('The two old ones.');
  await press('End');
  await keyboard.type(' Both');
  await press('Enter');
  await bob.expectMessage('The two old ones. Both');
  await expect(alice.composer).toBeFocused();
  await expect(alice.composer).toHaveValue('');

  await press('Shift+F6');
  await press('F6');
  await expect(page.getByRole('region', { name: 'Messages' })).toBeFocused();
  await press('ArrowUp', 2);
  await expect(alice.message('Which lorries still need them?')).toBeFocused();
  await tabTo('React with 👍');
  await press('Enter');
  await bob.expectReaction('Which lorries still need them?', '👍', 1);

  await tabTo('Reply');
  await press('Enter');
  await expect(alice.composer).toBeFocused();
  await keyboard.type('Numbers four and nine.');
  await press('Enter');
  await bob.expectMessage('Numbers four and nine.');
  await expect(bob.message('Numbers four and nine.')).toContainText(`In reply to ${BOB.name}`);

  await keyboard.type('Never to be sent');
  await press('Escape');
  await expect(alice.composer).toHaveValue('Never to be sent');
});
