import { useEffect, useState } from 'react';
import type { lastWords } from './last-words.ts';

export type LastWords = typeof lastWords;
let loaded: LastWords | undefined;

/** What was said last, on one line. Its parser comes after the list can be used, so there is none at first. */
export function useLastWords(): LastWords | undefined {
  const [words, setWords] = useState(() => loaded);
  useEffect(() => {
    if (words !== undefined) return;
    let here = true;
    void import('./last-words.ts').then((module) => {
      loaded = module.lastWords;
      if (here) setWords(() => module.lastWords);
    });
    return () => {
      here = false;
    };
  }, [words]);
  return words;
}
