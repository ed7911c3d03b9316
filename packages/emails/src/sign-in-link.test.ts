import { expect, test } from 'vitest';
import { signInLinkEmail } from './sign-in-link.tsx';

const link = {
  name: 'Alice',
  email: 'alice@example.org',
  url: 'https://chat.example.org/sign-in-link#token=token-of-the-link',
  minutes: 10,
};

test('says who signs in, where, how long the link works, and what to do if it was somebody else', async () => {
  expect(await signInLinkEmail(link)).toMatchObject({
    subject: 'Sign in to chat.example.org',
    text: [
      'Parley',
      '',
      '',
      'Sign in as Alice',
      '',
      'Open the link in the browser in which you want to read your messages. It works',
      'once, for 10 minutes.',
      '',
      'Sign in https://chat.example.org/sign-in-link#token=token-of-the-link',
      '',
      'You get this mail because somebody entered alice@example.org at',
      'chat.example.org. If it was not you, do nothing: nobody gets in without this',
      'link.',
      '',
    ].join('\n'),
  });
});

test('names are text, and nothing is loaded from anywhere', async () => {
  expect((await signInLinkEmail({ ...link, name: '<img src=x onerror=alert(1)>' })).html).not.toContain('<img');
  const { html } = await signInLinkEmail(link);
  const addresses = [...html.matchAll(/(?:src|href|url\()\s*=?\s*["']?([^"')\s>]+)/g)].map(([, address]) => address);
  expect(new Set(addresses)).toEqual(new Set([link.url]));
});
