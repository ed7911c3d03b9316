import { hkdfSync } from 'node:crypto';

/**
 * The token in an invitation's link, made of its id and the installation's secret: so the worker can write the link
 * into a mail although nobody stores it. 256 bits as base64url.
 */
export function invitationToken(authSecret: string, invitationId: string): string {
  const bytes = hkdfSync('sha256', authSecret, '', `parley invitation ${invitationId}`, 32);
  return Buffer.from(bytes).toString('base64url');
}
