import { RETENTION_DAYS } from '@parley/core/retention';
import { Button, Dialog, Segmented } from '@parley/ui';
import { useState } from 'react';

export interface RetentionRuleProps {
  /** Days after which messages are deleted; `null` keeps them. */
  days: number | null;
  /** The rule is not carried out until the hold is lifted. */
  isOnHold: boolean;
  disabled: boolean;
  onChange: (days: number | null) => void;
}

/** How long messages are kept. What deletes more than before is asked about first: it cannot be undone. */
export function RetentionRule({ days, isOnHold, disabled, onChange }: RetentionRuleProps) {
  const [asking, setAsking] = useState<number | null>(null);
  const offered = [...new Set<number | null>([...RETENTION_DAYS, days])].sort((one, other) => span(other) - span(one));
  const choose = (value: string) => {
    const chosen = value === '' ? null : Number(value);
    if (chosen !== null && chosen < span(days)) setAsking(chosen);
    else onChange(chosen);
  };
  return (
    <>
      <Segmented
        label="Keep messages"
        value={String(days ?? '')}
        options={offered.map((value) => ({ value: String(value ?? ''), label: retentionWords(value), disabled }))}
        onChange={choose}
      />
      <Dialog
        open={asking !== null}
        onOpenChange={(open) => {
          if (!open) setAsking(null);
        }}
        width="narrow"
        title={`Delete what is older than ${retentionWords(asking)}?`}
        description={`What your members wrote is deleted for everybody, here and in threads with partners, once it is that old. What is older now goes ${isOnHold ? 'when the hold is lifted' : 'within the hour'}. It cannot be brought back.`}
        actions={
          <>
            <Button onClick={() => setAsking(null)}>Cancel</Button>
            <Button
              look="danger"
              onClick={() => {
                onChange(asking);
                setAsking(null);
              }}
            >
              Delete older messages
            </Button>
          </>
        }
      />
    </>
  );
}

const span = (days: number | null): number => days ?? Number.POSITIVE_INFINITY;

function retentionWords(days: number | null): string {
  if (days === null) return 'For ever';
  if (days % 365 !== 0) return `${days} days`;
  return days === 365 ? '1 year' : `${days / 365} years`;
}
