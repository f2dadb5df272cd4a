import { useState } from 'react';

/* public/theme.js applies what was chosen before the page is drawn. */

function isDarkNow(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}

/** The theme: the system's, until one is chosen. */
export function useTheme(): { isDark: boolean; flip: () => void } {
  const [isDark, setDark] = useState(isDarkNow);
  function flip() {
    const theme = isDark ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    localStorage.setItem('wayhook-theme', theme);
    setDark(!isDark);
  }
  return { isDark, flip };
}
