import type { LogItem } from './log-items.ts';

/**
 * How tall a line of the log will be, in px, before it is drawn. The nearer to the truth, the less there is to correct
 * while scrolling; the text's width is guessed from the mean width of a character.
 */
export function estimatedHeight(item: LogItem | undefined, width: number): number {
  if (item === undefined) return 0;
  if (item.kind !== 'message') return item.kind === 'unread' ? 32 : 40;
  const { data, pending } = item.row;
  if (data.kind === 'system') return 28;
  const perLine = Math.max(20, Math.min(620, width - 100) / 7);
  let lines = 0;
  for (const line of data.text.slice(0, 16_000).split('\n')) lines += Math.max(1, Math.ceil(line.length / perLine));
  const extras =
    (item.head ? 26 : 0) +
    (data.replyTo === null ? 0 : 24) +
    (item.replyCount > 0 ? 28 : 0) +
    (Object.keys(data.reactions).length > 0 ? 30 : 0) +
    (pending.length > 0 ? 20 : 0);
  return 4 + lines * 20.25 + extras;
}
