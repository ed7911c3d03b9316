/** Where a request comes from, for rate limits and logs. */
import type { IncomingHttpHeaders } from 'node:http';

const loopback = /^(127\.|::1$|::ffff:127\.)/;

/**
 * The peer's address; behind a proxy on this machine the last address the proxy noted. A header sent by anybody else
 * is not believed. IPv6 is cut to its /64, which is what one household gets.
 */
export function addressOf(peer: string | undefined, headers: IncomingHttpHeaders): string {
  const direct = peer ?? 'unknown';
  const noted = headers['x-forwarded-for'];
  const last = (Array.isArray(noted) ? noted.join(',') : (noted ?? '')).split(',').at(-1)?.trim();
  return network(loopback.test(direct) && last && /^[\d.a-fA-F:]{2,45}$/.test(last) ? last : direct);
}

function network(address: string): string {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  return `${[...groups, ...Array<string>(Math.max(0, missing)).fill('0')].slice(0, 4).join(':')}::/64`;
}
