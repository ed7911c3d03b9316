/** The audit log as a file, for other programs. */
import { eventWords, type LoggedEvent } from './event-words.ts';

export const logAsJson = (events: readonly LoggedEvent[]): string =>
  JSON.stringify(
    events.map((event) => ({ ...event, at: new Date(event.at).toISOString(), words: eventWords(event) })),
    null,
    2,
  );

export function logAsCsv(events: readonly LoggedEvent[]): string {
  const lines = events.map((event) => [
    new Date(event.at).toISOString(),
    event.kind,
    eventWords(event),
    event.actor?.id,
    event.actor?.name,
    event.subject?.id,
    event.subject?.name,
    event.device,
    event.place,
    JSON.stringify(event.details),
  ]);
  return [HEADINGS, ...lines].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

const HEADINGS = [
  'time',
  'kind',
  'words',
  'person id',
  'person',
  'concerned id',
  'concerned',
  'device',
  'place',
  'details',
];

/** Names and addresses are what people chose: none of them may become a formula of a spreadsheet. */
function cell(value: string | null | undefined): string {
  const text = (value ?? '').replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
