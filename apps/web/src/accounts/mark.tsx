import { classNames } from '@parley/ui';

/** Parley's mark: a voice, and the open half of another that answers. */
export function Mark({ className }: { className?: string }) {
  return <img src="/mark.svg" alt="" className={classNames('shrink-0', className)} />;
}
