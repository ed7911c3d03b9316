export const PASSWORD_LENGTH = { least: 10, most: 200 } as const;

/** What is wrong with a new password, in words; `undefined` when nothing is. The server judges again. */
export function passwordFault(password: string, email: string): string | undefined {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH.least) return `Use at least ${PASSWORD_LENGTH.least} characters.`;
  if (length > PASSWORD_LENGTH.most) return `Use at most ${PASSWORD_LENGTH.most} characters.`;
  if (password.toLowerCase() === email.trim().toLowerCase()) return 'Choose a password that is not your address.';
  return undefined;
}
