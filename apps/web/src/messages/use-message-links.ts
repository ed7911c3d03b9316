import { useNavigate } from '@tanstack/react-router';
import { useCallback, useRef } from 'react';

const address = /^\/t\/([0-9a-f-]{36})$/;
const anchor = /^#m-(.+)$/;

/**
 * Keeps links in messages that lead to threads and messages of this installation inside this page; returns the ref of
 * what holds them. One to a message of the open thread goes to `jumpTo`, also the second time.
 */
export function useMessageLinks(threadId: string, jumpTo: (messageId: string) => void) {
  const navigate = useNavigate();
  const latest = useRef({ threadId, jumpTo, navigate });
  latest.current = { threadId, jumpTo, navigate };
  return useCallback((element: HTMLElement | null) => {
    const follow = (event: MouseEvent) => {
      const { target, metaKey, ctrlKey, shiftKey, altKey, button } = event;
      if (event.defaultPrevented || metaKey || ctrlKey || shiftKey || altKey || button !== 0) return;
      const link = target instanceof Element ? target.closest<HTMLAnchorElement>('.markdown a[href]') : null;
      const to = link && link.origin === location.origin ? address.exec(link.pathname)?.[1] : undefined;
      if (link === null || to === undefined) return;
      event.preventDefault();
      const messageId = anchor.exec(link.hash)?.[1];
      if (to === latest.current.threadId && messageId !== undefined) latest.current.jumpTo(messageId);
      else void latest.current.navigate({ to: '/t/$threadId', params: { threadId: to }, hash: link.hash.slice(1) });
    };
    element?.addEventListener('click', follow);
    return () => element?.removeEventListener('click', follow);
  }, []);
}
