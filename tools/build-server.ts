/**
 * Bundles the program, so that a start reads a few files instead of two thousand; `bin/server-bundle.js` says when a
 * bundle counts. Run before the server starts (bin/quayside.js) and before the tests that start it.
 *
 * Each bundle gets a folder of its own and is named by the pointer once it is whole: a process that is killed in the
 * middle leaves a folder that nobody looks at, and several at once do not meet.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { basename, join, relative } from 'node:path';
import type { Plugin } from 'rolldown';

import { bundlePointer, bundlesFolder, findServerBundle, hashContent, hashFile } from '../bin/server-bundle.js';

const repository = join(import.meta.dirname, '..');
/** These start threads from files beside them, or are large and seldom needed: loaded from where they are installed. */
const external = /^(pino|pino-pretty|emulate|nodemailer|@scalar\/fastify-api-reference)$/;
/** What decides about the bundle without being part of it. */
const decisive = ['package.json', 'package-lock.json', 'tools/build-server.ts'];
/** A process that still runs from an older bundle may load another part of it. */
const keptBundles = 3;
const keptForMs = 3_600_000;

/** @returns false when the program could not be bundled; it then runs from its sources. */
export async function buildServer(root = repository): Promise<boolean> {
  if (findServerBundle(root) !== undefined) return true;
  const bundles = join(root, bundlesFolder);
  let folder = '';
  try {
    mkdirSync(bundles, { recursive: true });
    folder = join(bundles, `server-${randomUUID()}`);
    mkdirSync(folder);
    const sources = await bundle(root, folder);
    for (const path of decisive) sources[path] = hashFile(join(root, path));
    const files = Object.fromEntries(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]));
    const draft = join(folder, bundlePointer);
    writeFileSync(draft, JSON.stringify({ folder: basename(folder), sources, files }));
    renameSync(draft, join(bundles, bundlePointer));
    removeOldBundles(bundles);
    return true;
  } catch (error) {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
    // An installation that cannot be written to runs from its sources, and that is all there is to say.
    if (!isReadOnly(error)) console.error('The program could not be bundled and runs from its sources:', error);
    return false;
  }
}

/** @returns the hashes of our files that went into it, as they were read. */
async function bundle(root: string, folder: string): Promise<Record<string, string>> {
  const sources: Record<string, string> = {};
  const ours: Plugin = {
    name: 'our-sources',
    load: {
      filter: { id: { include: /\.ts$/, exclude: /node_modules/ } },
      handler(id) {
        const content = readFileSync(id, 'utf8');
        sources[relative(root, id)] = hashContent(content);
        return { code: withPlacesOf(content, relative(folder, id)), moduleType: 'ts' };
      },
    },
    renderChunk: (code) => inAscii(code),
  };
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    cwd: root,
    input: { main: join(root, 'src/main.ts') },
    platform: 'node',
    external,
    plugins: [plainHttp, ours],
    logLevel: 'silent',
  });
  try {
    await build.write({
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      comments: false,
      keepNames: true,
      // Read and decoded at every start; stacks are translated anyway.
      minify: { compress: false, mangle: false, codegen: true },
      sourcemap: true,
      sourcemapExcludeSources: true,
    });
  } finally {
    await build.close();
  }
  return sources;
}

/**
 * To import `node:http` as a module evaluates all its getters, one of which loads Node's own HTTP client, a twentieth
 * of the start. To require it does not.
 */
const plainHttp: Plugin = {
  name: 'plain-http',
  resolveId: { filter: { id: /^node:http$/ }, handler: () => '\0plain-http' },
  load: {
    filter: { id: /^\0plain-http$/ },
    handler: () => {
      const { WebSocket: _1, CloseEvent: _2, MessageEvent: _3, ...eager } = Object.getOwnPropertyDescriptors(http);
      const names = Object.keys(eager).map((name) => `export const ${name} = http.${name};`);
      return `const http = process.getBuiltinModule('http'); export default http; ${names.join('\n')}`;
    },
  },
};

/** Our files find others beside them: threads, migrations, pages. In the bundle they still mean their own place. */
function withPlacesOf(content: string, fromBundle: string): string {
  const placed = content.replaceAll('import.meta.url', `new URL(${JSON.stringify(fromBundle)}, import.meta.url).href`);
  if (/import\.meta\.(?!url\b)/.test(placed))
    throw new Error(`${fromBundle}: of import.meta, a bundle knows url alone`);
  return placed;
}

/** One letter beyond Latin makes V8 keep two bytes for each of the file. In code they stand in strings and patterns only. */
function inAscii(code: string): string {
  // oxlint-disable-next-line no-control-regex
  return code.replaceAll(/[^\u0000-\u007F]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function removeOldBundles(bundles: string): void {
  const old = readdirSync(bundles)
    .filter((name) => name.startsWith('server-'))
    .map((name) => ({ folder: join(bundles, name), made: statSync(join(bundles, name)).mtimeMs }))
    .toSorted((left, right) => right.made - left.made)
    .slice(keptBundles)
    .filter(({ made }) => made < Date.now() - keptForMs);
  for (const { folder } of old) rmSync(folder, { recursive: true, force: true });
}

function isReadOnly(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
}

if (process.argv[1] === import.meta.filename) process.exitCode = (await buildServer()) ? 0 : 1;
