/** Whether rooms show exactly those who are in them. */

/** What one seat shows. */
export interface SeatView {
  room: string;
  personId: string;
  /** Everybody else who is there. */
  sees: string[];
}

/** @returns what is wrong, in words */
export function judgeSeats(seats: readonly SeatView[]): string[] {
  return [...Map.groupBy(seats, ({ room }) => room)].flatMap(([room, taken]) => {
    const there = new Set(taken.map(({ personId }) => personId));
    return taken.flatMap(({ personId, sees }) => [
      ...[...there]
        .filter((other) => other !== personId && !sees.includes(other))
        .map((other) => `${personId} does not see ${other} in ${room}.`),
      ...sees
        .filter((other) => !there.has(other))
        .map((other) => `${personId} sees ${other} in ${room}, who has left.`),
    ]);
  });
}
