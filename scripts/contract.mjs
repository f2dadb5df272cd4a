/*
 * node scripts/contract.mjs [--postgres] [schemathesis's arguments]: calls the API with whatever its OpenAPI document
 * allows and does not allow, and judges the answers by it.
 */
import './setup/node-version.mjs';

// Only now, and without top-level await: an old Node has to get as far as the check above.
import('./setup/contract.mjs').then(({ contract }) => contract(process.argv.slice(2)));
