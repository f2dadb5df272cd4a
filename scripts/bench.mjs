/* node scripts/bench.mjs [NAME [SIZE]]: runs a benchmark of bench/; without a name, lists them. */
import './setup/node-version.mjs';

// Imported after the check, and without top-level await: an old Node must reach the check above.
import('./setup/bench.mjs').then(({ bench }) => bench(process.argv.slice(2)));
