import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => app.stop());

describe('every route', () => {
  test('refuses the anonymous, unless it is declared open to anyone', async () => {
    const routes = app.app.modules.list.flatMap((module) => module.routes ?? []);
    expect(routes.length).toBeGreaterThan(40);
    for (const route of routes.filter((candidate) => candidate.access === 'known')) {
      const path = route.path.replaceAll(/:\w+|\*/g, 'x');
      const answer = await fetch(`${app.url}${path}`, { method: route.method });
      expect({ route: `${route.method} ${route.path}`, status: answer.status }).toEqual({
        route: `${route.method} ${route.path}`,
        status: 401,
      });
    }
  });

  test('is part of the API description', async () => {
    const description = (await (await fetch(`${app.url}/docs/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    for (const route of app.app.modules.list.flatMap((module) => module.routes ?? [])) {
      const path = route.path.replaceAll(/:(\w+)/g, '{$1}').replace(/\*$/, '{*}');
      expect(Object.keys(description.paths[path] ?? {}), path).toContain(route.method.toLowerCase());
    }
  });
});

test('unknown paths of the API and files that are gone are JSON 404s, all other paths are the page', async () => {
  for (const path of ['/v1/nothing-here', '/assets/of-an-earlier-version.js']) {
    const unknown = await fetch(`${app.url}${path}`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ ok: false, error: 'not_found' });
  }
  const page = await fetch(`${app.url}/catalog/service`);
  expect(page.headers.get('content-type')).toContain('text/html');
});

test('the description can be read as a page, whose script comes from here', async () => {
  const moved = await fetch(`${app.url}/docs`, { redirect: 'manual' });
  expect([moved.status, moved.headers.get('location')]).toEqual([301, '/docs/']);
  const page = await fetch(`${app.url}/docs/`);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).toContain('src="js/scalar.js"');
  const script = await fetch(`${app.url}/docs/js/scalar.js`);
  expect(script.headers.get('content-type')).toContain('javascript');
  expect((await script.arrayBuffer()).byteLength).toBeGreaterThan(1_000_000);
});

test('says when it is ready', async () => {
  expect(await (await fetch(`${app.url}/health/ready`)).json()).toMatchObject({ ok: true });
});
