/** Runs in pages, ours and others': when a key was pressed, and when what followed was on the screen, by one clock. */

interface Noted {
  pressedAt?: number;
}

export function notePressed(): void {
  const noted = globalThis as unknown as Noted;
  if (noted.pressedAt !== undefined) return;
  noted.pressedAt = 0;
  addEventListener(
    'keydown',
    ({ key, timeStamp }) => {
      if (key === 'Enter') noted.pressedAt = performance.timeOrigin + timeStamp;
    },
    { capture: true },
  );
}

export const pressedAt = (): number => (globalThis as unknown as Noted).pressedAt ?? 0;

/** Looks out for a text that is about to come into an element; `painted` resolves after the frame that shows it. */
export function watchPaint({ within, mark }: { within: string; mark: string }): { painted: Promise<number> } {
  const element = document.querySelector(within) ?? document.body;
  const painted = new Promise<number>((resolve, reject) => {
    setTimeout(() => reject(new Error(`Nothing with ${mark} was painted.`)), 30_000);
    const observer = new MutationObserver((records) => {
      const shows = records.some(({ target, addedNodes }) =>
        [target, ...addedNodes].some((node) => node.textContent?.includes(mark)),
      );
      if (!shows) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        // The first task behind the frame.
        const { port1, port2 } = new MessageChannel();
        port2.addEventListener('message', () => resolve(performance.timeOrigin + performance.now()));
        port2.start();
        port1.postMessage(null);
      });
    });
    observer.observe(element, { childList: true, subtree: true, characterData: true });
  });
  return { painted };
}
