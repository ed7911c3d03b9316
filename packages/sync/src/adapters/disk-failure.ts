/** What IndexedDB's errors mean, by the names that browsers and Dexie give them. */
type Failure = 'full' | 'corrupt' | 'failed' | 'lost';

/** The worst of what an error carries decides. */
const names: readonly (readonly [Failure, RegExp])[] = [
  ['full', /^QuotaExceeded/],
  ['corrupt', /^(NotFound|Version|Upgrade|Schema|InvalidTable|NotReadable|Missing)Error$/],
  [
    'failed',
    /^(Unknown|OpenFailed|MissingAPI|Security|Timeout|InvalidAccess|NotAllowed|Operation|NoSuchDatabase)Error$/,
  ],
  ['lost', /^(DatabaseClosed|InvalidState|Abort|PrematureCommit|TransactionInactive)Error$/],
];

/** `null`: no failure of the disk. */
export function diskFailure(error: unknown): Failure | null {
  const carried = [...namesIn(error)];
  return names.find(([, pattern]) => carried.some((name) => pattern.test(name)))?.[0] ?? null;
}

/** The names of an error and of those it was made of. */
function* namesIn(error: unknown): Generator<string> {
  if (typeof error !== 'object' || error === null) return;
  if ('name' in error && typeof error.name === 'string') yield error.name;
  if ('inner' in error && error.inner !== error) yield* namesIn(error.inner);
  if ('failures' in error && Array.isArray(error.failures)) yield* namesIn(error.failures[0]);
}
