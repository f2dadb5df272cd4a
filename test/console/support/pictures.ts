import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { WIDE } from './browser';

/*
 * The pictures of the documentation. Each is made where a test has the page in front of it, and compared with the one in
 * docs/pictures; with WAYHOOK_PICTURES=write it is stored there instead.
 */

const FOLDER = join(__dirname, '../../../docs/pictures');

/** Fonts and relative times differ from one machine and day to the next; a picture of another page differs more. */
const MOST_DIFFERENT = 0.03;

/** Takes the picture of the page as it is now, light and wide. Throws when the one in the documentation shows something else. */
export async function picture(page: Page, name: string): Promise<void> {
  const file = join(FOLDER, `${name}.png`);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WIDE);
  const taken = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  if (process.env.WAYHOOK_PICTURES === 'write') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, taken);
    return;
  }
  if (!existsSync(file)) throw new Error(`There is no picture ${name}. ${HOW}`);
  const difference = await compare(page, readFileSync(file), taken);
  if (difference > MOST_DIFFERENT) {
    throw new Error(`The picture ${name} no longer shows what the page looks like (${difference}). ${HOW}`);
  }
}

const HOW = 'Run the test with WAYHOOK_PICTURES=write, and look at what it wrote to docs/pictures.';

/** Runs in an empty page: the share of blocks of ten pixels whose brightness differs. */
const COMPARE = `async ([one, other]) => {
  const brightness = async (png) => {
    const picture = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
    const [width, height] = [Math.ceil(picture.width / 10), Math.ceil(picture.height / 10)];
    const canvas = new OffscreenCanvas(width, height).getContext('2d');
    canvas.imageSmoothingQuality = 'high';
    canvas.drawImage(picture, 0, 0, width, height);
    const { data } = canvas.getImageData(0, 0, width, height);
    return Array.from({ length: width * height }, (_, n) => data[4 * n] + data[4 * n + 1] + data[4 * n + 2]);
  };
  const [left, right] = [await brightness(one), await brightness(other)];
  if (left.length !== right.length) return 1;
  return left.filter((value, n) => Math.abs(value - right[n]) > 60).length / left.length;
}`;

async function compare(page: Page, ...pictures: [Buffer, Buffer]): Promise<number> {
  const empty = await page.context().newPage();
  try {
    const encoded = pictures.map((png) => png.toString('base64'));
    return (await empty.evaluate(`(${COMPARE})(${JSON.stringify(encoded)})`)) as number;
  } finally {
    await empty.close();
  }
}
