import { deleteTeam } from '#access/save-team.ts';
import { deletePerson } from '#access/update-person.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { factsOfOne } from './people-queries.ts';
import type { PeopleBlueprint } from './structure-rules.ts';

/** With the entity goes the person or the team; those that are not there are left to who asked. */
export async function deletePeople(
  ctx: WriteContext,
  { blueprint, identifiers }: { readonly blueprint: PeopleBlueprint; readonly identifiers: readonly string[] },
): Promise<void> {
  for (const identifier of identifiers) {
    const known = await factsOfOne(ctx, blueprint, identifier);
    if (known?.identifier !== identifier) continue;
    if (blueprint === '_user') await deletePerson(ctx, { email: identifier });
    else await deleteTeam(ctx, { name: identifier });
  }
}
