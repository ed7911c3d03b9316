import { TextField, type TextFieldProps } from '@parley/ui';
import { useState } from 'react';

/** A password that can be looked at while typing; nothing stops a password manager or pasting. */
export function PasswordField(props: Omit<TextFieldProps, 'type' | 'end'>) {
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      type={shown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      end={
        <button
          type="button"
          aria-pressed={shown}
          aria-label="Show password"
          onClick={() => setShown(!shown)}
          className="mr-1.5 min-h-7 rounded-sm px-2 text-sm font-medium text-ink-2 hover:bg-sunk pointer-coarse:min-h-11"
        >
          {shown ? 'Hide' : 'Show'}
        </button>
      }
    />
  );
}
