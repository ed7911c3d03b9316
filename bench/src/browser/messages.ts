/** Rows for the pages of the benches. */

export interface Row {
  scope: string;
  table: string;
  id: string;
  version: number;
  data: { seq: number };
}

/** So many messages as a client keeps them, in threads of one length. */
export function messagesByThread(count: number, threads: number): { scope: string; rows: Row[] }[] {
  return Array.from({ length: threads }, (_, thread) => {
    const scope = `thread:${crypto.randomUUID()}`;
    const rows = Array.from({ length: count / threads }, (_, index) => message(scope, thread, index + 1));
    return { scope, rows };
  });
}

const message = (scope: string, thread: number, seq: number): Row => ({
  scope,
  table: 'message',
  id: crypto.randomUUID(),
  version: seq,
  data: {
    seq,
    ...{
      kind: 'internal',
      authorId: crypto.randomUUID(),
      authorOrg: crypto.randomUUID(),
      ownerOrg: crypto.randomUUID(),
      text: `Could you look at the plan for Tuesday before the others do? The second page is new. ${thread} ${seq}`,
      replyTo: null,
      mentions: [],
      reactions: {},
      notice: null,
      forwarded: null,
      createdAt: 1_760_000_000_000 + seq,
      editedAt: null,
      revisions: 0,
      deletedAt: null,
    },
  },
});
