import { sql } from 'kysely';
import { isKnownRole } from '#access/permissions.ts';
import { knownNames } from '#access/people-queries.ts';
import type { Approvers } from '#approvals/approval.ts';
import type { Db } from '#platform/db/handles.ts';
import { isJsonObject } from '#platform/json.ts';
import { permissionsOf } from '../access-queries.ts';
import { audienceOf } from '../access-rules.ts';
import { hasExpression } from './field-rules.ts';
import type { Judged, namedAs } from './judgment-rules.ts';
import { approversOf, namedIn, quorumOf } from './judgment-terms.ts';
import type { FieldProblem } from './stage-kind.ts';

export interface JudgePlace {
  readonly orgId: string;
  readonly application: string;
}

/** Who is named and not there, and quorums that nobody could reach. For terms that are well-formed. */
export async function problemsOfJudges(db: Db, place: JudgePlace, given: Judged): Promise<readonly FieldProblem[]> {
  const problems: FieldProblem[] = [];
  for (const [field, named] of namedPlaces(given)) {
    problems.push(...(await unknownNames(db, place.orgId, field, named)));
  }
  return problems.length > 0 ? problems : unreachable(db, place, given);
}

/** Where people, roles and teams of here are named; groups of other clients may be anything. */
function namedPlaces(given: Judged): readonly (readonly [field: string, named: Judged])[] {
  const { approvers, escalation, quorum } = given;
  const groups = isJsonObject(quorum) && Array.isArray(quorum['groups']) ? (quorum['groups'] as unknown[]) : [];
  const places: (readonly [string, unknown])[] = [
    ['approvers', approvers],
    ['escalation', escalation],
    ...groups.map((group, at): readonly [string, unknown] => [`quorum.groups[${at}]`, group]),
  ];
  return places.flatMap(([field, named]) => (isJsonObject(named) ? [[field, named] as const] : []));
}

async function unknownNames(db: Db, orgId: string, field: string, given: Judged): Promise<readonly FieldProblem[]> {
  const { users, roles, teams } = namedIn(given);
  const known = await knownNames(db, orgId, { people: users, teams });
  const missing = (kind: (typeof namedAs)[number], names: readonly string[], words: string): readonly FieldProblem[] =>
    names.map((name) => ({ field: `${field}.${kind}`, message: `There is no ${words} "${name}".` }));
  const absent = (names: readonly string[], there: readonly string[]): readonly string[] =>
    names.filter((name) => !there.includes(name) && !hasExpression(name));
  return [
    ...missing('users', absent(users, known.people), 'person'),
    ...missing(
      'roles',
      roles.filter((role) => !isKnownRole(role) && !hasExpression(role)),
      'role',
    ),
    ...missing('teams', absent(teams, known.teams), 'team'),
  ];
}

/** Only where more is asked than that somebody agrees. */
async function unreachable(db: Db, place: JudgePlace, given: Judged): Promise<readonly FieldProblem[]> {
  const quorum = quorumOf(given);
  if (quorum === 'any') return [];
  const field = isJsonObject(given['quorum'])
    ? 'quorum.count'
    : given['quorum'] === 'all'
      ? 'quorum'
      : 'minimumApprovals';
  const asked =
    typeof quorum === 'object' && 'groups' in quorum
      ? quorum.groups.map((group, at) => ({ field: `quorum.groups[${at}].count`, ...group }))
      : [{ field, approvers: approversOf(given), count: quorum === 'all' ? 1 : quorum.count }];
  const problems: FieldProblem[] = [];
  for (const each of asked) {
    if (hasExpressions(each.approvers)) continue;
    const possible = await countJudges(db, place, each.approvers);
    if (possible >= each.count) continue;
    const message =
      possible === 0 ? 'Nobody may decide by what is named.' : `Only ${possible} may decide by what is named.`;
    problems.push({ field: each.field, message });
  }
  return problems;
}

function hasExpressions({ users, roles, teams }: Approvers): boolean {
  return [...users, ...roles, ...teams].some(hasExpression);
}

/** As an approval counts them: active people whom the application lets decide, and credentials as administrators. */
async function countJudges(db: Db, { orgId, application }: JudgePlace, approvers: Approvers): Promise<number> {
  const deciders = audienceOf(await permissionsOf(db, orgId, application))?.deciders ?? null;
  const { users, roles, teams } = approvers;
  const list = (names: readonly string[] | null): string[] | null => (names === null ? null : [...names]);
  const found = await sql<{ count: number }>`
    select (select count(*) from person where org_id = ${orgId} and status = 'ACTIVE' and type = 'STANDARD'
        and (lower(email) = any(${list(users)}::text[]) or roles && ${list(roles)}::text[]
          or exists (select from team_member where team_member.org_id = person.org_id and person_id = person.id
            and team = any(${list(teams)}::text[])))
        and (${list(deciders)}::text[] is null or 'Admin' = any(roles) or roles && ${list(deciders)}::text[]
          or exists (select from team_member where team_member.org_id = person.org_id and person_id = person.id
            and team = any(${list(deciders)}::text[]))))::int
      + (select count(*) from credential where org_id = ${orgId} and ${roles.includes('Admin')})::int as count`.execute(
    db,
  );
  return found.rows[0]?.count ?? 0;
}
