import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readConfig } from '../../src/config';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/dev-server';
import { ROOT } from './script';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string | number | null>;
  ports?: string[];
  healthcheck?: { test: string[] };
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
};
const manifest = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const ours = Object.entries(services).filter(([, service]) => service.build !== undefined);
const goModule = read('tools/temporal/go.mod');

/** A value as compose passes it on: a variable is its default, or "given" without one. */
function filled(value: string | number | null): string {
  if (value === null) throw new Error('A setting that is handed on needs a sample here.');
  return String(value).replace(/\$\{\w+:([-?])([^}]*)\}/g, (_, kind, text) =>
    kind === '-' ? text : 'given',
  );
}

describe('docker-compose.yml', () => {
  it('contains no secret: each is a required variable', () => {
    const settings = Object.values(services).flatMap((service) => Object.entries(service.environment ?? {}));
    const secrets = settings.filter(([name]) => /PASSWORD|PWD|SECRET|_KEY$|DATABASE_URL/.test(name));
    expect(secrets.length).toBeGreaterThan(5);
    for (const [, value] of secrets) expect(value).toMatch(/\$\{(POSTGRES_PASSWORD|WAYHOOK_\w+_KEY):\?/);
  });

  it('runs our parts with commands that npm has too', () => {
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'server', 'worker']);
    for (const [name, { command }] of ours) expect(manifest.scripts[name]).toBe(command!.join(' '));
  });

  it('gives our parts valid settings', () => {
    const samples: Record<string, string> = {
      WAYHOOK_API_KEY: 'a'.repeat(48),
      WAYHOOK_SECRET_KEY: Buffer.alloc(32).toString('base64'),
      WAYHOOK_ALLOWED_NETWORKS: '10.0.0.0/8',
      WAYHOOK_ALLOW_HTTP: 'true',
      WAYHOOK_WEBHOOK_RETRIES: '5',
      WAYHOOK_RETENTION_DAYS: '90',
      WAYHOOK_AUDIT_DAYS: '365',
      WAYHOOK_LOG_LEVEL: 'warn',
    };
    for (const [, { environment }] of ours) {
      const env = Object.entries(environment!).map(([name, value]) => [name, samples[name] ?? filled(value)]);
      expect(readConfig(Object.fromEntries(env))).toMatchObject({
        port: 8080,
        metricsPort: 9464,
        host: '0.0.0.0',
        databaseUrl: 'postgres://wayhook:given@postgres:5432/wayhook',
        temporal: { address: 'temporal:7233' },
        temporalNamespace: 'default',
        temporalUiUrl: 'http://localhost:8233',
        maxRequests: 6,
      });
    }
  });

  it('checks the health of each service that keeps running', () => {
    for (const name of ['postgres', 'temporal', 'server', 'worker']) {
      expect(services[name]!.healthcheck?.test[0]).toBe('CMD');
    }
  });

  it('publishes the Web UI, which has no authentication, on loopback only', () => {
    expect(services['temporal-ui']!.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
    const published = Object.keys(services).filter((name) => services[name]!.ports !== undefined);
    expect(published).toEqual(['temporal-ui', 'server']);
  });

  it.each([
    ['temporalio/server', 'go.temporal.io/server'],
    ['temporalio/admin-tools', 'go.temporal.io/server'],
    ['temporalio/ui', 'github.com/temporalio/ui-server/v2'],
  ])('takes %s of the version that the bundled server has', (image, module) => {
    const version = new RegExp(`${module} v(\\S+)`).exec(goModule)![1];
    const images = Object.values(services).flatMap((service) => service.image ?? []);
    expect(images.filter((name) => name.startsWith(`${image}:`))).toContain(`${image}:${version}`);
  });

  it('adds the search attributes that the bundled server has', () => {
    const given = [...read('docker/temporal-namespace.sh').matchAll(/--name (\w+) --type (\w+)/g)];
    expect(Object.fromEntries(given.map(([, name, type]) => [name, type]))).toEqual(SEARCH_ATTRIBUTES);
  });
});
