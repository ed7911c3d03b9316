/** Headers of every answer. */

/**
 * Scripts, styles and connections come from our own origin alone. `connect-src` names the WebSocket schemes too, since
 * Safari before 15.4 does not read `'self'` as covering them. The referrer is kept for our own origin: with
 * `no-referrer` some browsers send `Origin: null` on forms.
 */
export function securityHeaders(publicUrl: string, host: string | null): Record<string, string> {
  const secure = publicUrl.startsWith('https:');
  const sockets = host !== null && /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '';
  return {
    'content-security-policy': [
      `default-src 'none'`,
      `script-src 'self'`,
      `style-src 'self'`,
      `img-src 'self' data: blob:`,
      `font-src 'self'`,
      `connect-src 'self'${sockets}`,
      `manifest-src 'self'`,
      `worker-src 'self'`,
      `media-src 'self' blob:`,
      `base-uri 'none'`,
      `form-action 'self'`,
      `frame-ancestors 'none'`,
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
