import { defineConfig } from 'oxfmt';

export default defineConfig({
  printWidth: 120,
  singleQuote: true,
  sortPackageJson: false,
  ignorePatterns: ['package-lock.json', 'web/dist', 'docs/reference', 'bench/results', 'migrations', '**/*.md'],
});
