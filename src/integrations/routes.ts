import { ok, route, type Route } from '#platform/http/route.ts';

/** Where Quayside is connected, without a secret in it. */
export interface Connections {
  readonly slack: {
    readonly configured: boolean;
    readonly mode: 'bot' | 'webhook' | 'none';
    /** Answered by the sample workspace's own server. */
    readonly emulated: boolean;
  };
  readonly github: { readonly configured: boolean; readonly apiUrl: string | null; readonly emulated: boolean };
}

export function integrationRoutes(describe: (orgId: string) => Promise<Connections>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/integrations',
      summary: 'Where Quayside is connected',
      tag: 'Organisation',
      access: 'known',
      handle: async ({ actor }) => ok({ ...(await describe(actor.orgId)) }),
    }),
  ];
}
