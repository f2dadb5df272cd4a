import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pino from 'pino';
import { narrowFiles, openDataFolder } from '../../src/local/data-folder';

describe('the data folder', () => {
  const parent = mkdtempSync(join(tmpdir(), 'wayhook-data-'));
  const umask = process.umask(0o022);
  const logged: string[] = [];
  const log = pino({}, { write: (line) => void logged.push(line) });

  beforeEach(() => {
    process.umask(0o022);
    logged.length = 0;
  });
  afterAll(() => {
    process.umask(umask);
    rmSync(parent, { recursive: true });
  });

  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

  function write(path: string): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'x');
    return path;
  }

  it('is made for its owner only, with what is written from then on', () => {
    const folder = join(parent, 'new/data');
    openDataFolder(folder, log);
    expect(modeOf(folder)).toBe('700');
    expect(modeOf(dirname(folder))).toBe('700');
    expect(modeOf(write(join(folder, 'database/base/1')))).toBe('600');
    expect(modeOf(join(folder, 'database/base'))).toBe('700');
    expect(logged).toEqual([]);
  });

  it('is narrowed if other users may enter it, with a word in the log', () => {
    const folder = dirname(write(join(parent, 'wide/secret-key')));
    openDataFolder(folder, log);
    expect(modeOf(folder)).toBe('700');
    expect(logged).toEqual([expect.stringContaining('only its owner can')]);
    expect(logged[0]).toContain('"mode":"755"');
    openDataFolder(folder, log);
    expect(logged).toHaveLength(1);
  });

  it('is left as it is if it holds files of somebody else, and the log says what to do', () => {
    const folder = dirname(write(join(parent, 'home/letter.txt')));
    openDataFolder(folder, log);
    expect(modeOf(folder)).toBe('755');
    expect(logged).toEqual([expect.stringContaining('set WAYHOOK_DATA_DIR to a folder that is')]);
  });

  it('has its files narrowed, at any depth, and those of somebody else left alone', () => {
    const folder = join(parent, 'files');
    const wide = ['database/base/1/2610', 'api-key', 'temporal.db-wal', 'temporal.log'].map((name) =>
      write(join(folder, name)),
    );
    chmodSync(wide[0]!, 0o666);
    const theirs = write(join(folder, 'letter.txt'));
    narrowFiles(folder);
    expect(wide.map(modeOf)).toEqual(['600', '600', '600', '600']);
    expect(modeOf(dirname(wide[0]!))).toBe('700');
    expect(modeOf(theirs)).toBe('644');
  });
});
