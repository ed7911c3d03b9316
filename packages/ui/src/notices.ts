export interface Notice {
  id: number;
  text: string;
  tone: 'neutral' | 'bad';
  action: { label: string; run: () => void } | undefined;
}

export interface NoticeState {
  /** What the live region holds now; `turn` changes so that the same words twice are read twice. */
  spoken: { text: string; turn: number };
  notices: readonly Notice[];
}

let state: NoticeState = { spoken: { text: '', turn: 0 }, notices: [] };
let lastId = 0;
const listeners = new Set<() => void>();

function update(next: Partial<NoticeState>): void {
  state = { ...state, ...next };
  listeners.forEach((notify) => notify());
}

export const noticeStore = {
  get: (): NoticeState => state,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/**
 * Says a sentence through the page's one polite live region, without showing it. Returns a function that takes it out of
 * the page, where nothing has been said since.
 */
export function announce(text: string): () => void {
  const turn = state.spoken.turn + 1;
  update({ spoken: { text, turn } });
  return () => {
    if (state.spoken.turn === turn) update({ spoken: { text: '', turn } });
  };
}

/**
 * Shows a short line below the head of the page and says it. It leaves by itself after 6 s, unless it carries an action:
 * then it stays until dismissed. Returns a function that takes it away.
 */
export function notify(text: string, options: { tone?: Notice['tone']; action?: Notice['action'] } = {}): () => void {
  lastId += 1;
  const id = lastId;
  const dismiss = () => update({ notices: state.notices.filter((notice) => notice.id !== id) });
  update({
    notices: [...state.notices.slice(-2), { id, text, tone: options.tone ?? 'neutral', action: options.action }],
    spoken: { text, turn: state.spoken.turn + 1 },
  });
  if (options.action === undefined) setTimeout(dismiss, 6_000);
  return dismiss;
}

/** Takes a notice away before its time. */
export function dismissNotice(id: number): void {
  update({ notices: state.notices.filter((notice) => notice.id !== id) });
}
