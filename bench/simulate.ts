import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { megabytes } from './support/memory';
import { type Program, startProgram } from './support/program';
import { API_KEY } from './support/settings';
import { atMost, type Benchmark, exactly, type Row, reported } from './support/table';

const RUNS = 5;
const REACH_SECONDS = 10;
const LOOK_EVERY_MS = 20;

const WEBHOOK = {
  type: 'webhook',
  webhook: { url: 'https://api.example.com/users', payload: { plan: '{{plan}}', n: '{{n}}' } },
};

/** Thirty days, and ten tiles, each of a kind that takes time, sends or decides. */
const JOURNEY = {
  name: 'Thirty days',
  tiles: [
    { id: 'welcome', ...WEBHOOK },
    { id: 'days', type: 'delay', for: '6 days' },
    {
      id: 'plan',
      type: 'yesNoSplit',
      when: { field: 'profile.plan', is: 'equals', value: 'pro' },
      yes: 'thank',
      no: 'bought',
    },
    { id: 'thank', ...WEBHOOK },
    { id: 'bought', type: 'waitFor', for: [{ event: 'bought' }], timeout: '7 days' },
    { id: 'mark', type: 'updateProfile', fields: { n: '{{math n "+" 1}}' } },
    { id: 'remind', ...WEBHOOK },
    { id: 'morning', type: 'delay', for: '7 days', timeOfDay: '09:00', timeZone: 'Europe/Berlin' },
    {
      id: 'share',
      type: 'abSplit',
      branches: [
        { name: 'a', weight: 50, next: 'last' },
        { name: 'b', weight: 50, next: 'exit' },
      ],
    },
    { id: 'last', type: 'delay', for: '10 days' },
  ],
};

/** The first endpoint fails twice for everybody; half of the users do what is waited for. */
function scenarioOf(users: number): object {
  return {
    startAt: '2026-01-05T09:00:00Z',
    responses: { welcome: [{ status: 503 }, { status: 503 }, { status: 200 }] },
    users: Array.from({ length: users }, (_, n) => ({
      email: `user-${n}@example.com`,
      profile: { plan: n % 3 === 0 ? 'pro' : 'free', n },
      events: n % 2 === 0 ? [{ at: '8 days', eventName: 'bought' }] : [],
    })),
  };
}

interface Passage {
  outcome: string;
  path: { at: string }[];
  endedAt: string;
}

/** Simulates one journey again and again, as a caller of the API, on the program as `npm start` runs it. */
async function run(size = 10): Promise<Row[]> {
  const program = await startProgram();
  try {
    const body = JSON.stringify({ journey: JOURNEY, ...scenarioOf(size) });
    const idle = megabytes(program.pids().program);
    let most = idle;
    const answers: string[] = [];
    const seconds: number[] = [];
    for (let count = 0; count < RUNS; count += 1) {
      const began = performance.now();
      const answering = simulate(program, body);
      most = Math.max(most, await mostUntil(answering, program));
      answers.push(await answering);
      seconds.push((performance.now() - began) / 1_000);
    }
    const { users } = JSON.parse(answers[0]!) as { users: Passage[] };
    const days = users.map(({ path, endedAt }) => daysBetween(path[0]!.at, endedAt));
    const digests = new Set(answers.map((answer) => createHash('sha256').update(answer).digest('hex')));
    return [
      exactly('users who completed the journey', size, users.filter(isCompleted).length),
      exactly(`different answers of ${RUNS} runs`, 1, digests.size),
      atMost(
        `seconds of the slowest of ${RUNS} runs, the first of which starts the thread`,
        REACH_SECONDS,
        Number(Math.max(...seconds).toFixed(1)),
      ),
      reported('seconds of each', seconds.map((each) => each.toFixed(1)).join(', ')),
      reported(
        'virtual days of the shortest and the longest passage',
        `${Math.min(...days)}, ${Math.max(...days)}`,
      ),
      reported('greatest RSS of the program above idle, in MB', Math.round(most - idle)),
      reported('bytes of the answer', Buffer.byteLength(answers[0]!)),
    ];
  } finally {
    await program.close();
  }
}

const isCompleted = ({ outcome }: Passage): boolean => outcome === 'completed';

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** The answer's own bytes. */
async function simulate({ url }: Program, body: string): Promise<string> {
  const answer = await request(`${url}/api/journeys/simulate`, {
    method: 'POST',
    headers: { 'api-key': API_KEY, 'content-type': 'application/json' },
    body,
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`The simulation was refused: ${text}`);
  return text;
}

/** The greatest memory of the program until the answer is there. */
async function mostUntil(answering: Promise<unknown>, program: Program): Promise<number> {
  let most = 0;
  let isOver = false;
  const over = answering.catch(() => undefined).finally(() => (isOver = true));
  while (!isOver) {
    most = Math.max(most, megabytes(program.pids().program));
    await Promise.race([over, pause(LOOK_EVERY_MS)]);
  }
  return most;
}

export default {
  summary: '10 users through a journey of 30 days and 10 tiles, five times in virtual time (half a minute)',
  run,
} satisfies Benchmark;
