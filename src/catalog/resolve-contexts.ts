import { sql } from 'kysely';
import type { Actor, UserActor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { operatorOf } from './rules/operators.ts';
import type { ContextValue, Operand, Rule, RuleGroup, RuleNode } from './rules/rule.ts';
import { entityColumns, type EntityRow } from './entity-queries.ts';

/** Stands for the teams of whoever asks, in a rule about `$team`. */
const myTeams = 'My Teams';
const myTeamsValue: ContextValue = { kind: 'context', context: 'userTeams', property: '$identifier' };

/**
 * Puts the values of the person who asks where a query names them. What a person does not have, and everything that
 * is asked on behalf of a machine, stays open and so matches nothing.
 */
export async function resolveContexts(db: Db, actor: Actor, query: RuleGroup): Promise<RuleGroup> {
  if (!asksForPerson(query)) return query;
  if (actor.kind !== 'user') return query;
  const known = await loadPerson(db, actor);
  return resolveGroup(query, (value) => valueOf(known, value));
}

type ReadValue = (value: ContextValue) => unknown;

function asksForPerson(node: RuleNode): boolean {
  if (node.kind === 'group') return node.rules.some(asksForPerson);
  return node.operand.kind === 'context' || node.subject.kind === 'context' || namesMyTeams(node);
}

function namesMyTeams({ subject, operand }: Rule): boolean {
  return (
    subject.kind === 'meta' && subject.name === '$team' && operand.kind === 'list' && operand.values.includes(myTeams)
  );
}

function resolveGroup(group: RuleGroup, read: ReadValue): RuleGroup {
  return {
    ...group,
    rules: group.rules.map((node) => (node.kind === 'group' ? resolveGroup(node, read) : resolveRule(node, read))),
  };
}

function resolveRule(rule: Rule, read: ReadValue): Rule {
  const { subject, operator } = rule;
  const found = subject.kind === 'context' ? { kind: 'constant' as const, value: read(subject) ?? null } : subject;
  return { ...rule, subject: found, operand: resolveOperand(rule, operator, read) };
}

function resolveOperand(rule: Rule, operator: string, read: ReadValue): Operand {
  const { operand } = rule;
  if (operand.kind === 'list' && namesMyTeams(rule)) {
    const others = operand.values.filter((value) => value !== myTeams);
    return { kind: 'list', values: [...others, ...(read(myTeamsValue) as readonly string[])] };
  }
  if (operand.kind !== 'context') return operand;
  const value = read(operand);
  if (value === undefined || value === null) return operand;
  const reader = operatorOf(operator)?.operand;
  // What an operator cannot use as it is, it may use as a list of one.
  const readings = [reader?.(value, 'search'), reader?.([value], 'search')];
  return readings.find((reading) => typeof reading === 'object') ?? operand;
}

type Row = Pick<EntityRow, 'identifier' | 'title' | 'icon' | 'team' | 'properties' | 'relations'>;

interface Known {
  readonly user: Row;
  readonly teams: readonly Row[];
}

/** People and teams as entities where they are there; else as far as sign-in knows them. */
async function loadPerson(db: Db, actor: UserActor): Promise<Known> {
  const found = await sql<EntityRow>`
    select ${entityColumns} from entity e
    where e.org_id = ${actor.orgId} and (e.blueprint = '_user' and e.identifier = ${actor.email}
      or e.blueprint = '_team'
        and (e.identifier = any(${[...actor.teams]}::text[]) or e.title = any(${[...actor.teams]}::text[])))
    order by e.identifier`.execute(db);
  const teams = found.rows.filter((row) => row.blueprint === '_team');
  const named = new Set(teams.flatMap((row) => [row.identifier, row.title]));
  const bare = (identifier: string, title: string): Row => ({
    identifier,
    title,
    icon: null,
    team: [],
    properties: {},
    relations: {},
  });
  const user = found.rows.find((row) => row.blueprint === '_user');
  return {
    user: {
      ...(user ?? bare(actor.email, `${actor.firstName} ${actor.lastName}`.trim())),
      team: actor.teams,
    },
    teams: [...teams, ...actor.teams.filter((name) => !named.has(name)).map((name) => bare(name, name))],
  };
}

function valueOf({ user, teams }: Known, { context, property }: ContextValue): unknown {
  if (context === 'user') return fieldOf(user, property);
  return [...new Set(teams.flatMap((team) => fieldOf(team, property) ?? []))];
}

function fieldOf(row: Row, property: string): unknown {
  if (property === '$identifier') return row.identifier;
  if (property === '$title') return row.title;
  if (property === '$icon') return row.icon;
  if (property === '$team') return row.team;
  return Object.hasOwn(row.properties, property) ? row.properties[property] : row.relations[property];
}
