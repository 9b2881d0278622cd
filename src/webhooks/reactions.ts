import type { Reader } from '#platform/events/reader.ts';
import { type RequestJob, requestQueue } from './jobs.ts';
import { receivedKind } from './webhook-events.ts';

/** Every request that was received is looked at; those of one webhook one after the other. */
export const requestReader: Reader = {
  name: 'webhooks.requests',
  concerns: (event) => event.kind === receivedKind,
  handle: async (ctx, events) => {
    await ctx.enqueue<RequestJob>(
      requestQueue,
      events.map(({ context }) => ({
        data: { orgId: ctx.orgId, request: String(context['webhookEvent']) },
        group: `${ctx.orgId} ${String(context['webhook'])}`,
      })),
    );
  },
};
