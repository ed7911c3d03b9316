import { useId } from 'react';
import { classNames } from './class-names.ts';

export interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; disabled?: boolean }[];
  onChange: (value: Value) => void;
  className?: string;
}

/** One choice of a few, all in sight. A group of radio buttons: arrows move the choice. */
export function Segmented<Value extends string>({ label, value, options, onChange, className }: SegmentedProps<Value>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={classNames('inline-flex rounded-md bg-sunk p-0.5', className)}>
      {options.map((option) => (
        <label
          key={option.value}
          className={classNames(
            'relative grid min-h-6.5 cursor-pointer place-items-center rounded-sm px-2.5 text-sm font-[550] text-ink-2 select-none',
            'has-checked:bg-sheet has-checked:text-ink has-checked:shadow-[0_0_0_1px_var(--line)] pointer-coarse:min-h-10',
            'has-focus-visible:outline-2 has-focus-visible:outline-accent has-disabled:opacity-50',
            'forced:has-checked:outline-2',
          )}
        >
          <input
            type="radio"
            className="absolute inset-0 cursor-pointer opacity-0"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={option.disabled}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}
