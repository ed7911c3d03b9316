import { useState } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Button } from './button.tsx';
import { clear, draw } from './drawing.tsx';
import { IconButton } from './icon-button.tsx';
import { LiveRegion } from './live-region.tsx';
import { announce, notify } from './notices.ts';
import { Segmented } from './segmented.tsx';
import { TextField } from './text-field.tsx';
import { Time } from './time.tsx';
import { TooltipLayer } from './tooltip.tsx';

afterEach(clear);

test('a busy button keeps the focus and takes no press', async () => {
  const press = vi.fn();
  draw(
    <Button busy onClick={press}>
      Send
    </Button>,
  );
  const send = page.getByRole('button', { name: 'Send' });
  await expect.element(send).toHaveAttribute('aria-disabled', 'true');
  (send.element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  expect(press).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(send.element());
});

test('a busy submit button sends no form', async () => {
  const submit = vi.fn((event: { preventDefault: () => void }) => event.preventDefault());
  draw(
    <form onSubmit={submit}>
      <Button type="submit" busy>
        Send
      </Button>
    </form>,
  );
  (page.getByRole('button').element() as HTMLElement).click();
  expect(submit).not.toHaveBeenCalled();
});

test('a field says its hint, and its error in place of it', async () => {
  draw(<TextField label="E-mail" hint="Where invitations go." />);
  const field = page.getByLabelText('E-mail');
  await expect.element(field).toHaveAccessibleDescription('Where invitations go.');
  draw(<TextField label="E-mail" hint="Where invitations go." error="This is not an address." />);
  await expect.element(field).toHaveAccessibleDescription('This is not an address.');
  await expect.element(field).toHaveAttribute('aria-invalid', 'true');
});

test('a segmented choice moves with the arrows', async () => {
  const options = ['system', 'light', 'dark'].map((value) => ({ value, label: value }));
  function Choice() {
    const [value, setValue] = useState('system');
    return <Segmented label="Theme" value={value} options={options} onChange={setValue} />;
  }
  draw(<Choice />);
  await userEvent.tab();
  await userEvent.keyboard('{ArrowRight}{ArrowRight}');
  await expect.element(page.getByRole('radio', { name: 'dark' })).toBeChecked();
  await expect.element(page.getByRole('radiogroup', { name: 'Theme' })).toBeVisible();
});

describe('the live region', () => {
  test('is there before it speaks, and speaks the same words twice', async () => {
    draw(<LiveRegion />);
    const region = document.querySelector('[aria-live="polite"]');
    expect(region).not.toBeNull();
    announce('Bob: hello');
    await vi.waitFor(() => expect(region?.textContent).toBe('Bob: hello'));
    const first = region?.firstElementChild;
    announce('Bob: hello');
    await vi.waitFor(() => expect(region?.firstElementChild).not.toBe(first));
    expect(document.querySelector('[aria-live="polite"]')).toBe(region);
  });

  test('takes back what was said, and nothing that was said since', async () => {
    draw(<LiveRegion />);
    const region = document.querySelector('[aria-live="polite"]');
    const first = announce('Bob: the rates are secret');
    const second = announce('Marked read');
    first();
    await vi.waitFor(() => expect(region?.textContent).toBe('Marked read'));
    second();
    await vi.waitFor(() => expect(region?.textContent).toBe(''));
  });

  test('keeps a line that offers an action until it is answered', async () => {
    draw(<LiveRegion />);
    const undo = vi.fn();
    notify('Message deleted', { action: { label: 'Undo', run: undo } });
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(undo).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(page.getByRole('button', { name: 'Undo' }).elements()).toHaveLength(0));
  });
});

test('a tooltip comes with keyboard focus and goes with Escape', async () => {
  draw(
    <>
      <IconButton label="Attach" shortcut="Ctrl U">
        <svg />
      </IconButton>
      <TooltipLayer />
    </>,
  );
  await userEvent.tab();
  await expect.element(page.getByText('Ctrl U')).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await vi.waitFor(() => expect(page.getByText('Ctrl U').elements()).toHaveLength(0));
  await expect.element(page.getByRole('button', { name: 'Attach' })).toHaveFocus();
});

test('a page that scrolls where no tooltip is leaves nothing behind in React', () => {
  draw(<TooltipLayer />);
  const waiting = (): number => updatesWaiting(fiberOf(document.querySelector('main')));
  const before = waiting();
  for (let turn = 0; turn < 50; turn += 1) document.dispatchEvent(new Event('scroll'));
  expect(waiting()).toBe(before);
});

interface Update {
  next: Update;
}
interface Hook {
  queue?: { pending?: Update | null } | null;
  next?: Hook | null;
}
interface Fiber {
  memoizedState: Hook | null;
  child: Fiber | null;
  sibling: Fiber | null;
}

/** What React keeps at the element in which it draws. */
function fiberOf(container: Element | null): Fiber | null {
  const [, fiber] = Object.entries(container ?? {}).find(([key]) => key.startsWith('__reactContainer$')) ?? [];
  if (fiber === undefined) throw new Error('React draws nothing here.');
  return (fiber as { stateNode: { current: Fiber } }).stateNode.current;
}

/** Changes of state that React has been told of and not gone through, which it keeps until it has. */
function updatesWaiting(fiber: Fiber | null): number {
  if (fiber === null) return 0;
  let count = updatesWaiting(fiber.child) + updatesWaiting(fiber.sibling);
  for (let hook = fiber.memoizedState; hook; hook = hook.next ?? null) {
    const last = hook.queue?.pending;
    for (let one = last; one; one = one.next === last ? null : one.next) count += 1;
  }
  return count;
}

test('a time that cannot be is left out', () => {
  draw(<Time at={Number.NaN} />);
  expect(document.querySelector('time')).toBeNull();
  draw(<Time at={0} as="day" />);
  expect(document.querySelector('time')?.dateTime).toBe('1970-01-01T00:00:00.000Z');
});
