/** F6 and Shift+F6 go round the regions of the page, as desktop applications do. Mark one with `data-region`. */
export function cycleRegions(event: KeyboardEvent): void {
  if (event.key !== 'F6' || event.defaultPrevented) return;
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (one) => one.offsetParent !== null,
  );
  if (regions.length === 0) return;
  event.preventDefault();
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const step = event.shiftKey ? -1 : 1;
  const next = regions[at === -1 ? 0 : (at + step + regions.length) % regions.length];
  const inner = next?.querySelector<HTMLElement>('[data-region-focus]') ?? next;
  if (inner === undefined) return;
  if (inner.tabIndex < 0) inner.tabIndex = -1;
  inner.focus();
}
