import { useState } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { PasswordField } from './password-field.tsx';

function Form() {
  const [password, setPassword] = useState('');
  return (
    <>
      <textarea aria-label="Elsewhere" defaultValue=" nine grey herons " />
      <PasswordField
        label="Password"
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
    </>
  );
}

beforeEach(() => draw(<Form />));
afterEach(clear);

const field = () => page.getByLabelText('Password', { exact: true });

test('hides what is typed, and shows it when asked', async () => {
  await userEvent.type(field(), 'nine grey herons');
  await expect.element(field()).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Show password' }).click();
  await expect.element(field()).toHaveAttribute('type', 'text');
  await expect.element(field()).toHaveValue('nine grey herons');
});

test('takes what is pasted as it is, and tells password managers what it is for', async () => {
  await userEvent.tripleClick(page.getByLabelText('Elsewhere'));
  await userEvent.copy();
  await userEvent.click(field());
  await userEvent.paste();
  await expect.element(field()).toHaveValue(' nine grey herons ');
  await expect.element(field()).toHaveAttribute('autocomplete', 'new-password');
});
