import './setup/node-version.mjs';

// Only now, and without top-level await: an old Node has to get as far as the check above.
import('./setup/tasks.mjs').then(({ start }) => start());
