import type { RefusalWords } from './refusal-words.ts';

/** What the server said about the form as a whole; the place is always there, so that readers hear it change. */
export function FormRefusal({ refusal }: { refusal: RefusalWords | null }) {
  return (
    <div role="alert">
      {refusal === null ? null : (
        <p className="rounded-md bg-bad-soft px-3.5 py-2.5 text-base font-medium text-bad">{refusal.text}</p>
      )}
    </div>
  );
}
