import type { Locator } from '@playwright/test';
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
  const tabTo = async (target: Locator) => {
    for (let step = 0; step < 60; step += 1) {
      await keyboard.press('Tab');
      if (await target.evaluateAll((found) => found.some((element) => element === document.activeElement))) return;
    }
    throw new Error('Tab does not lead there.');
  };
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  await page.goto(`${alice.url}/sign-in`);
  await page.getByLabel('E-mail').waitFor();
  await press('Tab');
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await keyboard.type(ALICE.email);
  await press('Tab');
  await keyboard.type(ALICE.password);
  await press('Enter');
  await alice.expectInside();

  const own = aSubject('Snow chains');
  await tabTo(button('New thread'));
  await press('Enter');
  await expect(page.getByLabel('Subject')).toBeFocused();
  await keyboard.type(own);
  await tabTo(page.getByRole('combobox', { name: 'People' }));
  await keyboard.type('bob');
  await page.getByRole('option', { name: BOB.name }).waitFor();
  await press('Enter');
  await expect(page.getByRole('button', { name: `Remove ${BOB.name}` })).toBeVisible();
  await tabTo(alice.composer);
  await keyboard.type('Four sets are missing.');
  await press('Enter');
  await alice.expectThread(own);
  await bob.openThread(own);
  await bob.expectMessage('Four sets are missing.');
  await bob.openThread(subject);

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
  await tabTo(button('React with 👍'));
  await press('Enter');
  await bob.expectReaction('Which lorries still need them?', '👍', 1);

  await tabTo(button('Reply'));
  await press('Enter');
  await expect(alice.composer).toBeFocused();
  await keyboard.type('Numbers four and nine.');
  await press('Enter');
  await bob.expectMessage('Numbers four and nine.');
  await expect(bob.message('Numbers four and nine.')).toContainText(`In reply to ${BOB.name}`);

  await keyboard.type('Never to be sent');
  await press('Escape');
  await expect(alice.composer).toHaveValue('Never to be sent');
  await press('Control+a');
  await press('Backspace');

  await press('Shift+F6');
  await press('F6');
  await expect(page.getByRole('region', { name: 'Messages' })).toBeFocused();
  await press('ArrowUp', 3);
  await expect(alice.message('Which lorries still need them?')).toBeFocused();
  await press('u');
  await alice.expectUnread(subject, 1);
  await alice.expectStatus('Everything is saved');

  await tabTo(page.getByRole('link', { name: 'Settings', exact: true }));
  await press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  await tabTo(button('Sign out'));
  await press('Enter');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
