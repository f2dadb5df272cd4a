import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { createWorld } from '../support/world';
import { scenarios } from './scenarios';

/*
 * Entries under way must go on with newer workflow code: every history that was ever recorded is replayed, and
 * none is recorded again. A new story is recorded once, by a run with RECORD_HISTORIES=1.
 */
const FOLDER = join(__dirname, 'histories');
const fileOf = (name: string) => join(FOLDER, `${name}.json`);

if (process.env.RECORD_HISTORIES) {
  it('records the stories that have no history yet', async () => {
    const world = await createWorld();
    try {
      for (const [name, play] of Object.entries(scenarios)) {
        if (existsSync(fileOf(name))) continue;
        const workflowId = await play(world);
        const history = await world.client.workflow.getHandle(workflowId).fetchHistory();
        writeFileSync(
          fileOf(name),
          `${JSON.stringify(JSON.parse(historyToJSON(history), withoutPlace), null, 1)}\n`,
        );
      }
    } finally {
      await world.close();
    }
  });
}

/** Where a history was recorded is nobody's business: no machine's name, no path. */
function withoutPlace(key: string, value: unknown): unknown {
  return key === 'stackTrace' || key === 'identity' ? '' : value;
}

interface RecordedHistory {
  events: { workflowExecutionStartedEventAttributes: { workflowId: string } }[];
}

describe('the workflow code of today', () => {
  it('has a history for every story', () => {
    expect(Object.keys(scenarios).filter((name) => !existsSync(fileOf(name)))).toEqual([]);
  });

  const recorded = existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => file.endsWith('.json')) : [];
  it.each(recorded)('replays %s', async (file) => {
    const history = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as RecordedHistory;
    const { workflowId } = history.events[0]!.workflowExecutionStartedEventAttributes;
    const options = { workflowBundle: { codePath: process.env.WAYHOOK_TEST_BUNDLE! } };
    await Worker.runReplayHistory(options, history, workflowId);
  });
});
