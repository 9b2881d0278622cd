import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'src/main.ts',
    'bin/*.js',
    'tools/*.ts',
    'bench/run.ts',
    // Run by the harness that compares catalogs; bench/README.md says how.
    'bench/backstage-adapter.ts',
    'examples/**/*.{ts,js}',
    'web/src/main.tsx',
    'web/dev/server.ts',
    'web/{vite,postcss}.config.{ts,js}',
    // Started by path, as a thread or a process of its own.
    'src/platform/jq/jq-worker.ts',
    'src/integrations/kafka/kafka-worker.ts',
  ],
  project: ['{bin,src,tools,bench,examples}/**/*.{ts,js}', 'web/{src,dev}/**/*.{ts,tsx}'],
  ignoreExportsUsedInFile: true,
  rules: { files: 'warn', exports: 'warn', types: 'warn' },
  // Debian's, where there is one.
  ignoreBinaries: ['apt-get'],
  ignoreDependencies: [
    // Run by tools/check.ts through their files.
    'jscpd',
    // Loaded by name: by Vite's CSS pipeline, and by pino as a transport.
    'postcss',
    'pino-pretty',
    // Pinned with the rest of the stack; each leaves this list with the page or tool that uses it.
    '@fastify/type-provider-typebox',
    '@mantine/form',
    '@tanstack/react-table',
    'ajv-formats',
    'autocannon',
    'echarts',
    'ipaddr.js',
    'postcss-preset-mantine',
    'postcss-simple-vars',
    'simple-icons',
  ],
};

export default config;
