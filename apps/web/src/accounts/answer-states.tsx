import { Button, Delayed, Spinner } from '@parley/ui';
import type { Answer } from './use-answer.ts';

/** Stands where an answer of the server will be: that it is asked, or why it does not come. */
export function AnswerStates({ answer, label }: { answer: Answer<unknown>; label: string }) {
  if (answer.refusal === null) {
    return (
      <div className="grid min-h-16 place-items-center px-4 py-3.5">
        <Delayed>
          <Spinner label={label} />
        </Delayed>
      </div>
    );
  }
  return (
    <div role="alert" className="flex flex-wrap items-center justify-between gap-3 px-4 py-3.5">
      <p className="text-base text-ink-2">
        {answer.refusal.code === 'UNREACHABLE'
          ? 'Only the server knows this, and it cannot be reached.'
          : answer.refusal.text}
      </p>
      <Button onClick={answer.again}>Try again</Button>
    </div>
  );
}
