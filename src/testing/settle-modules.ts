import type { Core } from '#platform/core.ts';
import { eventsAfter } from '#platform/events/read-events.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import type { Module } from '#platform/module.ts';

/** Does what readers and jobs of modules have to do, in this process and at once, until nothing is left. */
export function createSettling(core: Core, orgId: string, modules: () => readonly Module[]): () => Promise<void> {
  let seen = 0;
  return async () => {
    for (;;) {
      const jobs: { readonly queue: string; readonly data: object }[] = [];
      const moved = await core.db.transaction().execute(async (tx) => {
        const enqueue = async (queue: string, queued: readonly QueuedJob<object>[]): Promise<void> => {
          jobs.push(...queued.map(({ data }) => ({ queue, data })));
        };
        const events = await eventsAfter(tx, orgId, seen, 200);
        seen = events.at(-1)?.number ?? seen;
        const published = events.filter((event) => event.status === 'SUCCESS');
        for (const reader of modules().flatMap((module) => module.readers ?? [])) {
          const concerned = published.filter((event) => reader.concerns?.(event) ?? true);
          if (concerned.length > 0) await reader.handle({ db: tx, orgId, now: core.clock.now(), enqueue }, concerned);
        }
        return events.length > 0;
      });
      if (!moved) return;
      for (const { queue, data } of jobs) {
        const handler = modules()
          .flatMap((module) => module.jobs ?? [])
          .find((candidate) => candidate.queue === queue);
        await handler?.run(data);
      }
    }
  };
}
