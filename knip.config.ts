import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: ['src/main.ts', 'bin/*.js', 'tools/*.ts', 'bench/*.ts', 'examples/**/*.ts', 'web/src/main.tsx'],
  project: ['{bin,src,tools,bench,examples}/**/*.{ts,js}', 'web/{src,dev}/**/*.{ts,tsx}'],
  ignoreExportsUsedInFile: true,
};

export default config;
