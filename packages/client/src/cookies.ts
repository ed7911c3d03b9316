/** The cookies of one server, in memory: gone with the process. */
export class Cookies {
  readonly #values = new Map<string, string>();

  /** As they go into a `Cookie` header; `null` while there are none. */
  get header(): string | null {
    if (this.#values.size === 0) return null;
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Takes what an answer sets, and drops what it ends. */
  keep(headers: Headers): void {
    for (const cookie of headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      if (attributes.some((attribute) => /^\s*max-age=(0|-\d+)\s*$/i.test(attribute))) this.#values.delete(name);
      else this.#values.set(name, pair.slice(at + 1).trim());
    }
  }
}
