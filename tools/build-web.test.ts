import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { hashSources } from '../bin/web-pages.js';
import { buildWeb } from './build-web.ts';

let folder: string;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-web-'));
  write('web/src/main.tsx', 'a');
  write('src/catalog/contract.ts', 'b');
  write('package-lock.json', '{}');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('hashSources', () => {
  it.each(['web/src/main.tsx', 'web/src/runs/run-page.tsx', 'src/catalog/contract.ts', 'package-lock.json'])(
    'changes with %s',
    (path) => {
      const before = hashSources(folder);
      write(path, 'changed');
      expect(hashSources(folder)).not.toBe(before);
    },
  );

  it.each(['web/dist/assets/main.js', 'web/src/main.test.tsx', 'src/catalog/routes.ts'])(
    'does not change with %s',
    (path) => {
      const before = hashSources(folder);
      write(path, 'changed');
      expect(hashSources(folder)).toBe(before);
    },
  );
});

describe('buildWeb', () => {
  it('does nothing without a web UI in the checkout', async () => {
    expect(await buildWeb({ root: folder })).toBe(true);
  });

  it('does nothing when the pages were built from these sources', async () => {
    write('web/vite.config.ts', 'throw new Error("not to be loaded");');
    write('web/dist/.sources', hashSources(folder));
    expect(await buildWeb({ root: folder })).toBe(true);
  });
});
