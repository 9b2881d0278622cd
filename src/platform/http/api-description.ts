import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';

/** Collects every route that is added afterwards into one OpenAPI document. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Quayside',
        version,
        description:
          "Routes under /v1 speak Port's API; routes under /api/v1 are Quayside's own. " +
          'Errors are `{ok:false, error, message, details}`.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearer: [] }],
    },
  });
}

/** Where the page and its script are served. */
const referencePaths = ['/docs', '/docs/js/scalar.js'];

/** Serves the document at /docs/openapi.json and a page to read it at /docs, from this server alone. */
export async function serveApiReference(app: FastifyInstance): Promise<void> {
  app.get('/docs/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  let reference: Promise<FastifyInstance> | undefined;
  for (const path of referencePaths) {
    app.get(path, { schema: { hide: true } }, async (request, reply) => {
      reference ??= openReference();
      const page = await (await reference).inject({ url: request.url });
      const { 'content-type': type, location } = page.headers;
      return reply
        .code(page.statusCode)
        .headers({ ...(type !== undefined && { 'content-type': type }), ...(location !== undefined && { location }) })
        .send(page.rawPayload);
    });
  }
}

/** Loaded when somebody reads it: the page is the largest module of all, and few processes are ever asked for it. */
async function openReference(): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const app = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: { url: '/docs/openapi.json', withDefaultFonts: false, telemetry: false, hideClientButton: true },
  });
  return app;
}
