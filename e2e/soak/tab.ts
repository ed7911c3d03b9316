/** A tab of a real browser, in which a person has a thread in sight. */
import { chromium } from '@playwright/test';
import { chromiumOptions } from '../chromium.ts';
import { Person } from '../person.ts';

export interface Tab {
  /** Bytes of living objects. */
  heap(): Promise<number>;
  /** The text of the newest message. Whoever was taken out of the thread opens the one that is on top. */
  lastMessage(): Promise<string>;
  close(): Promise<void>;
}

export async function openTab(
  url: string,
  { email, password }: { email: string; password: string },
  threadId: string,
): Promise<Tab> {
  const browser = await chromium.launch(chromiumOptions);
  try {
    const context = await browser.newContext();
    const person = await Person.at(context, { account: { name: 'Owner', email, password }, url });
    await person.signIn();
    await person.threads.waitFor();
    await person.page.goto(`${url}/t/${threadId}`);
    await person.composer.waitFor();
    const devTools = await context.newCDPSession(person.page);
    await devTools.send('HeapProfiler.enable');
    return {
      async heap() {
        await devTools.send('HeapProfiler.collectGarbage');
        return (await devTools.send('Runtime.getHeapUsage')).usedSize;
      },
      async lastMessage() {
        if (!(await person.composer.isVisible())) {
          await person.threads.getByRole('link').first().click();
          await person.composer.waitFor();
        }
        // Of many at once the log shows where they begin, and stays there until its reader goes on.
        const onward = person.page.getByRole('button', { name: /^(Latest|\d+\+? new)$/ });
        if (await onward.isVisible()) {
          // It may be gone by itself before it is pressed: the log follows again.
          await onward.click({ timeout: 5_000 }).catch(async (error: unknown) => {
            if (await onward.isVisible()) throw error;
          });
        }
        return (await person.log.getByRole('article').last().textContent()) ?? '';
      },
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
