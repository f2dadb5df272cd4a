/* node scripts/test.mjs [--postgres] [jest's arguments]: runs the tests on the embedded database or on Postgres. */
import './setup/node-version.mjs';

import('./setup/tasks.mjs').then(({ test }) => test(process.argv.slice(2)));
