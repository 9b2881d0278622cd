import type { QueuedJob } from '#platform/events/reader.ts';
import type { Module } from '#platform/module.ts';
import { deliveryRoutes } from './delivery-routes.ts';
import { overdueDeliveries } from './delivery-store.ts';
import { deliveryJobs, type DeliveryJobParts } from './jobs.ts';
import { changelogReader, deliverQueue } from './reactions.ts';
import { relayRoutes } from './relay-routes.ts';
import { deleteOldRelayRequests } from './relay-store.ts';

export interface DeliveriesOptions extends DeliveryJobParts {
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

const sweepSeconds = 30;
const hour = 3_600;

export function deliveriesModule(options: DeliveriesOptions): Module {
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
          const overdue = await overdueDeliveries(core.db, core.clock.now());
          await options.enqueueNow(
            deliverQueue,
            overdue.map((data) => ({ data })),
          );
        },
      },
      {
        name: 'old-relay-requests',
        everySeconds: hour,
        run: async () => deleteOldRelayRequests(core.db, core.clock.now()),
      },
    ],
  };
}
