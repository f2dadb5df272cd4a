import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT, runNode } from './script';

const VERSION = /temporalio\/cli v(\S+)/.exec(readFileSync(join(ROOT, 'tools/temporal/go.mod'), 'utf8'))![1]!;
const PLATFORM = { linux: 'linux', darwin: 'darwin' }[process.platform as string];
const ARCHITECTURE = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
const ARCHIVE = `temporal_cli_${VERSION}_${PLATFORM}_${ARCHITECTURE}.tar.gz`;
const CHECKSUMS = join(ROOT, 'tools/temporal/checksums.txt');
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
const FIND = `
  import { main } from './scripts/setup/steps.mjs';
  import { findTemporal } from './scripts/setup/temporal.mjs';
  await main(async () => console.log('found ' + (await findTemporal())));
`;

describe('the search for a Temporal CLI', () => {
  let folder: string;
  let commands: string;
  let cached: string;
  let mirror: Server | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wayhook-temporal-'));
    commands = join(folder, 'commands');
    cached = join(folder, 'cache/temporal', VERSION, 'temporal');
    mkdirSync(commands);
  });
  afterEach(() => {
    mirror?.close();
    rmSync(folder, { recursive: true });
  });

  /** A command for the PATH that runs `body` in a shell. */
  function script(path: string, body: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  }
  const sayServer = (version: string) => `echo "temporal version 9.9.9 (Server ${version}, UI 2.0.0)"`;

  /** Starts a download server that has an archive for this machine, or answers 404. Returns its URL. */
  async function startMirror(archive?: Buffer, sent = archive): Promise<string> {
    mirror = createServer((request, response) => {
      if (!archive || !sent || request.url !== `/archive/v${VERSION}/${ARCHIVE}`) {
        response.writeHead(404).end();
        return;
      }
      const isWhole = sent.length === archive.length;
      response.writeHead(200, { 'content-length': archive.length });
      response.write(sent, () => (isWhole ? response.end() : response.destroy()));
    }).listen(0, '127.0.0.1');
    await once(mirror, 'listening');
    return `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/archive`;
  }

  function archiveOf(body: string): Buffer {
    script(join(folder, 'release/temporal'), body);
    return execFileSync('tar', ['-cz', '-C', join(folder, 'release'), 'temporal']);
  }

  /** A checkout that pins these archives and no others. */
  function pinning(archives: Record<string, Buffer>): string {
    const checkout = join(folder, 'checkout');
    cpSync(join(ROOT, 'scripts/setup'), join(checkout, 'scripts/setup'), { recursive: true });
    mkdirSync(join(checkout, 'tools/temporal'), { recursive: true });
    cpSync(join(ROOT, 'tools/temporal/go.mod'), join(checkout, 'tools/temporal/go.mod'));
    const lines = Object.entries(archives).map(([name, archive]) => `${sha256(archive)}  ${name}\n`);
    writeFileSync(join(checkout, 'tools/temporal/checksums.txt'), lines.join(''));
    return checkout;
  }

  const find = ({ path = commands, download = '', checkout = ROOT } = {}) =>
    runNode(
      ['--input-type=module', '--eval', FIND],
      { PATH: path, WAYHOOK_CACHE_DIR: join(folder, 'cache'), WAYHOOK_TEMPORAL_DOWNLOAD: download },
      checkout,
    );
  const BASIC_COMMANDS = '/usr/bin:/bin';
  const fakeGo = `[ "$1" = version ] && exit 0\nwhile [ "$1" != -o ]; do shift; done\necho built > "$2"`;

  it('uses the cached one without running anything, and prints nothing', async () => {
    mkdirSync(dirname(cached), { recursive: true });
    writeFileSync(cached, 'not a program');
    script(join(commands, 'temporal'), sayServer('9.0.0'));
    expect(await find()).toEqual({ code: 0, output: `found ${cached}\n` });
  });

  it('uses the one on the PATH when its server is new enough', async () => {
    script(join(commands, 'temporal'), sayServer('1.32.7'));
    expect((await find()).output).toBe('found temporal\n');
  });

  it('ignores an old one on the PATH, downloads the pinned one and caches it', async () => {
    script(join(commands, 'temporal'), sayServer('1.31.9'));
    const archive = archiveOf(sayServer('1.32.0'));
    const checkout = pinning({ [ARCHIVE]: archive });
    const download = await startMirror(archive);
    const { output } = await find({ path: `${commands}:${BASIC_COMMANDS}`, download, checkout });
    expect(output).toContain('its Temporal server 1.31 is older than 1.32.0');
    expect(output).toContain(`found ${cached}\n`);
    expect(readdirSync(join(folder, 'cache/temporal'))).toEqual([VERSION]);
  });

  it('pins the archives of the release for six machines', () => {
    const checksums = readFileSync(CHECKSUMS);
    // Of the release's own checksums.txt, as published.
    expect(VERSION).toBe('1.9.1');
    expect(sha256(checksums)).toBe('cc22cb0df0a9bab358500dce212616e8622b0649df68317d9858867d7dc69bd2');
    const machines = ['linux', 'darwin', 'windows'].flatMap((name) => [`${name}_amd64`, `${name}_arm64`]);
    for (const machine of machines)
      expect(String(checksums)).toContain(`  temporal_cli_${VERSION}_${machine}.tar.gz\n`);
  });

  describe('builds with Go, and unpacks nothing,', () => {
    beforeEach(() => {
      script(join(commands, 'go'), fakeGo);
      script(join(commands, 'tar'), `touch '${join(folder, 'unpacked')}'`);
    });

    it.each<[string, (archive: Buffer) => [pinned: Buffer, sent: Buffer], string]>([
      ['is another', (archive) => [Buffer.from('pinned'), archive], 'has the SHA-256'],
      ['has a byte too many', (archive) => [archive.subarray(1), archive], 'has the SHA-256'],
      ['is cut short', (archive) => [archive, archive.subarray(0, -1)], 'Download failed: '],
    ])('when the archive %s', async (_fault, parts, said) => {
      const archive = archiveOf(sayServer('1.32.0'));
      const [pinned, sent] = parts(archive);
      const checkout = pinning({ [ARCHIVE]: pinned });
      const download = await startMirror(archive, sent);
      const { output } = await find({ path: `${commands}:${BASIC_COMMANDS}`, download, checkout });
      expect(output).toContain(said);
      expect(output).toContain('Trying another way');
      expect(readFileSync(cached, 'utf8')).toBe('built\n');
      expect(existsSync(join(folder, 'unpacked'))).toBe(false);
    });

    it('when no archive is pinned for this machine', async () => {
      const archive = archiveOf(sayServer('1.32.0'));
      const checkout = pinning({ [`temporal_cli_${VERSION}_plan9_mips.tar.gz`]: archive });
      const download = await startMirror(archive);
      const { output } = await find({ path: `${commands}:${BASIC_COMMANDS}`, download, checkout });
      expect(output).toContain(`tools/temporal/checksums.txt does not have ${ARCHIVE}`);
      expect(readFileSync(cached, 'utf8')).toBe('built\n');
    });
  });

  it('builds with Go when the download fails', async () => {
    script(join(commands, 'go'), fakeGo);
    const { output } = await find({ download: await startMirror() });
    expect(output).toContain('Download failed: the answer was 404');
    expect(output).toContain(`found ${cached}\n`);
    expect(readFileSync(cached, 'utf8')).toBe('built\n');
  });

  it('builds with Go when the downloaded one does not run', async () => {
    script(join(commands, 'go'), fakeGo);
    const archive = archiveOf('exit 1');
    const checkout = pinning({ [ARCHIVE]: archive });
    const download = await startMirror(archive);
    const { output } = await find({ path: `${commands}:${BASIC_COMMANDS}`, download, checkout });
    expect(output).toContain(`found ${cached}\n`);
    expect(readFileSync(cached, 'utf8')).toBe('built\n');
  });

  it('ends with one complete binary when two builds run at once', async () => {
    script(join(commands, 'go'), fakeGo);
    const both = await Promise.all([find(), find()]);
    for (const { output } of both) expect(output).toContain(`found ${cached}\n`);
    expect(readFileSync(cached, 'utf8')).toBe('built\n');
    expect(readdirSync(join(folder, 'cache/temporal'))).toEqual([VERSION]);
  });

  it('names the remedies in one sentence when there is no Go either', async () => {
    const { code, output } = await find();
    expect(code).toBe(1);
    expect(output.trim()).toBe(
      `✗ Temporal ${VERSION} could not be downloaded, and there is no Go to build it with: install Go (https://go.dev/dl), ` +
        'or put a temporal command with a new enough server on the PATH, ' +
        'or set TEMPORAL_ADDRESS to a running Temporal server.',
    );
    expect(existsSync(cached)).toBe(false);
  });

  it('shows the end of the output of Go when the build fails', async () => {
    script(join(commands, 'go'), '[ "$1" = version ] && exit 0\necho "no space left on device" >&2\nexit 1');
    const { code, output } = await find();
    expect(code).toBe(1);
    expect(output).toMatch(/no space left on device\n✗ Temporal \S+ could not be built with Go: /);
  });

  it.each([
    ['TEMPORAL_ADDRESS', false],
    ['TEMPORAL_PROFILE', false],
    ['TEMPORAL_NAMESPACE', true],
  ])('given %s alone, is needed: %p', async (setting, needed) => {
    const code = `import { needsOwnTemporal } from './scripts/setup/temporal.mjs'; console.log(needsOwnTemporal());`;
    const { output } = await runNode(['--input-type=module', '--eval', code], { [setting]: 'set' });
    expect(output).toBe(`${needed}\n`);
  });
});
