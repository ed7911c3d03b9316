import { useState } from 'react';
import { refusalWords, type RefusalWords } from './refusal-words.ts';

export interface Submission {
  busy: boolean;
  refusal: RefusalWords | null;
  /** Runs the action once; a second call while it runs does nothing. */
  submit: (action: () => Promise<void>) => void;
}

/** The state of a form that is sent to the server. */
export function useSubmission(): Submission {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<RefusalWords | null>(null);
  const submit = (action: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setRefusal(null);
    action()
      .catch((error: unknown) => setRefusal(refusalWords(error)))
      .finally(() => setBusy(false));
  };
  return { busy, refusal, submit };
}
