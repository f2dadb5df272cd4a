import { Readable } from 'node:stream';
import { request } from 'undici';
import { megabytes } from './support/memory';
import { type Program, startProgram } from './support/program';
import { until } from './support/processes';
import { API_KEY } from './support/settings';
import { atMost, type Benchmark, exactly, type Row, reported } from './support/table';

const WITHIN_MS = 1_800_000;
const MOST_MB = 150;

/** Every hundredth row has no valid email. */
const BAD_EVERY = 100;

function* file(rows: number): Generator<string> {
  yield 'email,n:long,name,vip:boolean,note\n';
  for (let n = 0; n < rows; n += 1) {
    const email = n % BAD_EVERY === BAD_EVERY - 1 ? 'nobody' : `import-${n}@example.com`;
    yield `${email},${n},"Name, ${n}",true,"one\ntwo ""${n}"""\n`;
  }
}

/** Calls the API with the program's key. Throws when the call is refused. */
async function call<Answer>(
  { url }: Program,
  method: 'GET' | 'POST',
  path: string,
  body?: { type: string; content: string | Readable },
): Promise<Answer> {
  const headers = { 'api-key': API_KEY, ...(body && { 'content-type': body.type }) };
  const answer = await request(url + path, { method, headers, body: body?.content });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
  const isJson = String(answer.headers['content-type']).startsWith('application/json');
  return (isJson ? JSON.parse(text) : text) as Answer;
}

interface Job {
  state: string;
  total: number;
  done: number;
  refusedCount: number;
}

/** Waits for the job's end, and kills the program when a tenth of the job is done. */
async function watchAndKill(
  program: Program,
  jobId: string,
): Promise<{ job: Job; killedAt: number; most: number }> {
  let killedAt: number | undefined;
  let most = 0;
  let job!: Job;
  await until(
    'the job ends',
    async () => {
      job = await call<Job>(program, 'GET', `/api/jobs/${jobId}`);
      most = Math.max(most, megabytes(program.pids().program));
      if (killedAt === undefined && job.done >= job.total / 10) {
        killedAt = job.done;
        await program.killProcess();
        await program.restart();
      }
      return job.state === 'completed';
    },
    { withinMs: WITHIN_MS, everyMs: 100 },
  );
  return { job, killedAt: killedAt!, most };
}

/** How many users the export has, and how many of them match their row of the file. */
function countRight(exported: string): { users: number; right: number } {
  const [, ...users] = exported.trimEnd().split('\n');
  const right = users.filter((line) => {
    const { email, dataFields } = JSON.parse(line) as { email: string; dataFields: Record<string, unknown> };
    const n = Number(email.slice('import-'.length, email.indexOf('@')));
    return dataFields.n === n && dataFields.name === `Name, ${n}` && dataFields.note === `one\ntwo "${n}"`;
  });
  return { users: users.length, right: new Set(right).size };
}

/** Imports a file to a list on the program as `npm start` runs it, and kills it in the middle. */
export async function run(rows = 100_000): Promise<Row[]> {
  const program = await startProgram();
  try {
    const list = JSON.stringify({ name: 'Benchmark' });
    const { listId } = await call<{ listId: number }>(program, 'POST', '/api/lists', {
      type: 'application/json',
      content: list,
    });
    const idle = megabytes(program.pids().program);
    const began = performance.now();
    const { jobId } = await call<{ jobId: string }>(program, 'POST', `/api/lists/${listId}/import`, {
      type: 'text/csv',
      content: Readable.from(file(rows)),
    });
    const stored = performance.now();
    const { job, killedAt, most } = await watchAndKill(program, jobId);
    const ended = performance.now();
    const bad = Math.floor(rows / BAD_EVERY);
    const exported = await call<string>(program, 'GET', `/api/lists/${listId}/export?format=ndjson`);
    const { users, right } = countRight(exported);
    return [
      exactly('rows of the file', rows, job.total),
      atMost('rows done when the program was killed', rows - 1, killedAt),
      exactly('rows done in the end', rows, job.done),
      exactly('rows refused, each bad one once', bad, job.refusedCount),
      exactly('users lost', 0, rows - bad - right),
      exactly('users twice', 0, users - right),
      reported(
        'seconds to store the file, and to apply it',
        `${seconds(stored - began)}, ${seconds(ended - stored)}`,
      ),
      atMost(
        'greatest RSS of the program above idle, its database included, in MB',
        MOST_MB,
        Math.round(most - idle),
      ),
    ];
  } finally {
    await program.close();
  }
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

export default {
  summary: 'a file of 100,000 users imported to a list, the program killed in the middle (2 minutes)',
  run,
} satisfies Benchmark;
