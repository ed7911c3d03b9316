import { useEffect, useState } from 'react';
import type { plainText } from '../markdown/plain-text.ts';

type PlainText = typeof plainText;
let loaded: PlainText | undefined;

/** Turns messages into one line. Its parser comes after the list can be used, so there is none at first. */
export function usePlainText(): PlainText | undefined {
  const [words, setWords] = useState(() => loaded);
  useEffect(() => {
    if (words !== undefined) return;
    let here = true;
    void import('../markdown/plain-text.ts').then((module) => {
      loaded = module.plainText;
      if (here) setWords(() => module.plainText);
    });
    return () => {
      here = false;
    };
  }, [words]);
  return words;
}
