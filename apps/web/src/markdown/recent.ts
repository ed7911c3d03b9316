/** Keeps the results of a pure function for the texts asked for last. */
export class Recent<Result> {
  readonly #kept = new Map<string, Result>();
  readonly #make: (text: string) => Result;
  readonly #most: number;

  constructor(most: number, make: (text: string) => Result) {
    this.#most = most;
    this.#make = make;
  }

  get(text: string): Result {
    let result = this.#kept.get(text);
    if (result === undefined) {
      result = this.#make(text);
      if (this.#kept.size >= this.#most) this.#kept.delete(this.#kept.keys().next().value as string);
    } else {
      this.#kept.delete(text);
    }
    this.#kept.set(text, result);
    return result;
  }
}
