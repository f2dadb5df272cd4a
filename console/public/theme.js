/* Before the page is drawn, so that no page flashes in the other theme. A file, as the policy allows no inline script. */
try {
  const theme = localStorage.getItem('wayhook-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's theme counts.
}
