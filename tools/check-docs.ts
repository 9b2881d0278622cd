/**
 * Fails on paths in Markdown that do not exist: links to files, and code spans like `src/runs/README.md`; and when
 * ARCHITECTURE.md shows another table of modules than the one that `tools/check-boundaries.ts` holds the code to.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { markdownTable } from './check-boundaries.ts';

const root = join(import.meta.dirname, '..');
/** History: what they name was true when it was written. */
const history = /^(CHANGELOG\.md|docs\/decisions\/)/;
const ownFolders = /^(src|web|tools|bin|bench|docs|examples|migrations|\.ci)\//;
/** `<noun>`, `NNNN`, `*` and `…` stand for something. */
const placeholder = /[<>*{}…]|NNNN/;

/** Cited paths that `exists` does not know, as lines to print. */
export function findBrokenPaths(path: string, text: string, exists: (path: string) => boolean): readonly string[] {
  const prose = text.replaceAll(/^ *(```|~~~)[\s\S]*?^ *\1/gm, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)]
    .map(([, span = '']) => span)
    .filter((span) => ownFolders.test(span) && !span.includes(' ') && !placeholder.test(span));
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
    .map((target) => (target.startsWith('/') ? target.slice(1) : join(dirname(path), decodeURI(target))));
  return [...spans, ...links]
    .map((cited) => cited.replace(/:\d+$/, ''))
    .filter((cited) => !exists(cited))
    .map((cited) => `${path}: no such path: ${cited}`);
}

function run(): void {
  const pages = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules', 'web/dist', '.quayside'] });
  const current = pages.filter((page) => !history.test(page));
  const broken = current.flatMap((page) =>
    findBrokenPaths(page, readFileSync(join(root, page), 'utf8'), (path) => existsSync(join(root, path))),
  );
  const architecture = join(root, 'ARCHITECTURE.md');
  if (existsSync(architecture) && !readFileSync(architecture, 'utf8').includes(markdownTable())) {
    broken.push('ARCHITECTURE.md: its table of modules is not what `node tools/check-boundaries.ts --markdown` prints');
  }
  for (const line of broken) console.error(line);
  console.log(`Saw ${current.length} pages.`);
  process.exitCode = broken.length > 0 || current.length === 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) run();
