/** Parts of the engine that most tabs never need. Each is loaded when it is first asked for, and then is there. */
export const lateParts = {
  audit: once(() => import('./audit.ts')),
  memoryCache: once(() => import('./memory-cache.ts')),
};

/** What could not be loaded is tried again by whoever asks next. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
