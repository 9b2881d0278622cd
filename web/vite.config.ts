import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env['QUAYSIDE_DEV_SERVER'] ?? 'http://127.0.0.1:3000';
const forward = { target: server, changeOrigin: false };

/** Which libraries share a chunk, so that a change to a page leaves the cached ones alone. */
const chunks: readonly [name: string, test: RegExp][] = [
  ['words-en', /i18n\/locales\/en\/[^/]+$/],
  ['words-zh-CN', /i18n\/locales\/zh-CN\/[^/]+$/],
  ['react', /node_modules\/(react|react-dom|scheduler)\//],
  ['router', /node_modules\/@tanstack\/(react-router|router-core|history|react-store|store)\//],
  ['query', /node_modules\/@tanstack\/(react-query|query-core)\//],
  // Some hundred bytes each: one by one they took a browser longer to fetch than all of them together.
  ['icons', /node_modules\/@tabler\//],
  ['i18n', /node_modules\/(i18next|react-i18next)\//],
];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  css: { postcss: fileURLToPath(new URL('.', import.meta.url)) },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: { codeSplitting: { groups: chunks.map(([name, test]) => ({ name, test })) } },
    },
  },
  server: { port: 5173, proxy: { '/v1': forward, '/api': forward, '/health': forward, '/docs': forward } },
});
