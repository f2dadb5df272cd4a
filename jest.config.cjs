/** Packages that ship only ES modules and that tests import: compiled like our own code. */
const ES_MODULES = [
  'jose',
  'openid-client',
  'oauth4webapi',
  'temporal-polyfill',
  'temporal-utils',
  // CommonJS, but it loads Node's own modules by import(), which jest cannot follow.
  '@electric-sql/pglite',
];

/** Started without `npm test`, jest still finds the Temporal server that its global set-up runs, and the browser. */
async function findPrograms() {
  const { findTemporal } = await import('./scripts/setup/temporal.mjs');
  const { findChromium } = await import('./scripts/setup/chromium.mjs');
  process.env.WAYHOOK_TEMPORAL_BINARY ??= await findTemporal();
  process.env.WAYHOOK_CHROMIUM ??= await findChromium();
}

const config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Only ends what hangs: above all the waits of one test together, on a machine that is slow and busy.
  testTimeout: 300_000,
  testSequencer: '<rootDir>/test/sequencer.cjs',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  transform: {
    '\\.(ts|[cm]?js)$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES.join('|')})/)`],
};

module.exports = async () => {
  await findPrograms();
  return config;
};
