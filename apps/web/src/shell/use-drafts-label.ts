import { useAllRows } from '../sync/views.ts';

/** How the way to the drafts is called: it says when a scheduled message could not be sent. */
export function useDraftsLabel(): { label: string; refused: boolean } {
  const refused = useAllRows('scheduled').some(({ data }) => data.failure !== null);
  return { label: refused ? 'Drafts: a message could not be sent' : 'Drafts and scheduled', refused };
}
