import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deserialize } from 'node:v8';
import type { Chance } from './chance';
import type { Operation } from './operations';

const execute = promisify(execFile);

/** Opens the database in the folder in a process of its own and makes so many changes. Returns what that did. */
export async function record(folder: string, changes: number, chance: Chance): Promise<Operation[]> {
  const file = `${folder}.record`;
  const seed = Math.floor(chance() * 1e9);
  const loader = ['-r', join(__dirname, '../typescript.cjs')];
  await execute(process.execPath, [
    ...loader,
    join(__dirname, 'process.ts'),
    folder,
    file,
    String(changes),
    String(seed),
  ]);
  const operations = deserialize(readFileSync(file)) as Operation[];
  rmSync(file);
  return operations;
}

/** Before these operations something is done that relies on what came before. */
const isTurn = ({ do: what }: Operation) => /flush|rename|remove/.test(what);

/** A moment in a recording, in half of the cases close to one at which an order matters. */
export function momentIn(operations: Operation[], chance: Chance): number {
  const anywhere = Math.floor(chance() * operations.length);
  if (chance() < 0.5) return anywhere;
  const turns = [...operations.keys()].filter((index) => isTurn(operations[index]!));
  const turn = turns[Math.floor(chance() * turns.length)] ?? anywhere;
  return Math.min(Math.max(turn - 2 + Math.floor(chance() * 5), 0), operations.length);
}
