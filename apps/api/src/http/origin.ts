/** Whether a request comes from our own pages. */

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * True when `origin` (the header; browsers set it on every POST and WebSocket handshake) is that of `publicUrl`, or,
 * while `publicUrl` points to this machine, that of the address the request itself was sent to: so a fresh
 * installation works as localhost, 127.0.0.1 and by its name in the local network.
 */
export function isOwnOrigin(origin: string, { publicUrl, host }: { publicUrl: string; host: string | null }): boolean {
  if (!URL.canParse(origin)) return false;
  const asked = new URL(origin);
  if (asked.origin !== origin) return false;
  const own = new URL(publicUrl);
  if (asked.origin === own.origin) return true;
  return loopback.test(own.hostname) && host !== null && asked.protocol === 'http:' && asked.host === host;
}

/**
 * Judges a request that changes something. Without an `Origin` it does not come from a page, unless the browser's
 * `Sec-Fetch-Site` says otherwise.
 */
export function mayChange(headers: Headers, publicUrl: string): boolean {
  const origin = headers.get('origin');
  if (origin !== null) return isOwnOrigin(origin, { publicUrl, host: headers.get('host') });
  const site = headers.get('sec-fetch-site');
  return site === null || site === 'same-origin' || site === 'none';
}
