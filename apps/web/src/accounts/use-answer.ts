import { useCallback, useEffect, useState } from 'react';
import { refusalWords, type RefusalWords } from './refusal-words.ts';

export interface Answer<T> {
  /** What the server said last; `null` until it has. */
  data: T | null;
  /** Why there is no answer, or no newer one. */
  refusal: RefusalWords | null;
  /** Asks once more. */
  again: () => void;
}

/** What the server alone knows, asked when the page opens. @param ask a call that stays the same */
export function useAnswer<T>(ask: () => Promise<T>): Answer<T> {
  const [turn, setTurn] = useState(0);
  const [data, setData] = useState<T | null>(null);
  const [refusal, setRefusal] = useState<RefusalWords | null>(null);
  useEffect(() => {
    let current = true;
    ask().then(
      (answer) => {
        if (!current) return;
        setData(answer);
        setRefusal(null);
      },
      (error: unknown) => current && setRefusal(refusalWords(error)),
    );
    return () => {
      current = false;
    };
  }, [ask, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  return { data, refusal, again };
}
