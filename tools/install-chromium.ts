import { spawnSync } from 'node:child_process';

import { findChromium } from '../src/testing/chromium.ts';

export type Chromium =
  | { readonly found: true; readonly path: string }
  | { readonly found: false; readonly reason: string };

/** The system's Chromium; installed from Debian's packages first when it is missing and we are root on Debian. */
export function ensureChromium(): Chromium {
  const present = findChromium(process.env);
  if (present !== undefined) return { found: true, path: present };
  const reason = whyNotInstallable() ?? installFromDebian();
  const installed = findChromium(process.env);
  if (installed !== undefined) return { found: true, path: installed };
  return { found: false, reason: reason ?? 'the package chromium was installed, but no browser appeared.' };
}

function whyNotInstallable(): string | undefined {
  const advice = 'Install Chromium (Debian: apt-get install chromium) or name one in QUAYSIDE_TEST_CHROMIUM.';
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return `there is no Chromium. ${advice}`;
  if (process.getuid?.() !== 0) return `there is no Chromium and installing one needs root. ${advice}`;
  return undefined;
}

/** Why it did not work, or undefined. */
function installFromDebian(): string | undefined {
  console.log('Installing Chromium for the browser tests, this takes a moment …');
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const result = spawnSync('apt-get', ['-q', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      encoding: 'utf8',
      timeout: 600_000,
    });
    if (result.status !== 0) {
      return `"apt-get ${args.join(' ')}" failed: ${(result.stderr || String(result.error ?? '')).trim().slice(-500)}`;
    }
  }
  return undefined;
}
