import axe from 'axe-core';
import { afterEach, expect, test } from 'vitest';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { soon } from '../messages/soon.fixture.ts';
import '../styles.css';
import { StorageBanner } from './storage-banner.tsx';
import type { StorageNotice } from './storage-notice.ts';

afterEach(clear);

const notices: Record<StorageNotice, string> = {
  full: 'free some space to send it',
  unwritable: 'It tries again by itself',
  memory: 'cannot be read offline',
  short: 'something has not been sent yet',
  forgetful: 'seven days',
};

test.each(Object.entries(notices) as [StorageNotice, string][])('says what is the matter: %s', async (notice, text) => {
  draw(<StorageBanner notice={notice} />, { width: 320, height: 300 });
  await soon(() => expect(document.querySelector('[role=status]')?.textContent).toContain(text));
  const frame = document.getElementById('frame') as HTMLElement;
  expect(frame.scrollWidth).toBeLessThanOrEqual(320);
  const { violations } = await axe.run(frame);
  expect(violations.map(({ id }) => id)).toEqual([]);
});
