import type { LogItem } from './log-items.ts';
import { isNote, type LogMessage } from './timeline.ts';

/** All lines of a log are guessed whenever one is added above them, so what depends on the text alone is kept. */
const known = new WeakMap<LogMessage['data'], { perLine: number; lines: number }>();

const LINE_PX = 20.25;

/**
 * How tall a line of the log will be, in px, before it is drawn; `width` is that of the log. The nearer to the truth,
 * the less there is to correct while scrolling; the text's width is guessed from the mean width of a character.
 */
export function estimatedHeight(item: LogItem | undefined, width: number): number {
  if (item === undefined) return 0;
  if (item.kind !== 'message') return item.kind === 'unread' ? 32 : 40;
  const { data, pending } = item.row;
  if (data.kind === 'system') return 28;
  return (
    4 +
    textLines(data, Math.max(20, Math.floor(Math.min(620, width - 100) / 7))) * LINE_PX +
    (item.head ? 26 : 0) +
    (isNote(item.row) ? 46 : 0) +
    (item.quoted ? 24 : 0) +
    (item.replyCount > 0 ? 28 : 0) +
    (item.receipts ? 24 : 0) +
    (Object.keys(data.reactions).length > 0 ? 30 : 0) +
    (pending.length > 0 ? 20 : 0)
  );
}

function textLines(data: LogMessage['data'], perLine: number): number {
  const guessed = known.get(data);
  if (guessed?.perLine === perLine) return guessed.lines;
  let lines = 0;
  for (const line of data.text.split('\n')) lines += Math.max(1, Math.ceil(line.length / perLine));
  known.set(data, { perLine, lines });
  return lines;
}
