/* node -r ./bench/support/typescript.cjs FILE.ts: TypeScript where it lies, its types unread (`npm run types` does). */
const { transformFileSync } = require('@swc/core');

const OPTIONS = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, OPTIONS).code, file);
process.setSourceMapsEnabled(true);
