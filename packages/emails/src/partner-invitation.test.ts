import { expect, test } from 'vitest';
import { partnerInvitationEmail, type PartnerInvitation } from './partner-invitation.tsx';

const invitation: PartnerInvitation = {
  organisationName: 'Acme',
  invitedBy: 'Alice',
  email: 'carol@example.org',
  url: 'https://chat.example.org/partner-invitation/token-of-the-link',
  expiresAt: Date.UTC(2027, 0, 31, 17, 30),
};

test('says who asks, what it means, and until when', async () => {
  const { subject, text } = await partnerInvitationEmail(invitation);
  expect(subject).toBe('Acme would like to be partners with you');
  const words = text.replaceAll(/\s+/g, ' ');
  expect(words).toContain(
    'Alice invites your organisation. As partners, people of both start threads with each other.',
  );
  expect(words).toContain(`Look at the invitation ${invitation.url}`);
  expect(words).toContain('only for carol@example.org, until Sunday, 31 January 2027 at 17:30 UTC.');
});

test('names are text, whatever they hold', async () => {
  const { subject, html } = await partnerInvitationEmail({
    ...invitation,
    organisationName: '<img src=x onerror=alert(1)>\r\nBcc: dave@example.org',
  });
  expect(subject).not.toContain('\n');
  expect(html).not.toContain('<img');
});

test('loads nothing from anywhere', async () => {
  const { html } = await partnerInvitationEmail(invitation);
  const addresses = [...html.matchAll(/(?:src|href|url\()\s*=?\s*["']?([^"')\s>]+)/g)].map(([, address]) => address);
  expect(new Set(addresses)).toEqual(new Set([invitation.url]));
});
