/**
 * How often clients come back after they lost their line. A client has lost it where its socket ended without a word; it
 * is back where it opens a stream within a quarter of an hour, or had done so before the loss was noticed. A page that is
 * closed or loaded anew says goodbye and is none of them.
 */
export interface Reconnects {
  /** A stream of this client is open. Returns what to call when it has ended, and whether its line was lost. */
  opened(client: string): (wasLost: boolean) => void;
  /** Reconnects of this client within the last hour. */
  lastHour(client: string): number;
}

/** Whoever stays away for longer has been away, and not lost the line. */
const REMEMBERED_MS = 15 * 60_000;
const HOUR_MS = 60 * 60_000;

export function createReconnects(onReconnect: () => void, now: () => number = Date.now): Reconnects {
  const open = new Map<string, number>();
  /** When those were lost who are not back; the oldest first. */
  const lostAt = new Map<string, number>();
  /** When each was back within the last hour; whoever came back longest ago first. */
  const backAt = new Map<string, number[]>();

  const recent = (client: string): number[] => (backAt.get(client) ?? []).filter((at) => now() - at < HOUR_MS);

  function isBack(client: string): void {
    const times = [...recent(client), now()];
    backAt.delete(client);
    backAt.set(client, times);
    onReconnect();
  }

  function forgetOld(): void {
    for (const [client, at] of lostAt) {
      if (now() - at < REMEMBERED_MS) break;
      lostAt.delete(client);
    }
    for (const client of backAt.keys()) {
      if (recent(client).length > 0) break;
      backAt.delete(client);
    }
  }

  return {
    opened(client) {
      forgetOld();
      if (lostAt.delete(client)) isBack(client);
      open.set(client, (open.get(client) ?? 0) + 1);
      return (wasLost) => {
        const left = (open.get(client) ?? 1) - 1;
        if (left > 0) open.set(client, left);
        else open.delete(client);
        if (!wasLost) return;
        if (left > 0) isBack(client);
        else lostAt.set(client, now());
      };
    },
    lastHour: (client) => recent(client).length,
  };
}
