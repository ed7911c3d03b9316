import { hkdfSync } from 'node:crypto';

/**
 * The token in a link that signs in, made of its id and the installation's secret: so the worker can write the link into
 * a mail although nobody stores it. 256 bits as base64url.
 */
export function signInLinkToken(authSecret: string, linkId: string): string {
  const bytes = hkdfSync('sha256', authSecret, '', `parley sign-in link ${linkId}`, 32);
  return Buffer.from(bytes).toString('base64url');
}
