import { describe, expect, test } from 'vitest';
import { invitationEmail, type Invitation } from './invitation.tsx';
import { dark, light, pairs, type Palette } from './palette.ts';

const invitation: Invitation = {
  organisationName: 'Acme',
  invitedBy: 'Alice',
  email: 'bob@example.org',
  role: 'member',
  url: 'https://chat.example.org/invitation/token-of-the-link',
  expiresAt: Date.UTC(2027, 0, 31, 17, 30),
};

test('says who invites, where to, as what, and until when', async () => {
  expect(await invitationEmail(invitation)).toMatchObject({
    subject: 'Alice invites you to Acme',
    text: [
      'Acme',
      '',
      '',
      'Alice invites you to Acme',
      '',
      'The people of Acme write to each other with Parley. You join as a member: you',
      'see everybody in the directory and start threads.',
      '',
      'Accept the invitation https://chat.example.org/invitation/token-of-the-link',
      '',
      'The link works once, only for bob@example.org, until Sunday, 31 January 2027',
      'at 17:30 UTC.',
      '',
      'You get this mail because Alice entered bob@example.org at chat.example.org.',
      'If you do not know why, do nothing: nobody joins without the link, and no',
      'other mail follows.',
      '',
    ].join('\n'),
  });
});

test('made on the command line, it names nobody', async () => {
  const { subject, text } = await invitationEmail({ ...invitation, invitedBy: null });
  expect(subject).toBe('You are invited to Acme');
  expect(text).toContain('Somebody invites you to Acme');
});

test.each(['owner', 'admin', 'member', 'guest'] as const)('the role of %s is said in words', async (role) => {
  const { html, text } = await invitationEmail({ ...invitation, role });
  for (const part of [html, text]) expect(part).toMatch(new RegExp(`You join as an? ${role}`));
});

test('names are text, whatever they hold', async () => {
  const { subject, html, text } = await invitationEmail({
    ...invitation,
    organisationName: '<img src=x onerror=alert(1)>',
    invitedBy: 'Mallory\r\nBcc: dave@example.org',
  });
  expect(subject).toBe('Mallory Bcc: dave@example.org invites you to <img src=x onerror=alert(1)>');
  expect(html).not.toContain('<img');
  expect(text).toContain('<img src=x onerror=alert(1)>');
});

test('loads nothing from anywhere', async () => {
  const { html } = await invitationEmail(invitation);
  const addresses = [...html.matchAll(/(?:src|href|url\()\s*=?\s*["']?([^"')\s>]+)/g)].map(([, address]) => address);
  expect(new Set(addresses)).toEqual(new Set([invitation.url]));
});

describe.each([
  ['light', light],
  ['dark', dark],
])('%s', (_theme, palette: Palette) => {
  test.each(pairs)('%s on %s is at least 4.5:1', (text, ground) => {
    const [low, high] = [luminance(palette[text]), luminance(palette[ground])].toSorted((a, b) => a - b);
    expect(((high ?? 0) + 0.05) / ((low ?? 0) + 0.05)).toBeGreaterThanOrEqual(4.5);
  });
});

/** WCAG's relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
