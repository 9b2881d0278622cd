import { peopleOf, personByEmailIn } from '#access/people-queries.ts';
import { teamsOf } from '#access/team-queries.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { type Facts, factsOfPerson, factsOfTeam } from './fact-rules.ts';
import type { PeopleBlueprint } from './structure-rules.ts';

/** So many are looked up one by one; more are read with everybody else. */
const fewNames = 10;

/** Of those of these names whom sign-in knows. */
export async function factsOf(
  ctx: WriteContext,
  blueprint: PeopleBlueprint,
  names: ReadonlySet<string> | 'all',
): Promise<readonly Facts[]> {
  const { orgId } = ctx.actor;
  if (names !== 'all' && names.size === 0) return [];
  if (names !== 'all' && names.size <= fewNames) {
    const found: (Facts | null)[] = [];
    for (const name of names) found.push(await factsOfOne(ctx, blueprint, name));
    return found.filter((one) => one !== null);
  }
  const facts =
    blueprint === '_user'
      ? (await peopleOf(ctx.db, orgId)).map(factsOfPerson)
      : (await teamsOf(ctx.db, orgId)).map(factsOfTeam);
  return names === 'all' ? facts : facts.filter((one) => names.has(one.identifier));
}

/** By the name of the entity, an e-mail address in any case of its letters; null when sign-in knows nobody by it. */
export async function factsOfOne(ctx: WriteContext, blueprint: PeopleBlueprint, name: string): Promise<Facts | null> {
  const { orgId } = ctx.actor;
  if (blueprint === '_user') {
    const person = await personByEmailIn(ctx.db, orgId, name);
    return person === null ? null : factsOfPerson(person);
  }
  const [team] = await teamsOf(ctx.db, orgId, name);
  return team === undefined ? null : factsOfTeam(team);
}
