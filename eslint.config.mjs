import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'coverage/',
      '.wayhook/',
      '**/*.cjs',
      '**/*.mjs',
      'console/types/',
      'console/public/',
    ],
  },
  ...tseslint.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A missing await on an activity or a query loses a delivery.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Such as a group of a match, or a tile that was just looked up by its own key.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    // The others of its rules are for React's compiler, which the console is not built with.
    files: ['console/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'src/config.ts is the only reader of the environment.',
        },
      ],
    },
  },
  {
    files: ['src/workflows/**/*.ts'],
    rules: {
      // Workflow code is replayed and must be deterministic.
      'no-restricted-globals': ['error', 'process', 'Buffer', 'require', 'fetch'],
      // Modules run once for all workflows of a worker (scripts/bundle.mjs).
      'no-restricted-syntax': [
        'error',
        ...[
          'VariableDeclaration[kind="let"]',
          'VariableDeclaration > VariableDeclarator > NewExpression',
        ].flatMap((state) =>
          ['Program', 'Program > ExportNamedDeclaration'].map((place) => ({
            selector: `${place} > ${state}`,
            message: 'All workflows of a worker share their modules: a module has no state.',
          })),
        ),
      ],
    },
  },
);
