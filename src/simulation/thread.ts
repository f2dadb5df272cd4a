import { parentPort, workerData } from 'node:worker_threads';
import { readJson, writeJson } from '../domain/lossless-json';
import { ApiError } from '../domain/errors';
import type { SimulatedWorld } from './contract';
import { copyPrivateDatabase, imageOf, makePrivateDatabase } from './private-database';
import { loadWorkflows } from './sdk';
import { simulate, type SimulationParts } from './simulation';
import type { ThreadAnswer, ThreadData, ThreadMessage } from './thread-handle';

/* The thread of simulations: one at a time, each as one message of JSON. */

const { migrations, workflowBundle, maxRequests, longestMs, image } = workerData as ThreadData;
let parts: Promise<SimulationParts> | undefined;

async function open(): Promise<SimulationParts> {
  const { db } = image ? await copyPrivateDatabase(image) : await makeAndPass();
  return { db, maxRequests, longestMs, workflows: loadWorkflows(workflowBundle) };
}

/** The next thread gets a copy. */
async function makeAndPass() {
  const made = await makePrivateDatabase(migrations);
  const archive = await imageOf(made);
  post({ image: archive }, [archive.buffer]);
  return made;
}

async function answer(world: string): Promise<ThreadAnswer> {
  try {
    parts ??= open();
    return { result: writeJson(await simulate(await parts, readJson(world) as SimulatedWorld)) };
  } catch (error) {
    if (error instanceof ApiError) return { refused: { code: error.code, message: error.message } };
    return { failed: innermost(error) };
  }
}

/** A failed statement's own error quotes its parameters, which do not belong in a log. */
function innermost(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause) inner = inner.cause;
  return inner instanceof Error ? (inner.stack ?? inner.message) : String(inner);
}

function post(message: ThreadMessage, moved: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, moved);
}

parentPort!.on('message', (world: string) => {
  void answer(world).then((message) => post(message));
});
