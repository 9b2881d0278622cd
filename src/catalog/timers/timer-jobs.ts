import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import type { Chore } from '#platform/module.ts';
import type { EntityParts } from '../apply-changes.ts';
import { expireTimers } from './expire-timers.ts';

const checkSeconds = 10;
const chunkSize = 200;

export function timerChores(core: Core, parts: EntityParts): readonly Chore[] {
  const command = expireTimers(parts);
  return [
    {
      name: 'expired-timers',
      everySeconds: checkSeconds,
      run: async () => {
        const found = await sql<{ orgId: string }>`
          select distinct org_id as "orgId" from entity_timer
          where told_at is null and due_at <= ${core.clock.now()}`.execute(core.db);
        for (const { orgId } of found.rows) {
          const caller = { actor: systemActor(orgId, 'catalog'), origin: 'SYSTEM', requestId: null } as const;
          let taken = chunkSize;
          while (taken === chunkSize) taken = await core.runner.execute(caller, command, { limit: chunkSize });
        }
      },
    },
  ];
}
