import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const place = /(file:\/\/[^\s()]+\.js):(\d+):(\d+)/;

/**
 * Lets stacks name the sources instead of the bundle. Node can do that by itself, but reads every map at every start,
 * a tenth of its time, where most processes never print a stack: here a map is read with the first stack through it.
 * @param {string} bundle
 */
export function nameSourcesInStacks(bundle) {
  const folder = pathToFileURL(dirname(bundle)).href;
  /** @type {Map<string, SourceMap | undefined>} */
  const maps = new Map();
  /** @param {string} site */
  const inSources = (site) => {
    const [found = '', file = '', line, column] = place.exec(site) ?? [];
    if (found === '' || !file.startsWith(folder)) return site;
    if (!maps.has(file)) maps.set(file, readMap(file));
    const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    return isMapping(entry) ? site.replace(found, () => sourcePlace(file, entry)) : site;
  };
  Error.prepareStackTrace = (error, sites) =>
    [Error.prototype.toString.call(error), ...sites.map(String).map((site) => `    at ${inSources(site)}`)].join('\n');
}

/**
 * @param {unknown} entry
 * @returns {entry is import('node:module').SourceMapping}
 */
function isMapping(entry) {
  return typeof entry === 'object' && entry !== null && 'originalSource' in entry;
}

/**
 * @param {string} file
 * @param {import('node:module').SourceMapping} mapping
 */
function sourcePlace(file, { originalSource, originalLine, originalColumn }) {
  return `${fileURLToPath(new URL(originalSource, file))}:${originalLine + 1}:${originalColumn + 1}`;
}

/** @param {string} file */
function readMap(file) {
  try {
    const map = /** @type {import('node:module').SourceMapPayload} */ (
      JSON.parse(readFileSync(fileURLToPath(`${file}.map`), 'utf8'))
    );
    return new SourceMap(map);
  } catch {
    return undefined;
  }
}
