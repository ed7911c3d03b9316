/** A sum over rows that both ends can make, in any order: 128 bits, so that what differs has another one. */

/** @returns how many rows, and the sum as 32 hexadecimal digits */
export function checksum(rows: Iterable<readonly [table: string, id: string, version: number]>): {
  count: number;
  sum: string;
} {
  const sum = new Uint32Array(4);
  let count = 0;
  for (const row of rows) {
    count += 1;
    const text = row.join(' ');
    // Four independent multiplicative hashes; their sums wrap at 32 bits.
    for (let lane = 0; lane < 4; lane += 1) {
      let hash = 0x9e3779b9 * (lane + 1);
      for (let index = 0; index < text.length; index += 1) {
        hash = Math.imul(hash ^ text.charCodeAt(index), 0x85ebca6b + 2 * lane);
        hash ^= hash >>> 15;
      }
      sum[lane] = (sum[lane] ?? 0) + (hash >>> 0);
    }
  }
  return { count, sum: Array.from(sum, (part) => part.toString(16).padStart(8, '0')).join('') };
}
