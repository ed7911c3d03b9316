const key = 'parley.lastThread';

/** The thread that was open last on this device. */
export function lastThread(): string | null {
  return localStorage.getItem(key);
}

export function rememberThread(threadId: string): void {
  localStorage.setItem(key, threadId);
}

/** Forgets it: the thread is gone or another person signed in. */
export function forgetThread(): void {
  localStorage.removeItem(key);
}
