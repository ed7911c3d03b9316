import { loadDialogWindow } from './dialog.tsx';
import { loadMenuPopup } from './menu.tsx';
import { loadPopoverPopup } from './popover.tsx';

/** Fetches the code of dialogs, menus and popovers ahead of their first use; call it when the page is idle. */
export async function loadOverlays(): Promise<void> {
  await Promise.all([loadDialogWindow(), loadMenuPopup(), loadPopoverPopup()]);
}
