/** Holds every import and file name of `src` and `web/src` to `tools/module-map.ts`. `--markdown` prints the table. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import * as map from './module-map.ts';

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every breach, as lines to print. Tests may import what they like. */
export function findBreaches(files: readonly SourceFile[]): readonly string[] {
  const product = files.filter(({ path }) => !isTest(path));
  const imports = product.flatMap((file) => importsOf(file));
  return [
    ...files.flatMap(({ path }) => checkName(path)),
    ...product.flatMap((file) => checkText(file)),
    ...imports.flatMap((each) => checkImport(each)),
    ...findCycles(imports),
  ];
}

function checkName(path: string): readonly string[] {
  const module = moduleOf(path);
  if (module === undefined) return [];
  if (map.mayImport[module] === undefined) return [`${path}: module "${module}" is not in tools/module-map.ts`];
  const name = nameOf(path);
  if (map.bannedNames.test(name) && !map.ownNames.some((pattern) => pattern.test(path)))
    return [`${path}: "${name}" says nothing; name the file after its main export`];
  if (map.freelyNamed.has(module) || !path.endsWith('.ts')) return [];
  const words = name.split('-');
  const known = map.roles.includes(words.at(-1) ?? '') || map.verbs.includes(words[0] ?? '');
  if (known || map.ownNames.some((pattern) => pattern.test(path))) return [];
  return [
    `${path}: neither <verb>-<noun>.ts nor one of the roles; see tools/module-map.ts, and add the verb or the name ` +
      'there if it is a good one',
  ];
}

function checkText({ path, text }: SourceFile): readonly string[] {
  return map.restrictedText
    .filter((rule) => rule.text.test(text) && !rule.only.test(path))
    .map((rule) => `${path}: contains ${rule.text.source}. ${rule.why}`);
}

function checkImport({ from, to }: Import): readonly string[] {
  const importer = moduleOf(from);
  const imported = moduleOf(to);
  if (importer === imported || imported === undefined) return [];
  // src/main.ts and the like: the outermost layer.
  if (importer === undefined) return [];
  if (imported === 'testing') return [`${from}: only tests may import src/testing (${to})`];
  if (!isAllowed(importer, imported, to)) return [`${from}: ${importer} may not import ${to}`];
  const role = nameOf(to).split('-').at(-1) ?? '';
  const isPrivate = map.privateRoles.has(role) && !map.freelyNamed.has(imported);
  if (isPrivate && importer !== 'app') return [`${from}: ${to} is private to ${imported}`];
  return [];
}

function isAllowed(importer: string, imported: string, to: string): boolean {
  return knownTo(importer).some((entry) => {
    const [module, part] = entry.split(':');
    return (module === '*' || module === imported) && (part === undefined || nameOf(to).endsWith(part));
  });
}

function knownTo(module: string): readonly string[] {
  const implied = map.withoutImplied.has(module) ? [] : ['platform', 'access'];
  return [...implied, ...(map.mayImport[module] ?? [])];
}

/** Modules that know each other in a circle, each circle once. */
function findCycles(imports: readonly Import[]): readonly string[] {
  const known = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    const [importer, imported] = [moduleOf(from), moduleOf(to)];
    if (importer === undefined || imported === undefined || importer === imported) continue;
    known.set(importer, (known.get(importer) ?? new Set()).add(imported));
  }
  const cycles = new Map<string, string>();
  const walk = (trail: readonly string[]): void => {
    for (const next of known.get(trail.at(-1) ?? '') ?? []) {
      const start = trail.indexOf(next);
      const key = trail.slice(start).toSorted().join();
      if (start === -1) walk([...trail, next]);
      else if (!cycles.has(key)) cycles.set(key, [...trail.slice(start), next].join(' → '));
    }
  };
  for (const module of known.keys()) walk([module]);
  return [...cycles.values()].map((cycle) => `modules in a circle: ${cycle}`);
}

function importsOf({ path, text }: SourceFile): readonly Import[] {
  const statements = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g);
  return [...statements].flatMap(([, target = '']) => {
    if (target.startsWith('#')) return [{ from: path, to: `src/${target.slice(1)}` }];
    if (target.startsWith('.')) return [{ from: path, to: join(dirname(path), target) }];
    return [];
  });
}

function moduleOf(path: string): string | undefined {
  if (path.startsWith('web/')) return 'web';
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

function nameOf(path: string): string {
  return basename(path).replace(/(\.(pg|browser))?(\.test)?\.[a-z]+$/, '');
}

function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.startsWith('src/testing/');
}

export function markdownTable(): string {
  const rows = Object.keys(map.mayImport).map((module) => {
    const known = knownTo(module).join(', ').replaceAll('*', 'any');
    return `| ${module} | ${known === '' ? '–' : known} |`;
  });
  return ['| module | may import |', '| --- | --- |', ...rows].join('\n');
}

function run(): void {
  const root = join(import.meta.dirname, '..');
  const paths = globSync(['src/**/*.ts', 'web/src/**/*.{ts,tsx}'], { cwd: root });
  const files = paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const imports = files.flatMap((file) => importsOf(file));
  const missing = imports.filter(({ to }) => to.startsWith('src/') && !existsSync(join(root, to)));
  const breaches = [...findBreaches(files), ...missing.map(({ from, to }) => `${relative(root, from)}: no file ${to}`)];
  // A checker that sees nothing finds nothing wrong.
  if (files.length < 30 || imports.length < 60) breaches.push('too few files or imports were seen to be true');
  for (const breach of breaches) console.error(breach);
  console.log(`Saw ${files.length} files and ${imports.length} imports between them.`);
  process.exitCode = breaches.length > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--markdown')) console.log(markdownTable());
  else run();
}
