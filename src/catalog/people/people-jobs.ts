import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import type { Chore } from '#platform/module.ts';
import type { EntityParts } from '../apply-changes.ts';
import { projectAllPeople } from './project-people.ts';

const checkSeconds = 60;

/** Organisations from before people were entities. */
export function peopleChores(core: Core, parts: EntityParts): readonly Chore[] {
  const command = projectAllPeople(parts);
  return [
    {
      name: 'people-as-entities',
      everySeconds: checkSeconds,
      run: async () => {
        const found = await sql<{ id: string }>`
          select id from organisation where exists (select from person where org_id = organisation.id)
            and not exists (select from blueprint where org_id = organisation.id and identifier = '_user')`.execute(
          core.db,
        );
        for (const { id } of found.rows) {
          const caller = { actor: systemActor(id, 'catalog'), origin: 'SYSTEM', requestId: null } as const;
          await core.runner.execute(caller, command, null);
        }
      },
    },
  ];
}
