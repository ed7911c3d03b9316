export interface ChoiceProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

/** One of several that need not be in sight: the system's own list, which every device has its way of showing. */
export function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="min-h-9 max-w-56 min-w-0 cursor-pointer rounded-md border border-edge bg-sheet px-2.5 text-base text-ink outline-accent max-desk:max-w-none max-desk:flex-1 max-desk:basis-36 pointer-coarse:min-h-11 pointer-coarse:text-[1rem]"
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
