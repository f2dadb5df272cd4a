import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Writes each text asset beside its .br and .gz, so that the server only picks one. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const [name, part] of Object.entries(bundle)) {
          if (!/\.(js|css|svg)$/.test(name)) continue;
          const bytes = Buffer.from(part.type === 'chunk' ? part.code : part.source);
          const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
          this.emitFile({
            type: 'asset',
            fileName: `${name}.br`,
            source: brotliCompressSync(bytes, { params }),
          });
          this.emitFile({ type: 'asset', fileName: `${name}.gz`, source: gzipSync(bytes, { level: 9 }) });
        }
      },
    },
  };
}

/**
 * React Aria's dialogs and popovers import its menus, for a trigger that the console does not use: without that, a
 * page's first load has none.
 */
function menusOnFirstUse(): Plugin {
  const MENU = /^import \{RootMenuTriggerStateContext as (\S+)\} from ".\/Menu.mjs";$/m;
  return {
    name: 'menus-on-first-use',
    transform: {
      filter: { id: /react-aria-components\/dist\/private\/Dialog\.mjs$/ },
      handler(code) {
        if (!MENU.test(code))
          this.error('It imports its menus in another way: find out whether it still does.');
        return { code: code.replace(MENU, 'const $1 = undefined;'), map: null };
      },
    },
  };
}

const PAGES = join(import.meta.dirname, 'src/pages');

/** One page of a `routes.ts`: its path and its script. */
const PAGE = /path: '([^']+)',(?:(?!createRoute).)*?import\('([^']+)'\)/gs;

/** Writes which files the page at each path begins with: the server names them in it, so that none waits for another. */
function preloads(): Plugin {
  return {
    name: 'preloads',
    apply: 'build',
    generateBundle: {
      // After Vite has taken out the scripts that had nothing but styles.
      order: 'post',
      handler(_options, bundle) {
        const chunks = Object.values(bundle).filter((part) => part.type === 'chunk');
        const fileOf = new Map(
          chunks.map((chunk) => [chunk.facadeModuleId?.replace(/\.tsx?$/, ''), chunk.fileName]),
        );
        const withImports = (name: string, seen = new Set<string>()): Set<string> => {
          const chunk = bundle[name];
          if (chunk?.type === 'chunk' && !chunk.isEntry && !seen.has(name)) {
            for (const file of [name, ...(chunk.viteMetadata?.importedCss ?? [])]) seen.add(file);
            for (const imported of chunk.imports) withImports(imported, seen);
          }
          return seen;
        };
        const pages = readdirSync(PAGES).flatMap((folder) => {
          const found = readFileSync(join(PAGES, folder, 'routes.ts'), 'utf8').matchAll(PAGE);
          return [...found].map(([, path, module]) => {
            const name = fileOf.get(join(PAGES, folder, module!));
            if (name === undefined) this.error(`${folder}/routes.ts: ${module} has no script of its own.`);
            return [path, [...withImports(name)]];
          });
        });
        this.emitFile({
          type: 'asset',
          fileName: 'preloads.json',
          source: JSON.stringify(Object.fromEntries(pages)),
        });
      },
    },
  };
}

/** Small modules of many pages, as one file: of a page's dozens of files, each would cost a browser some milliseconds. */
const PARTS =
  /\/console\/src\/(api\/|words\/|ui\/([^/]+$|feedback\/|overlays\/(dialog|drawer)|grid\/(search|new)))|\/lucide-react\//;

export default defineConfig({
  plugins: [
    react(),
    // React Aria brings its words in thirty languages; the console speaks one.
    { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' },
    menusOnFirstUse(),
    preloads(),
    precompress(),
  ],
  // The server replaces this text in index.html by a fresh nonce for each page.
  html: { cspNonce: '__NONCE__' },
  build: {
    target: 'es2023',
    sourcemap: false,
    modulePreload: { polyfill: false },
    // The policy allows no data: URLs but of pictures.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'index', tags: ['$initial'] },
            { name: 'parts', test: PARTS, minShareCount: 3 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://localhost:8080', '/inbox': 'http://localhost:8080' } },
});
