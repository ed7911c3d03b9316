const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function firstGrapheme(word: string): string {
  for (const { segment } of segmenter.segment(word)) return segment;
  return '';
}

/** One or two letters for a name: first and last word; `?` when there is nothing to take. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._@-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  if (first === undefined) return firstGrapheme(name.trim()) || '?';
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return (firstGrapheme(first) + (last === undefined ? '' : firstGrapheme(last))).toLocaleUpperCase();
}

/**
 * A colour for an id, stable across devices. Hues 10–110 are left out: warm means "outside your organisation". At this
 * lightness white initials keep 4.5:1 on every hue.
 */
export function inkOf(id: string): string {
  let hash = 2166136261;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 16777619) >>> 0;
  const hue = (120 + (hash % 25) * 10) % 360;
  return `oklch(51% 0.1 ${hue})`;
}
