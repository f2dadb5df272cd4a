import './setup/node-version.mjs';

// Imported after the check, and without top-level await: an old Node must reach the check above.
import('./setup/tasks.mjs').then(({ start }) => start());
