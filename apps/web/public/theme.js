// Pins a chosen theme before the first paint; src/shell/theme.ts writes the choice. Apart from the bundle because a
// module would run too late and an inline script would need a hole in the content security policy.
(function () {
  try {
    const theme = localStorage.getItem('parley.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is refused: the system's theme holds.
  }
})();
