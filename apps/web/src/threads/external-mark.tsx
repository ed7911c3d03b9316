import { Chip, formatList } from '@parley/ui';
import { Globe } from 'lucide-react';

/** Says that people of other organisations take part, and of which. */
export function ExternalMark({ partners }: { partners: readonly string[] }) {
  return (
    <Chip tone="outside" className="min-w-0 shrink-0">
      <Globe size={13} aria-hidden className="shrink-0" />
      <span className="sr-only">External, with </span>
      <span className="max-w-40 truncate">{formatList(partners)}</span>
    </Chip>
  );
}
