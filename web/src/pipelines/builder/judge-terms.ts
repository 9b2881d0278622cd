import type { Fields } from '../wire.ts';

export const quorumKinds = ['any', 'count', 'all', 'groups'] as const;
export type QuorumKind = (typeof quorumKinds)[number];

/** A group of the quorum as it is edited. */
export interface JudgeGroup {
  readonly name: string;
  readonly count: number | string;
  readonly named: Named;
}

export interface Named {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly teams: readonly string[];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? (value as unknown[]).filter((one) => typeof one === 'string') : [];

/** Null for an expression: it is edited as the text that it is. */
export function quorumKindOf({ quorum, minimumApprovals }: Fields): QuorumKind | null {
  if (quorum === undefined || quorum === null) {
    return minimumApprovals === undefined || minimumApprovals === null || minimumApprovals === 1 ? 'any' : 'count';
  }
  if (quorum === 'any' || quorum === 'all') return quorum;
  if (!isFields(quorum)) return null;
  return 'groups' in quorum ? 'groups' : 'count';
}

export function countOf({ quorum, minimumApprovals }: Fields): number | string {
  const count = isFields(quorum) ? quorum['count'] : minimumApprovals;
  return typeof count === 'number' || typeof count === 'string' ? count : '';
}

export function groupsOf({ quorum }: Fields): readonly JudgeGroup[] {
  const groups = isFields(quorum) && Array.isArray(quorum['groups']) ? (quorum['groups'] as unknown[]) : [];
  return groups.filter(isFields).map((group) => {
    const { name, count } = group;
    return {
      name: typeof name === 'string' ? name : '',
      count: typeof count === 'number' || typeof count === 'string' ? count : 1,
      named: namedIn(group),
    };
  });
}

export const namedIn = (given: unknown): Named => {
  const { users, roles, teams } = isFields(given) ? given : {};
  return { users: texts(users), roles: texts(roles), teams: texts(teams) };
};

/** Without lists that say nothing. */
const written = (named: Named): Fields =>
  Object.fromEntries(Object.entries(named).filter(([, list]: [string, readonly string[]]) => list.length > 0));

/** Those that are there everywhere. */
export const standingRoles: readonly string[] = ['Admin', 'Moderator', 'Member'];

const groupsNamed = ({ requiredJudgmentRoles, selectedStageRoles }: Fields): readonly string[] => {
  const required = texts(requiredJudgmentRoles);
  return required.length > 0 ? required : texts(selectedStageRoles);
};

/** As other clients say it: each name may be a role's or a team's. */
export const namesGroups = (terms: Fields): boolean =>
  (terms['approvers'] ?? undefined) === undefined && groupsNamed(terms).length > 0;

/** Who is named; of groups of other clients, with administrators, who may always decide where those are named. */
export function approversIn(terms: Fields): Named {
  if (!namesGroups(terms)) return namedIn(terms['approvers']);
  const groups = groupsNamed(terms);
  return {
    users: [],
    roles: [...new Set([...groups.filter((name) => standingRoles.includes(name)), 'Admin'])],
    teams: groups.filter((name) => !standingRoles.includes(name)),
  };
}

export function withApprovers(named: Named): Fields {
  const approvers = written(named);
  return {
    selectedStageRoles: undefined,
    requiredJudgmentRoles: undefined,
    approvers: Object.keys(approvers).length === 0 ? undefined : approvers,
  };
}

/** The fields with a change; those that are undefined go. */
export const changed = <Thing extends Fields>(fields: Thing, change: Fields): Thing =>
  Object.fromEntries(Object.entries({ ...fields, ...change }).filter(([, one]) => one !== undefined)) as Thing;

/** The change that makes a stage ask so many; who is named beside groups goes, as only groups are asked. */
export function withQuorumKind(stage: Fields, kind: QuorumKind): Fields {
  const rest = { minimumApprovals: undefined };
  switch (kind) {
    case 'any':
      return { ...rest, quorum: undefined };
    case 'all':
      return { ...rest, quorum: 'all' };
    case 'count':
      return { ...rest, quorum: { count: Math.max(2, Number(countOf(stage)) || 0) } };
    case 'groups': {
      const groups = groupsOf(stage);
      return {
        ...rest,
        approvers: undefined,
        selectedStageRoles: undefined,
        requiredJudgmentRoles: undefined,
        ...withGroups(groups.length > 0 ? groups : [{ name: '', count: 1, named: namedIn({}) }]),
      };
    }
  }
}

export const withCount = (count: number | string): Fields => ({ minimumApprovals: undefined, quorum: { count } });

export const withGroups = (groups: readonly JudgeGroup[]): Fields => ({
  quorum: { groups: groups.map(({ name, count, named }) => ({ name, count, ...written(named) })) },
});

const MINUTES: Readonly<Record<string, number>> = { W: 10_080, D: 1_440, H: 60, M: 1 };

/** How long nobody answers before others are asked, in minutes; null for what is no whole number of them. */
export function escalationMinutes({ escalation }: Fields): number | null {
  const after = isFields(escalation) ? escalation['after'] : undefined;
  const read = typeof after === 'string' ? /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(after) : null;
  if (read === null) return null;
  return ['W', 'D', 'H', 'M'].reduce((sum, unit, at) => sum + Number(read[at + 1] ?? 0) * (MINUTES[unit] ?? 0), 0);
}

export const withEscalation = (minutes: number | string, named: Named): Fields => ({
  escalation: minutes === '' ? undefined : { after: `PT${minutes}M`, ...written(named) },
});
