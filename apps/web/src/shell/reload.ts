/** Work that must be on disk before the page goes away: what is being typed. */
const savings = new Set<() => Promise<void>>();

/** Registers something to finish before this page reloads itself for a new version. Returns its removal. */
export function saveBeforeReload(save: () => Promise<void>): () => void {
  savings.add(save);
  return () => savings.delete(save);
}

/** Saves everything registered. @throws when something could not be */
export async function saveNow(): Promise<void> {
  await Promise.all([...savings].map((save) => save()));
}

/** Reloads once everything registered is saved; stays, and throws, when something could not be. */
export async function reloadSafely(): Promise<void> {
  await saveNow();
  location.reload();
}
