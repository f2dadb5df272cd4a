import { operations } from './recorder';
import { writeFileSync } from 'node:fs';
import { serialize } from 'node:v8';
import { openEmbedded } from '../../../src/db/connection/client';
import { chanceFrom } from './chance';
import { work } from './work';

/*
 * Runs in a process of its own: opens the embedded database in `folder`, changes it in every way there is, and writes
 * to `record` what it did to the folder and what it acknowledged.
 */

async function main(root: string, record: string, changes: number, seed: number): Promise<void> {
  const connection = await openEmbedded(`${root}/database`);
  await work(connection, changes, chanceFrom(seed), operations);
  await connection.close();
  writeFileSync(record, serialize(operations));
}

const [root, record, changes, seed] = process.argv.slice(2);
void main(root!, record!, Number(changes), Number(seed));
