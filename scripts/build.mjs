import './setup/node-version.mjs';

import('./setup/tasks.mjs').then(({ build }) => build());
