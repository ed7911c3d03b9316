/** Values with their history: what was there as of a commit can be read as long as the simulation lasts. */
export class Versioned<V> {
  readonly #histories = new Map<string, { commit: number; value: V | undefined }[]>();

  get(key: string, asOf = Infinity): V | undefined {
    return this.#histories.get(key)?.findLast(({ commit }) => commit <= asOf)?.value;
  }

  set(key: string, value: V | undefined, commit: number): void {
    const history = this.#histories.get(key);
    if (history) history.push({ commit, value });
    else this.#histories.set(key, [{ commit, value }]);
  }

  *entries(asOf = Infinity): Generator<[string, V]> {
    for (const key of this.#histories.keys()) {
      const value = this.get(key, asOf);
      if (value !== undefined) yield [key, value];
    }
  }

  /** Forgets whatever came after a commit. */
  cut(commit: number): void {
    for (const [key, history] of this.#histories) {
      this.#histories.set(
        key,
        history.filter((entry) => entry.commit <= commit),
      );
    }
  }
}
