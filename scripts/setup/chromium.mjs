import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installWithApt } from './apt.mjs';
import { SetupFault } from './steps.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_A_MAC = ['Google Chrome', 'Chromium'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);

/** The browser in which the console is tested: $WAYHOOK_CHROMIUM, or Chromium or Chrome where it lies as a rule. */
export async function findChromium() {
  const missing = 'Chromium is not installed, in which the console is tested: install it';
  const otherwise = 'or set WAYHOOK_CHROMIUM to the program.';
  const { WAYHOOK_CHROMIUM } = process.env;
  if (WAYHOOK_CHROMIUM) {
    if (existsSync(WAYHOOK_CHROMIUM)) return WAYHOOK_CHROMIUM;
    throw new SetupFault(`WAYHOOK_CHROMIUM is ${WAYHOOK_CHROMIUM}, which is not there. Correct it.`);
  }
  const found = find();
  if (found !== undefined) return found;
  await installWithApt('chromium', { missing, otherwise });
  return find();
}

function find() {
  const folders = process.env.PATH.split(delimiter);
  const programs = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...programs, ...ON_A_MAC].find((program) => existsSync(program));
}
