import { devServerArguments, innerPortsIn } from '../../src/temporal/dev-server';

describe('the bundled Temporal server', () => {
  const inMemory = devServerArguments({ port: 7233, namespace: 'default' }).join(' ');
  const onDisk = devServerArguments({
    port: 7233,
    uiPort: 8233,
    databaseFile: 'temporal.db',
    namespace: 'journeys',
  }).join(' ');

  it('listens on loopback only', () => {
    expect(onDisk).toContain('server start-dev --ip 127.0.0.1 --port 7233 --namespace journeys');
  });

  it('has the ports that it is given, which can be read from its command line', () => {
    const innerPorts = { http: 7234, metrics: 7235 };
    const command = devServerArguments({ port: 7233, namespace: 'default', innerPorts }).join(' ');
    expect(innerPortsIn(command)).toEqual(innerPorts);
    expect(innerPortsIn(onDisk)).toBeUndefined();
  });

  it('writes each step through to the disk', () => {
    expect(onDisk).toContain(
      '--db-filename temporal.db --sqlite-pragma journal_mode=wal --sqlite-pragma synchronous=2',
    );
    expect(inMemory).not.toMatch(/db-filename|sqlite/);
  });

  it('serves the Web UI only if given a port', () => {
    expect(onDisk).toContain('--ui-port 8233');
    expect(inMemory).toContain('--headless');
    expect(inMemory).not.toContain('--ui-port');
  });

  it('gives dynamic configuration as JSON values', () => {
    expect(inMemory).toContain('--dynamic-config-value history.timerProcessorMaxTimeShift="20ms"');
    expect(inMemory).toContain('--dynamic-config-value matching.enableFairness=true');
    expect(inMemory).toContain('--dynamic-config-value history.transferProcessorMaxPollRPS=1000');
  });
});
