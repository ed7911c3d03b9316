import { expect, test } from 'vitest';
import { emojiFromSlackName } from './emoji.ts';

test.each([
  ['+1', '👍'],
  ['thumbsup', '👍'],
  ['slightly_smiling_face', '🙂'],
  ['thinking_face', '🤔'],
  ['wave::skin-tone-2', '👋🏻'],
  ['point_up::skin-tone-6', '☝🏿'],
  ['tada::skin-tone-3', '🎉'],
  ['flag-de', '🇩🇪'],
  ['man-running', '🏃‍♂️'],
  ['heart', '❤️'],
])('%s is %s', (name, emoji) => {
  expect(emojiFromSlackName(name)).toBe(emoji);
});

test.each(['acme_logo', 'constructor', '__proto__', '', 'flag-', '::skin-tone-2'])('%j is nobody’s emoji', (name) => {
  expect(emojiFromSlackName(name)).toBeUndefined();
});
