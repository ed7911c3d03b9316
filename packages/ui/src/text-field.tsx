import { useId, type ComponentProps, type ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface TextFieldProps extends ComponentProps<'input'> {
  label: string;
  /** Stays below the field; read together with it. */
  hint?: ReactNode;
  /** Replaces the hint and marks the field as invalid. */
  error?: string | undefined;
  /** Hides the label from sight, not from assistive technology. */
  labelHidden?: boolean;
  /** Sits inside the field at its end: a unit, a show-password button. */
  end?: ReactNode;
}

/** One line of text with its label, hint and error bound to it. */
export function TextField({ label, hint, error, labelHidden, end, id, className, ...rest }: TextFieldProps) {
  const ownId = useId();
  const inputId = id ?? ownId;
  const noteId = `${inputId}-note`;
  const note = error ?? hint;
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <label htmlFor={inputId} className={labelHidden ? 'sr-only' : 'text-base font-medium text-ink'}>
        {label}
      </label>
      <div
        className={classNames(
          'flex min-h-10 items-center rounded-md border bg-sheet transition-colors pointer-coarse:min-h-11',
          'has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-1',
          error === undefined
            ? 'border-edge has-[input:focus-visible]:border-accent has-[input:focus-visible]:outline-accent'
            : 'border-bad has-[input:focus-visible]:outline-bad',
        )}
      >
        <input
          {...rest}
          id={inputId}
          aria-invalid={error === undefined ? undefined : true}
          aria-describedby={note === undefined ? undefined : noteId}
          className="min-w-0 flex-1 bg-transparent px-3 py-2 text-lg text-ink outline-none placeholder:text-ink-3 pointer-coarse:text-[1rem]"
        />
        {end}
      </div>
      {note === undefined ? null : (
        <p id={noteId} className={classNames('text-sm', error === undefined ? 'text-ink-3' : 'font-medium text-bad')}>
          {note}
        </p>
      )}
    </div>
  );
}
