import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/serving';
import { until } from '../support/until';
import { API_KEY, createMachine, type Machine } from '../e2e/machine';
import { GUARD_MS, launch, type Program, run, type Settings } from '../e2e/program';

const SCRIPT = join(__dirname, '../../scripts/run.mjs');

jest.setTimeout(GUARD_MS);

let machine: Machine;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wayhook-transfer-'));
  machine = await createMachine();
  await machine.start();
});
afterAll(async () => {
  await machine.close();
  rmSync(folder, { recursive: true });
});

const settings = (): Settings => ({ PORT: machine.settings.PORT, WAYHOOK_API_KEY: API_KEY });
const path = (name: string) => join(folder, name);

function file(name: string, text: string): string {
  writeFileSync(path(name), text);
  return path(name);
}

/** Runs a command to its end. */
async function end(program: Program): Promise<{ code: number | null; out: string; err: string }> {
  const code = await program.ended;
  return { code, out: program.written.out, err: program.written.err.trim() };
}

const command = (part: 'import' | 'export', args: string[], more: Settings = {}) =>
  end(launch(['run.mjs', part, ...args], { ...settings(), ...more }));

describe('npm run import', () => {
  it('imports a file to a list and waits for the end, with the key of the data folder', async () => {
    const { listId } = await machine.api.post<{ listId: number }>('/api/lists', { name: 'From a file' });
    writeFileSync(join(machine.folder, 'api-key'), `${API_KEY}\n`);
    const people = file('people.csv', 'email,plan\nada@example.com,pro\nbob@example.com,free\n');
    const key = { WAYHOOK_API_KEY: '', WAYHOOK_DATA_DIR: machine.folder };
    expect(await command('import', [people, '--list', String(listId)], key)).toEqual({
      code: 0,
      out: expect.stringMatching(/^The file has arrived: job_\w+\.\n2 rows imported, 0 refused\.\n$/),
      err: '',
    });
    const back = await command('export', ['--list', String(listId), '-']);
    expect(back).toMatchObject({ code: 0, err: '' });
    expect(back.out).toMatch(/^email,userId,.*\r\n"ada@example.com",.*\r\n"bob@example.com",.*\r\n$/);
  });

  it('reads standard input, prints the first refused rows, writes all of them to a file, and exits with 1', async () => {
    const rows = Array.from({ length: 30 }, (_, n) => `{"email":"bad ${n}"}`);
    const lines = file('rows', `{"userId":"piped"}\n${rows.join('\n')}\n`);
    const refused = path('refused.csv');
    const shell = `cat "${lines}" | "${process.execPath}" "${SCRIPT}" import - --format ndjson --refused "${refused}"`;
    const { code, out, err } = await end(run('sh', ['-c', shell], settings()));
    expect(code).toBe(1);
    expect(out).toContain('1 rows imported, 30 refused.\n  line 2: The email is none');
    expect(out.match(/^ {2}line /gm)).toHaveLength(20);
    expect(out).toContain('and 10 more\n');
    expect(err).toBe('Not every row was imported. Fix the refused ones and import them again.');
    const written = readFileSync(refused, 'utf8').split('\r\n');
    expect(written).toHaveLength(32);
    expect(written.slice(0, 2)).toEqual(['line,reason', expect.stringMatching(/^2,"The email is none.*"$/)]);
  });

  it('updates only known users, and merges objects, when the options say so', async () => {
    const first = file('first.ndjson', '{"userId":"known","dataFields":{"home":{"city":"Ulm"}}}\n');
    await command('import', [first]);
    const second = file(
      'second.ndjson',
      '{"userId":"known","dataFields":{"home":{"zip":"1"}}}\n{"userId":"stranger"}\n',
    );
    const answer = await command('import', [second, '--update-existing-only', '--merge-nested-objects']);
    expect(answer).toMatchObject({ code: 1, out: expect.stringContaining('line 2: There is no such user') });
    const { user } = await machine.api.get<{ user: { dataFields: object } }>('/api/users/byUserId/known');
    expect(user.dataFields).toMatchObject({ home: { city: 'Ulm', zip: '1' } });
  });

  it('interrupted by Ctrl-C says that the job continues, and how to see it', async () => {
    const rows = Array.from({ length: 40_000 }, (_, n) => `ctrl-${n},${n}`);
    const program = launch(
      ['run.mjs', 'import', file('long.csv', `userId,n\n${rows.join('\n')}\n`)],
      settings(),
    );
    await program.says('The file has arrived: ');
    program.signal('SIGINT');
    const { code, out, err } = await end(program);
    expect(code).toBe(1);
    const id = /^The file has arrived: (job_\w+)\.\n$/.exec(out)![1];
    expect(err).toBe(
      `The job continues. To see it: curl http://127.0.0.1:${machine.settings.PORT}/api/jobs/${id} -H "Api-Key: …"`,
    );
    const done = async () => (await machine.api.get<{ state: string }>(`/api/jobs/${id}`)).state;
    await until(async () => (await done()) === 'completed', 900_000);
  });

  const refused: [string, string[], Settings, RegExp][] = [
    ['without a file', [], {}, /^Name the file, or - for standard input\.\nUsage: npm run import -- /],
    ['with a file that does not exist', ['gone.csv'], {}, /^There is no file gone\.csv\. Check its name\.$/],
    ['with a folder', [tmpdir(), '--format', 'csv'], {}, /is a folder\. Name a file\.$/],
    [
      'with a file of unknown format',
      ['people'],
      {},
      /^The format is not clear from the file name\. Add --format csv or --format ndjson\.$/,
    ],
    ['with an unknown option', ['a.csv', '--lists', '1'], {}, /--lists.*\nUsage: npm run import/],
    [
      'with an invalid list number',
      ['a.csv', '--list', 'x'],
      {},
      /^--list must be the number of a list, not “x”\.$/,
    ],
    ['with an unknown list', [SCRIPT, '--format', 'csv', '--list', '4711'], {}, /^There is no list 4711\./],
    [
      'with an invalid header',
      [SCRIPT, '--format', 'csv'],
      {},
      /^(No column is called|The header cannot be read)/,
    ],
    [
      'with a wrong key',
      [SCRIPT, '--format', 'csv'],
      { WAYHOOK_API_KEY: 'x'.repeat(30) },
      /rejects the API key/,
    ],
    [
      'without an API key for another machine',
      [SCRIPT, '--format', 'csv'],
      { WAYHOOK_API_KEY: '', WAYHOOK_URL: 'http://127.0.0.1:1/' },
      /^There is no API key\. Set WAYHOOK_API_KEY\.$/,
    ],
    [
      'while nothing answers',
      [SCRIPT, '--format', 'csv'],
      { WAYHOOK_URL: 'http://127.0.0.1:1' },
      /^Wayhook does not answer at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)\. Start it, or set PORT or WAYHOOK_URL/,
    ],
  ];
  it.each(refused)('says in one sentence what to do %s', async (_when, args, more, sentence) => {
    const { code, out, err } = await command('import', args, more);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(sentence);
  });
});

describe('npm run export', () => {
  it('writes the whole file or none, in the format of its name', async () => {
    const target = path('all.ndjson');
    expect(await command('export', [target])).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(target, 'utf8')).toMatch(/^\{"fields":\{/);
    const away = await command('export', [path('never.csv')], { PORT: await freePort() });
    expect(away).toMatchObject({ code: 1, err: expect.stringContaining('Wayhook does not answer') });
    const nowhere = await command('export', [path('no/folder.csv')]);
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining('The file cannot be written') });
    expect(existsSync(path('never.csv'))).toBe(false);
  });

  it('ends without an error when its reader stops reading', async () => {
    const shell = `"${process.execPath}" "${SCRIPT}" export --format ndjson | head -c 10`;
    expect(await end(run('sh', ['-c', shell], settings()))).toEqual({ code: 0, out: '{"fields":', err: '' });
  });
});
