/** Puts together what the devices of each person say. */
import { PRESENCE, type SaidPresence, type SeenPresence } from '@parley/core/presence';

/** Somebody else in a room, all their devices together. */
export interface PersonThere {
  status: SaidPresence['status'];
  device: SaidPresence['device'];
  doNotDisturb: boolean;
  isTyping: boolean;
}
/** By the ids of people. */
export type PeopleThere = ReadonlyMap<string, PersonThere>;

export const NOBODY: PeopleThere = new Map();

/** When a place last said that somebody types, and with which number. */
export type TypingHeard = Map<number, { count: number; at: number }>;

/**
 * Everybody but `selfId`, by the device that they are active on, and typing where one is and said so lately. `heard` is
 * brought up to date. `until` is when somebody is no longer believed; `null` where nobody types.
 */
export function peopleThere(
  places: ReadonlyMap<number, Partial<SeenPresence>>,
  { selfId, heard, now }: { selfId: string; heard: TypingHeard; now: number },
): { people: PeopleThere; until: number | null } {
  const people = new Map<string, PersonThere>();
  let until: number | null = null;
  for (const place of heard.keys()) if (places.get(place)?.typing === undefined) heard.delete(place);
  for (const [place, { personId, status, device, doNotDisturb, typing }] of places) {
    if (personId === undefined || status === undefined || device === undefined || personId === selfId) continue;
    if (typing !== undefined && heard.get(place)?.count !== typing) heard.set(place, { count: typing, at: now });
    const end = (heard.get(place)?.at ?? -Infinity) + PRESENCE.typingShown;
    const isTyping = end > now;
    if (isTyping) until = Math.min(end, until ?? Infinity);
    const before = people.get(personId);
    const best = before && weight(before) > weight({ status, device }) ? before : { status, device };
    people.set(personId, {
      ...{ status: best.status, device: best.device },
      doNotDisturb: doNotDisturb === true || before?.doNotDisturb === true,
      isTyping: isTyping || before?.isTyping === true,
    });
  }
  return { people, until };
}

/** Whoever is active somewhere is active; with two devices alike it is the desk. */
const weight = ({ status, device }: Pick<SeenPresence, 'status' | 'device'>): number =>
  (status === 'active' ? 2 : 0) + (device === 'desktop' ? 1 : 0);
