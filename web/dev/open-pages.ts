import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { openChromium } from '../../src/testing/chromium.ts';
import { startFixtureServer } from './server.ts';

export interface Look {
  readonly theme: 'light' | 'dark';
  readonly language: 'en' | 'zh-CN';
}

export interface Pages {
  readonly base: string;
  /** A signed-in page, and what it complained about or asked of other hosts. */
  readonly open: (theme: 'light' | 'dark', language: 'en' | 'zh-CN') => Promise<{ page: Page; faults: string[] }>;
  readonly close: () => Promise<void>;
}

/** Waits until nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1, [role=alert], [role=dialog]').first().waitFor();
  await page.locator('[data-pending]').first().waitFor({ state: 'detached' });
}

/** As a link inside does: without loading the document anew. */
export async function goWithin(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => history.pushState(null, '', to), path);
  await page.waitForFunction(() => {
    const { state } = (globalThis as unknown as { __TSR_ROUTER__: Router }).__TSR_ROUTER__;
    return state.status === 'idle' && state.location.href === state.resolvedLocation?.href;
  });
  // What is pending says so once it is drawn.
  await page.evaluate(async () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
}

/** What the router tells of itself. */
interface Router {
  readonly state: {
    readonly status: string;
    readonly location: { readonly href: string };
    readonly resolvedLocation?: { readonly href: string };
  };
}

/** As a choice made in another tab does. */
export async function changeLook(page: Page, { theme, language }: Look): Promise<void> {
  await page.evaluate(
    (chosen) => {
      for (const [key, newValue] of Object.entries(chosen)) {
        localStorage.setItem(key, newValue);
        dispatchEvent(new StorageEvent('storage', { key, newValue, storageArea: localStorage }));
      }
    },
    { 'quayside-theme': theme, 'quayside-language': language },
  );
  await page.locator(`html[lang=${language}][data-mantine-color-scheme=${theme}]`).waitFor();
  // Colours on their way from one look to the other are of neither.
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(async ({ finished }) => finished));
  });
}

function faultsOf(page: Page, base: string): string[] {
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404')) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(base)) faults.push(`foreign request: ${request.url()}`);
  });
  return faults;
}

/** The built pages over the fixture server, in a real browser. */
export async function openPages(executablePath: string): Promise<Pages> {
  const server = await startFixtureServer(0);
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await openChromium(executablePath);
  return {
    base,
    open: async (theme, language) => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
      await context.addInitScript(
        (chosen) => {
          // At first: what is chosen later stays chosen.
          for (const [key, value] of Object.entries(chosen)) {
            if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
          }
        },
        { 'quayside-theme': theme, 'quayside-language': language },
      );
      const page = await context.newPage();
      const faults = faultsOf(page, base);
      await page.goto(`${base}/sign-in`);
      await page.locator('input[name=email]').fill('admin@example.com');
      await page.locator('input[name=password]').fill('anything');
      await page.locator('button[type=submit]').click();
      await page.locator('#content').waitFor();
      return { page, faults };
    },
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
