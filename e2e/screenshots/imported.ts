/** `IMPORT_FILE=export.zip npm run screenshots`: a long history in the browser, in pictures and figures. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownComputer } from '../computer.ts';
import { pictures } from '../env.ts';
import { startInstallation } from '../installation.ts';
import { expect, test } from '../journey.ts';
import { ALICE } from '../people.ts';
import { take } from './take.ts';

const CLI = join(import.meta.dirname, '..', '..', 'apps', 'api', 'src', 'cli', 'main.ts');

test('an imported history', async () => {
  const { importFile = '' } = pictures;
  await using fresh = await startInstallation();
  const computer = await ownComputer({ account: ALICE, url: fresh.url });
  let alice = await computer.start();
  await alice.setUp(fresh.setUpUrl ?? '');
  await alice.expectInside();

  const clock = stopwatch();
  const env = { ...process.env, DATA_DIR: fresh.dataDir, PUBLIC_URL: '', DATABASE_URL: '', REDIS_URL: '' };
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, 'import', 'slack', importFile], { env });
  clock('the import', stdout);

  await alice.page.goto(`${alice.url}/`);
  await alice.expectInside();
  clock('the list is whole');
  const subject = (await alice.threads.getByRole('link').first().locator('span').first().textContent()) ?? '';
  await alice.openThread(subject);
  await alice.log.getByRole('article').last().waitFor();
  clock(`${subject} is open`);
  await take(alice.page, 'import');

  const scroller = alice.page.getByRole('region', { name: 'Messages' });
  const beginning = alice.page.getByText('The beginning of this thread');
  await expect(async () => {
    await scroller.evaluate((element) => element.scrollTo({ top: 0 }));
    await expect(beginning).toBeInViewport({ timeout: 100 });
  }).toPass({ intervals: [0], timeout: 240_000 });
  clock('scrolled to its beginning');
  await take(alice.page, 'import-beginning');
  await alice.page.getByRole('button', { name: 'Latest' }).click();
  await expect(alice.page.getByRole('button', { name: 'Latest' })).toHaveCount(0);
  clock('back at the end');
  await alice.expectInstalled();
  await alice.leave();

  alice = await computer.start({ offline: true });
  clock();
  await alice.page.goto(`${alice.url}/`);
  await alice.expectThread(subject);
  await alice.log.getByRole('article').last().waitFor();
  clock('cold start without a network, until the last message is drawn');
  await take(alice.page, 'import-offline');
  await computer.remove();
});

/** Says what took how long; called without words it only starts anew. */
function stopwatch(): (words?: string, more?: string) => void {
  let since = performance.now();
  return (words, more = '') => {
    if (words !== undefined) process.stdout.write(`${words}: ${Math.round(performance.now() - since)} ms\n${more}`);
    since = performance.now();
  };
}
