/** CPU profiles of pages, as the developer tools of Chromium open them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import type { Contest } from './contest.ts';

/** What the main thread of a page does during some work, as the text of a `.cpuprofile`. */
export async function profileOf(page: Page, work: () => Promise<unknown>): Promise<string> {
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: 200 });
  await session.send('Profiler.start');
  await work();
  const { profile } = await session.send('Profiler.stop');
  await session.detach();
  return JSON.stringify(profile);
}

/** Carries ours out once more where the contest says how to watch it, and writes what was seen into the folder. */
export async function writeProfiles({ id, what, size, profiles }: Contest, folder: string): Promise<void> {
  if (!profiles) return;
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(await profiles())) {
    const words = [id, what, size ?? '', name].join(' ').replaceAll(/\W+/g, '-').toLowerCase();
    await writeFile(join(folder, `${words}.cpuprofile`), text);
  }
}
