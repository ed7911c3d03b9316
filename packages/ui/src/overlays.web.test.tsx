import { useState } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { clear, draw } from './drawing.tsx';
import { Menu } from './menu.tsx';
import { Popover } from './popover.tsx';
import { TextField } from './text-field.tsx';

afterEach(clear);

const focused = () => document.activeElement?.textContent ?? '';
const button = (name: string) => page.getByRole('button', { name, exact: true });

describe('a menu', () => {
  const open = async (chosen: (label: string) => void) => {
    draw(
      <>
        <Menu
          label="Message"
          trigger={(props) => <Button {...props}>More</Button>}
          items={[
            { label: 'Reply', onSelect: () => chosen('Reply') },
            { label: 'Edit', onSelect: () => chosen('Edit'), disabled: true },
            { label: 'Delete', onSelect: () => chosen('Delete'), danger: true, separated: true },
          ]}
        />
        <Button>Elsewhere</Button>
      </>,
    );
    await button('More').click();
    await expect.element(page.getByRole('menu', { name: 'Message' })).toBeVisible();
  };

  test('is chosen from by keyboard, and gives the focus back', async () => {
    const chosen = vi.fn();
    await open(chosen);
    await expect.element(button('More')).toHaveAttribute('aria-expanded', 'true');
    await userEvent.keyboard('{End}{Enter}');
    expect(chosen.mock.calls).toEqual([['Delete']]);
    await vi.waitFor(() => expect(page.getByRole('menu').elements()).toHaveLength(0));
    await vi.waitFor(() => expect(focused()).toBe('More'));
  });

  test('closes on Escape without choosing', async () => {
    const chosen = vi.fn();
    await open(chosen);
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => expect(focused()).toBe('More'));
    expect(chosen).not.toHaveBeenCalled();
    await expect.element(button('More')).toHaveAttribute('aria-expanded', 'false');
  });

  test('closes on its own button and on a press elsewhere', async () => {
    await open(() => undefined);
    await button('More').click();
    await vi.waitFor(() => expect(page.getByRole('menu').elements()).toHaveLength(0));
    await button('More').click();
    await expect.element(page.getByRole('menu')).toBeVisible();
    await button('Elsewhere').click();
    await vi.waitFor(() => expect(page.getByRole('menu').elements()).toHaveLength(0));
  });

  test('does nothing for a disabled item', async () => {
    const chosen = vi.fn();
    await open(chosen);
    const item = page.getByRole('menuitem', { name: 'Edit' });
    await expect.element(item).toHaveAttribute('aria-disabled', 'true');
    await item.click({ force: true });
    expect(chosen).not.toHaveBeenCalled();
  });
});

describe('a popover', () => {
  test('closes from within and on Escape, and gives the focus back', async () => {
    draw(
      <Popover label="Reactions" trigger={(props) => <Button {...props}>React</Button>}>
        {(close) => <Button onClick={close}>Done</Button>}
      </Popover>,
    );
    for (const leave of [() => button('Done').click(), () => userEvent.keyboard('{Escape}')]) {
      await button('React').click();
      await expect.element(page.getByRole('dialog', { name: 'Reactions' })).toBeVisible();
      await leave();
      await vi.waitFor(() => expect(page.getByRole('dialog').elements()).toHaveLength(0));
      await vi.waitFor(() => expect(focused()).toBe('React'));
    }
  });
});

describe('a dialog', () => {
  function Asking() {
    const [open, setOpen] = useState(false);
    return (
      <>
        <Button onClick={() => setOpen(true)}>Rename</Button>
        <Dialog open={open} onOpenChange={setOpen} title="Rename the thread" actions={<Button>Save</Button>}>
          <TextField label="Subject" defaultValue="Rota" />
        </Dialog>
      </>
    );
  }

  test('keeps the focus inside, and gives it back', async () => {
    draw(<Asking />);
    await button('Rename').click();
    const dialog = page.getByRole('dialog', { name: 'Rename the thread' });
    await expect.element(dialog).toBeVisible();
    for (let press = 0; press < 8; press += 1) {
      await userEvent.tab();
      await vi.waitFor(() => expect(dialog.element().contains(document.activeElement)).toBe(true));
    }
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => expect(page.getByRole('dialog').elements()).toHaveLength(0));
    await vi.waitFor(() => expect(focused()).toBe('Rename'));
  });
});
