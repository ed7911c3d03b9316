import axe from 'axe-core';
import { afterEach, expect, test, vi } from 'vitest';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { soon } from '../messages/soon.fixture.ts';
import '../styles.css';
import { OtherAccountPage } from './other-account-page.tsx';

afterEach(clear);

test('says whose page it was and that nothing is lost, and goes on as the other only when asked', async () => {
  const goOn = vi.fn<() => void>();
  draw(<OtherAccountPage name="Alice Weber" otherName="Bob Okafor" onGoOn={goOn} />, { width: 320, height: 500 });
  await soon(() => expect(document.querySelector('h1')?.textContent).toBe('Bob Okafor is signed in now'));
  const frame = document.getElementById('frame') as HTMLElement;
  expect(frame.textContent).toContain('What Alice Weber wrote is kept on this device');
  expect(frame.scrollWidth).toBeLessThanOrEqual(320);
  // The frame of the test is a landmark already.
  const { violations } = await axe.run(frame, { runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa'] });
  expect(violations.map(({ id }) => id)).toEqual([]);
  expect(goOn).not.toHaveBeenCalled();
  document.querySelector('button')?.click();
  expect(goOn).toHaveBeenCalledOnce();
});
