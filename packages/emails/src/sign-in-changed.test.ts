import { expect, test } from 'vitest';
import { signInChangedEmail } from './sign-in-changed.tsx';

const change = {
  name: 'Alice',
  change: 'two-step-off',
  at: Date.UTC(2026, 2, 1, 9, 30, 59),
  url: 'https://chat.example.org',
} as const;

test('says what changed, when and where, and what to do if it was somebody else', async () => {
  expect(await signInChangedEmail(change)).toMatchObject({
    subject: 'Your two-step sign-in was turned off',
    text: [
      'Parley',
      '',
      '',
      'Your two-step sign-in was turned off',
      '',
      'Alice, this was done at chat.example.org on 2026-03-01 09:30 UTC. If it was',
      'you, there is nothing to do.',
      '',
      'If it was not, sign in, sign out all other devices in the settings and choose',
      'another password. If you no longer get in, ask whoever runs chat.example.org',
      'for a link.',
      '',
      'You get this mail because you have an account at chat.example.org.',
      '',
    ].join('\n'),
  });
});

test('names are text, and nothing is loaded from anywhere', async () => {
  expect((await signInChangedEmail({ ...change, name: '<img src=x onerror=alert(1)>' })).html).not.toContain('<img');
  expect((await signInChangedEmail(change)).html).not.toMatch(/(?:src|href)=|url\(/);
});
