import { useEffect } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { clear, draw } from './log-fixtures.tsx';
import { useReadMarker } from './use-read-marker.ts';

type Tell = (seq: number) => void;

function Reader({ mark, onReady }: { mark: Tell; onReady: (seen: Tell) => void }) {
  const { onSeen } = useReadMarker({ readSeq: 0, markEpoch: 0, mark });
  useEffect(() => onReady(onSeen), [onReady, onSeen]);
  return <p>Messages</p>;
}

/** Draws a reader. Gives the positions it wrote down, and how to tell it of places that are seen. */
async function reader(): Promise<{ marks: number[]; seen: Tell }> {
  const marks: number[] = [];
  const ready = Promise.withResolvers<Tell>();
  draw(<Reader mark={(seq) => marks.push(seq)} onReady={ready.resolve} />, { width: 300, height: 300 });
  return { marks, seen: await ready.promise };
}

afterEach(() => {
  vi.restoreAllMocks();
  clear();
});

const look = (looks: boolean) => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(looks);
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(looks ? 'visible' : 'hidden');
};

test('writes what was seen a moment ago when the page is left', async () => {
  look(true);
  const { marks, seen } = await reader();
  for (const seq of [1, 2, 3]) seen(seq);
  expect(marks).toEqual([1]);
  look(false);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(marks).toEqual([1, 3]);
  window.dispatchEvent(new Event('pagehide'));
  expect(marks).toEqual([1, 3]);
});

test('counts nothing as read that came while nobody looked', async () => {
  look(false);
  const { marks, seen } = await reader();
  seen(4);
  window.dispatchEvent(new Event('pagehide'));
  expect(marks).toEqual([]);
  look(true);
  window.dispatchEvent(new Event('focus'));
  expect(marks).toEqual([4]);
});
