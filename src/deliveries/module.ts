import type { Module } from '#platform/module.ts';
import { deliveryRoutes } from './delivery-routes.ts';
import { deleteOldDeliveries, takeOverdue, takeOverdueOfStreams } from './delivery-store.ts';
import { deliveryJobs, type DeliveryJobParts } from './jobs.ts';
import { changelogReader, deliverQueue, endpointGroup } from './reactions.ts';
import { relayRoutes } from './relay-routes.ts';
import { deleteOldRelayRequests } from './relay-store.ts';
import { streamReader } from './stream-reactions.ts';
import { streamRoutes } from './stream-routes.ts';

const sweepSeconds = 5;
const hour = 3_600;

export function deliveriesModule(options: DeliveryJobParts): Module {
  const { core } = options;
  return {
    name: 'deliveries',
    routes: [...deliveryRoutes(core.db), ...streamRoutes(options), ...relayRoutes(core)],
    readers: [changelogReader, streamReader],
    jobs: deliveryJobs(options),
    chores: [
      {
        name: 'overdue-deliveries',
        everySeconds: sweepSeconds,
        run: async () => {
          const now = core.clock.now();
          const overdue = [...(await takeOverdue(core.db, now)), ...(await takeOverdueOfStreams(core.db, now))];
          await options.enqueueNow(
            deliverQueue,
            overdue.map(({ url, ...data }) => ({ data, group: endpointGroup(url) })),
          );
        },
      },
      {
        name: 'old-deliveries',
        everySeconds: hour,
        run: async () => deleteOldDeliveries(core.db, core.clock.now()),
      },
      {
        name: 'old-relay-requests',
        everySeconds: hour,
        run: async () => deleteOldRelayRequests(core.db, core.clock.now()),
      },
    ],
  };
}
