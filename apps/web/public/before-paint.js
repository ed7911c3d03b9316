// Pins a chosen theme before the first paint; src/shell/theme.ts writes the choice. Where somebody was here before, the
// script that draws what is behind sign-in is fetched beside the first one, which would ask for it only once it runs.
// Apart from the bundle because a module would run too late and an inline script would need a hole in the content security
// policy.
(function () {
  try {
    const theme = localStorage.getItem('parley.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    const frame = document.querySelector('meta[name="parley-frame"]');
    if (frame === null || localStorage.getItem('parley.accounts') === null) return;
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = frame.content;
    document.head.append(link);
  } catch {
    // Storage is refused: the system's theme holds.
  }
})();
