import type { BrowserContext, ConsoleMessage } from '@playwright/test';

/** What the browser itself writes as an error although the page has done nothing wrong. */
const EXPECTED: readonly { text: RegExp; where?: RegExp; only?: 'disturbed'; because: string }[] = [
  {
    text: /^Failed to load resource: the server responded with a status of 4\d\d/,
    where: /\/trpc\/accounts\./,
    because: 'a wrong password or a used link is refused with such a status, and the browser reports every one',
  },
  {
    text: /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|NETWORK_CHANGED|EMPTY_RESPONSE|ABORTED|FAILED)|WebSocket connection to .* failed/,
    only: 'disturbed',
    because: 'the journey took the network or the server away, and the browser reports each attempt to come back',
  },
  {
    text: /^WebSocket is already in CLOSING or CLOSED state/,
    only: 'disturbed',
    because: 'the last word on a connection may meet its end; nothing counts on it having been heard',
  },
  {
    text: /^Failed to load resource: the server responded with a status of 50[23]/,
    only: 'disturbed',
    because: 'the server is coming back and is not ready yet',
  },
];

/** Everything that pages of one browser complained about: console errors, uncaught exceptions, refused policies. */
export interface Complaints {
  /** From now on a missing network or server is part of the journey. */
  expectDisturbance(): void;
  readonly all: readonly string[];
}

/** Listens to every page of `context`, also those that open later. */
export function hearComplaints(context: BrowserContext): Complaints {
  const all: string[] = [];
  let disturbed = false;
  const expected = (text: string, where: string): boolean =>
    EXPECTED.some(
      (one) => one.text.test(text) && (one.where?.test(where) ?? true) && (one.only !== 'disturbed' || disturbed),
    );
  context.on('console', (message: ConsoleMessage) => {
    const text = message.text();
    const { url } = message.location();
    const bad = message.type() === 'error' || /Content[- ]Security[- ]Policy/i.test(text);
    if (bad && !expected(text, url)) all.push(`${text} (${url})`);
  });
  context.on('weberror', (error) => all.push(`Uncaught: ${error.error().stack ?? error.error().message}`));
  return {
    all,
    expectDisturbance() {
      disturbed = true;
    },
  };
}
