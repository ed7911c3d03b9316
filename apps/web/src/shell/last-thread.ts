import { tabPersonId } from '../accounts/known-accounts.ts';

const item = (): string => `parley.lastThread.${tabPersonId() ?? ''}`;

/** The thread that the person had open last on this device. */
export function lastThread(): string | null {
  return localStorage.getItem(item());
}

export function rememberThread(threadId: string): void {
  if (lastThread() === threadId) return;
  localStorage.setItem(item(), threadId);
}

/** Forgets it: the thread is gone. */
export function forgetThread(): void {
  localStorage.removeItem(item());
}
