/*
 * node scripts/contract.mjs [--postgres] [schemathesis's arguments]: calls the API with requests that its OpenAPI document
 * allows and with others that it does not, and checks the responses against it.
 */
import './setup/node-version.mjs';

// Imported after the check, and without top-level await: an old Node must reach the check above.
import('./setup/contract.mjs').then(({ contract }) => contract(process.argv.slice(2)));
