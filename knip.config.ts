import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'src/main.ts',
    'bin/*.js',
    'tools/*.ts',
    'bench/run.ts',
    'examples/**/*.{ts,js}',
    'web/src/main.tsx',
    'web/dev/server.ts',
    'web/{vite,postcss}.config.{ts,js}',
    // Started by path, as a thread or a process of its own.
    'src/platform/jq/jq-worker.ts',
  ],
  project: ['{bin,src,tools,bench,examples}/**/*.{ts,js}', 'web/{src,dev}/**/*.{ts,tsx}'],
  ignoreExportsUsedInFile: true,
  // Debian's, where there is one.
  ignoreBinaries: ['apt-get'],
  ignoreDependencies: [
    // Run by tools/check.ts through their files.
    'jscpd',
    // Loaded by name: by Vite's CSS pipeline, and by pino as a transport.
    'postcss',
    'pino-pretty',
  ],
};

export default config;
