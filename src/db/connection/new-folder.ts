import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { syncFile, syncFolder } from './disk';

/** Makes a database in the folder unless there is one. It is there whole, and on disk, or not at all. */
export async function makeDatabase(folder: string): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  await removeEmpty(folder);
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  const database = await PGlite.create({ dataDir: unfinished });
  await database.close();
  await syncTree(unfinished);
  await rename(unfinished, folder);
  syncFolder(dirname(folder));
  // The folder around it may be as new.
  syncFolder(dirname(dirname(folder)));
}

/** A folder with files is not replaced: they may be someone's. */
async function removeEmpty(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  if ((await readdir(folder)).length > 0)
    throw new Error(
      `The folder ${folder} has files, but not those of a database. Move them away, or correct WAYHOOK_DATA_DIR.`,
    );
  await rmdir(folder);
}

async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? syncTree(path) : syncFile(path);
    }),
  );
  syncFolder(folder);
}
