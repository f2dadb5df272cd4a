/* Imported before everything else, and written so that even a very old Node can parse it. */
import { readFileSync } from 'fs';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const required = manifest.engines.node.replace('>=', '');
const given = process.versions.node;

if (isOlder(given, required)) {
  console.error(
    'Wayhook needs Node ' +
      required +
      ' or newer, and this is Node ' +
      given +
      '. ' +
      'Install a newer Node (https://nodejs.org, or your version manager) and run the command again.',
  );
  process.exit(1);
}

function isOlder(version, than) {
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = than.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
