/** A log with a world around it, for tests: rows that speak, and what the page would give it. */
import type { MessageRow } from '@parley/core/messages';
import { createRoot, type Root } from 'react-dom/client';
import { StrictMode, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import type { LogDoor } from './log-door.ts';
import type { LogMessage } from './timeline.ts';

export const alice = 'alice';
export const bob = 'bob';
const noon = new Date(2026, 10, 22, 12).getTime();

export function messageRow(seq: number, data: Partial<MessageRow> = {}, id = `m${seq}`): LogMessage {
  return {
    id,
    scope: 'thread:t',
    pending: [],
    data: {
      seq,
      kind: 'internal',
      authorId: bob,
      authorOrg: 'acme',
      ownerOrg: 'acme',
      text: `Message ${seq}`,
      replyTo: null,
      mentions: [],
      reactions: {},
      notice: null,
      createdAt: noon + seq * 60_000,
      editedAt: null,
      revisions: 0,
      deletedAt: null,
      ...data,
    },
  };
}

/** Rows of different heights, each by somebody else, so that none continues another. */
export const messageRows = (from: number, to: number): LogMessage[] =>
  Array.from({ length: to - from + 1 }, (_, index) => {
    const seq = from + index;
    const text = `Message ${seq}${' and a few words more'.repeat((seq * 7) % 23)}`;
    return messageRow(seq, { authorId: `person-${seq}`, text });
  });

export function logDoor(changes: Partial<LogDoor> = {}): LogDoor {
  const nothing = () => {};
  return {
    personId: alice,
    selfIds: new Set([alice]),
    personName: (id) => ({ alice: 'Alice Lindqvist', bob: 'Bob Okafor' })[id] ?? id,
    noteReaders: 'Acme Freight',
    mayWrite: true,
    mayDelete: ({ data }) => data.authorId === alice,
    react: nothing,
    reply: nothing,
    edit: nothing,
    remove: nothing,
    copy: nothing,
    scopeOf: () => 'thread:t',
    linkTo: (id) => `/t/t#m-${id}`,
    jumpTo: nothing,
    openReplies: nothing,
    openReaders: null,
    quote: nothing,
    forward: nothing,
    pin: nothing,
    save: nothing,
    markUnread: nothing,
    revisionsOf: () => [],
    retry: nothing,
    discard: nothing,
    takeBack: nothing,
    sendNow: nothing,
    ...changes,
  };
}

let root: Root | undefined;

/** Draws a page of the given size; drawing again updates it. */
export function draw(page: ReactNode, { width = 800, height = 600 } = {}): HTMLElement {
  let frame = document.getElementById('frame');
  if (frame === null || root === undefined) {
    frame = document.createElement('main');
    frame.id = 'frame';
    document.body.append(frame);
    root = createRoot(frame);
  }
  frame.style.cssText = `display:flex;flex-direction:column;width:${width}px;height:${height}px`;
  const drawing = root;
  flushSync(() => drawing.render(<StrictMode>{page}</StrictMode>));
  return frame;
}

export function clear(): void {
  root?.unmount();
  root = undefined;
  document.getElementById('frame')?.remove();
}

/** Two frames: what was drawn is measured and corrected. */
export const painted = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
