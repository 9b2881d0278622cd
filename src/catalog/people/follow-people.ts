import type { Follower } from '#platform/commands/follower.ts';
import type { NewEvent } from '#platform/events/event.ts';
import { isJsonObject } from '#platform/json.ts';
import type { EntityParts } from '../apply-changes.ts';
import { type Concerned, projectPeople } from './project-people.ts';

const kinds = ['user', 'team'].flatMap((noun) => ['created', 'updated', 'deleted'].map((verb) => `${noun}.${verb}`));

/** Whatever changes people and teams, in the same transaction their entities show it. */
export function followPeople(parts: EntityParts): Follower {
  return {
    kinds: new Set(kinds),
    follow: async (ctx, events) => projectPeople(ctx, parts, concernedBy(events)),
  };
}

/** Both sides of each membership: teams show how many they are, people show their teams. */
function concernedBy(events: readonly NewEvent[]): Concerned {
  const people = new Set<string>();
  const teams = new Set<string>();
  let renamed: Concerned['renamed'];
  for (const { resource, before, after } of events) {
    const sides = [before, after].filter((side) => side !== null);
    const [own, others] = resource === 'user' ? ([people, teams] as const) : ([teams, people] as const);
    const [name, members, memberName] =
      resource === 'user' ? (['email', 'teams', 'name'] as const) : (['name', 'users', 'email'] as const);
    for (const side of sides) {
      own.add(String(side[name]));
      for (const member of list(side[members])) others.add(String(member[memberName]));
    }
    if (resource === 'team' && before !== null && after !== null && before['name'] !== after['name']) {
      renamed = { from: String(before['name']), to: String(after['name']) };
    }
  }
  return { _user: people, _team: teams, ...(renamed === undefined ? {} : { renamed }) };
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
