import type { Module } from '#platform/module.ts';
import { deliveryRoutes } from './delivery-routes.ts';
import { deleteOldDeliveries, takeOverdue } from './delivery-store.ts';
import { deliveryJobs, type DeliveryJobParts } from './jobs.ts';
import { changelogReader, deliverQueue, endpointGroup } from './reactions.ts';
import { relayRoutes } from './relay-routes.ts';
import { deleteOldRelayRequests } from './relay-store.ts';

const sweepSeconds = 5;
const hour = 3_600;

export function deliveriesModule(options: DeliveryJobParts): Module {
  const { core } = options;
  return {
    name: 'deliveries',
    routes: [...deliveryRoutes(core.db), ...relayRoutes(core)],
    readers: [changelogReader],
    jobs: deliveryJobs(options),
    chores: [
      {
        name: 'overdue-deliveries',
        everySeconds: sweepSeconds,
        run: async () => {
          const overdue = await takeOverdue(core.db, core.clock.now());
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
