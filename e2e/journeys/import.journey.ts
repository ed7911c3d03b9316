import { randomBytes } from 'node:crypto';
import { ACME_EXPORT } from '../../apps/api/src/imports/slack/export.fixture.ts';
import { zipOf } from '../../apps/api/src/imports/slack/zip.fixture.ts';
import { expectAccessible } from '../accessibility.ts';
import { startInstallation } from '../installation.ts';
import { expect, test } from '../journey.ts';
import { ALICE } from '../people.ts';

const json = Object.entries(ACME_EXPORT).map(([name, content]) => ({ name, content: JSON.stringify(content) }));
/** Three pieces long, and no smaller packed. */
const noise = { name: 'noise.bin', content: randomBytes(5_000_000), stored: true };
const history = { name: 'history.zip', mimeType: 'application/zip', buffer: zipOf([...json, noise]) };

test('a history is brought in: broken off, gone on with, and brought in again', async ({ visit }) => {
  await using fresh = await startInstallation();
  const alice = await visit(ALICE, { url: fresh.url });
  const { page } = alice;
  await alice.setUp(fresh.setUpUrl ?? '');
  await alice.expectInside();
  await alice.administer('Import');
  const archive = page.getByLabel('Archive');
  const main = page.getByRole('region', { name: 'Import' });
  await expect(main.getByRole('heading', { name: 'Bring your history from Slack' })).toBeVisible();
  await expectAccessible(page, 'before an import');

  await archive.setInputFiles({ ...history, name: 'letter.zip', buffer: Buffer.from('This is a letter.') });
  await expect(main.getByRole('alert').first()).toHaveText('letter.zip is not a zip file.');
  await expectAccessible(page, 'a file that is no archive');

  const offsets: (string | null)[] = [];
  let holdsBack = true;
  await page.route('**/imports/slack/**', async (route) => {
    const offset = new URL(route.request().url()).searchParams.get('offset');
    offsets.push(offset);
    if (offset === '0' || !holdsBack) await route.continue();
  });
  await archive.setInputFiles(history);
  const sending = main.getByRole('progressbar', { name: 'Sending history.zip' });
  await expect(sending).toHaveAttribute('aria-valuetext', '2.1 MB of 5 MB');
  await expectAccessible(page, 'an archive on its way');

  // Whoever leaves now breaks it off.
  await page.reload();
  await expect(main).toContainText('history.zip is here up to 2.1 MB of 5 MB. Choose the same file to go on.');
  await expectAccessible(page, 'an upload that broke off');
  holdsBack = false;
  offsets.length = 0;
  await archive.setInputFiles(history);
  await expect(main.getByRole('heading', { name: /^The import is done/ })).toBeVisible();
  expect(offsets[0]).toBe('2097152');
  const row = (name: string) =>
    main
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name }) })
      .getByRole('cell');
  await expect(row('Messages')).toHaveText([/\d/, '7', '0']);
  await expect(main.getByRole('listitem').filter({ hasText: 'deleted messages and files' })).toHaveText(/2$/);
  await expect(main.getByRole('list')).toContainText('private talks, which were not asked for');
  await expectAccessible(page, 'the report of an import');

  await archive.setInputFiles(history);
  await expect(row('Messages')).toHaveText([/\d/, '0', '7']);
  await expect(row('People').nth(1)).toHaveText('0');

  await page.getByRole('link', { name: 'Threads' }).filter({ visible: true }).first().click();
  await alice.openThread('general');
  await alice.expectMessage('plan attached');
  await alice.leave();
});
