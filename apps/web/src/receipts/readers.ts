/** Who has read a message, from the receipts of its thread. */
import type { ReceiptRow } from '@parley/core/receipts';
import type { ParticipantRow } from '@parley/core/threads';
import type { ViewRow } from '@parley/sync/client';

export interface Reader {
  id: string;
  name: string;
}

export interface Readers {
  read: readonly Reader[];
  /** Also those who show nobody how far they have read. */
  notYet: readonly Reader[];
}

/** Everybody who could have read a message beside its author, by name. */
export function readersOf(
  { seq, authorId }: { seq: number | null; authorId: string | null },
  participants: readonly ViewRow<ParticipantRow>[],
  receipts: readonly ViewRow<ReceiptRow>[],
): Readers {
  const upToById = new Map(receipts.map(({ id, data }) => [id, data.upTo]));
  const people = participants
    .filter(({ id, data }) => id !== authorId && data.leftAt === null && !data.placeholder)
    .map(({ id, data }) => ({ id, name: data.name }))
    .sort((one, other) => one.name.localeCompare(other.name));
  const hasRead = ({ id }: Reader) => seq !== null && (upToById.get(id) ?? 0) >= seq;
  return { read: people.filter(hasRead), notYet: people.filter((person) => !hasRead(person)) };
}

/** One line for them. */
export function readersWords({ read, notYet }: Readers): string {
  const [first, second] = read;
  if (first === undefined) return 'Sent';
  if (second === undefined) return `Seen by ${first.name}`;
  if (notYet.length === 0) return 'Seen by everyone';
  if (read.length === 2) return `Seen by ${first.name} and ${second.name}`;
  return `Seen by ${read.length} of ${read.length + notYet.length}`;
}
