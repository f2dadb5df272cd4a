import { homedir } from 'node:os';
import { join } from 'node:path';

/** Shared by all checkouts: $WAYHOOK_CACHE_DIR, or `wayhook` in the user's cache folder. */
export function cacheFolder() {
  const { WAYHOOK_CACHE_DIR, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (WAYHOOK_CACHE_DIR) return WAYHOOK_CACHE_DIR;
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData/Local'), 'wayhook');
  if (process.platform === 'darwin') return join(homedir(), 'Library/Caches/wayhook');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'wayhook');
}
