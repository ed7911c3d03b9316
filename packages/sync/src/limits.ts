/** What both sides know of the wire before anything goes over it. */

export const PROTOCOL_VERSION = 2;

/** What a client of this release says of itself in every request. */
export const SPEAKS = { protocol: PROTOCOL_VERSION } as const;

/** Limits of one request; a larger one is refused whole with `too_large`. */
export const LIMITS = {
  /** Mutations in one push. */
  pushMutations: 50,
  /** Bytes of one push, as JSON. */
  pushBytes: 256 * 1024,
  /** Earlier mutations that one names. */
  pushAfter: 20,
  /** Scopes in one pull. */
  pullScopes: 5_000,
  /** Rows of one scope in one delta; beyond it a paged scope is truncated, another continues with `more`. */
  deltaRows: 1_000,
  /** Places (`seq`) in one page or window. */
  pageRows: 500,
  /** Rows that travel inside a poke; beyond it the poke is bare. */
  pokeRows: 64,
} as const;
