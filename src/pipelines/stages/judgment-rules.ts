import { Duration } from 'luxon';
import { isJsonObject } from '#platform/json.ts';
import { asNumber, hasExpression } from './field-rules.ts';
import type { FieldProblem } from './stage-kind.ts';

/** A stage, or the constraint of an environment, that people judge. */
export type Judged = Readonly<Record<string, unknown>>;

const mostPeople = 100;
const mostGroups = 20;
const mostNames = 200;
const longestMs = 10 * 366 * 86_400_000;
type Lets = (value: unknown) => boolean;

const shortestEscalationMs = 60_000;

export const namedAs = ['users', 'roles', 'teams'] as const;

export interface JudgeChecks {
  /** Texts with expressions are let through: they become something else when the stage begins. */
  readonly expressions: boolean;
  /** How long people have; null for ever. */
  readonly timeoutMs: number | null;
}

/** What is wrong with who judges, how many have to, and who is asked when nobody does; by field. */
export function checkJudges(given: Judged, { expressions, timeoutMs }: JudgeChecks): readonly FieldProblem[] {
  const isExpression: Lets = (value) => expressions && hasExpression(value);
  return [
    ...checkApprovers(given['approvers'], isExpression),
    ...checkQuorum(given, isExpression),
    ...checkEscalation(given['escalation'], timeoutMs, isExpression),
    ...(isMissing(given['preventSelfApproval']) ||
    typeof given['preventSelfApproval'] === 'boolean' ||
    isExpression(given['preventSelfApproval'])
      ? []
      : [{ field: 'preventSelfApproval', message: 'preventSelfApproval is true or false.' }]),
  ];
}

function checkApprovers(given: unknown, isExpression: Lets): readonly FieldProblem[] {
  if (isMissing(given) || isExpression(given)) return [];
  if (!isJsonObject(given)) {
    return [{ field: 'approvers', message: 'approvers is an object with lists of users, roles and teams.' }];
  }
  return checkNames(given, 'approvers', isExpression);
}

/** Lists of names, of which one at least says somebody. */
function checkNames(given: Judged, place: string, isExpression: Lets): readonly FieldProblem[] {
  const wrong = namedAs.filter((kind) => !isExpression(given[kind]) && !isNames(given[kind]));
  if (wrong.length > 0) {
    return wrong.map((kind) => ({
      field: `${place}.${kind}`,
      message: `${kind} is a list of texts, ${mostNames} at most.`,
    }));
  }
  const isEmpty = namedAs.every((kind) => isMissing(given[kind]) || (given[kind] as readonly string[]).length === 0);
  return isEmpty ? [{ field: place, message: 'Name at least one person, role or team.' }] : [];
}

function isNames(given: unknown): boolean {
  if (isMissing(given)) return true;
  return (
    Array.isArray(given) && given.length <= mostNames && given.every((one) => typeof one === 'string' && one !== '')
  );
}

function checkQuorum(given: Judged, isExpression: Lets): readonly FieldProblem[] {
  const { quorum, minimumApprovals } = given;
  if (isMissing(quorum)) {
    return isMissing(minimumApprovals) ? [] : checkCount(minimumApprovals, 'minimumApprovals', isExpression);
  }
  if (!isMissing(minimumApprovals)) {
    return [{ field: 'quorum', message: 'Say how many once: as quorum or as minimumApprovals.' }];
  }
  if (quorum === 'any' || quorum === 'all' || isExpression(quorum)) return [];
  if (!isJsonObject(quorum) || 'count' in quorum === 'groups' in quorum) {
    return [{ field: 'quorum', message: 'quorum is "any", "all", {"count": 2} or {"groups": [...]}.' }];
  }
  return 'count' in quorum
    ? checkCount(quorum['count'], 'quorum.count', isExpression)
    : checkGroups(given, quorum['groups'], isExpression);
}

function checkCount(given: unknown, field: string, isExpression: Lets): readonly FieldProblem[] {
  if (isExpression(given)) return [];
  const number = asNumber(given);
  const isCount = number !== null && Number.isInteger(number) && number >= 1 && number <= mostPeople;
  return isCount ? [] : [{ field, message: `It is a whole number from 1 to ${mostPeople}.` }];
}

function checkGroups(given: Judged, groups: unknown, isExpression: Lets): readonly FieldProblem[] {
  const field = 'quorum.groups';
  if (isExpression(groups)) return [];
  if (!Array.isArray(groups) || groups.length === 0 || groups.length > mostGroups) {
    return [{ field, message: `groups lists one to ${mostGroups} groups.` }];
  }
  if (['approvers', 'selectedStageRoles', 'requiredJudgmentRoles'].some((key) => namesAnybody(given[key]))) {
    return [{ field, message: 'Where groups have to approve, only they are asked: name nobody beside them.' }];
  }
  const names = (groups as unknown[]).map((group) => (isJsonObject(group) ? group['name'] : null));
  return (groups as unknown[]).flatMap((group, at) => {
    const place = `${field}[${at}]`;
    if (!isJsonObject(group))
      return [{ field: place, message: 'A group is an object with a name and people, roles or teams.' }];
    const { name, count = 1 } = group;
    return [
      ...(typeof name !== 'string' || name.trim() === '' || name.length > 100
        ? [{ field: `${place}.name`, message: 'Name the group.' }]
        : names.indexOf(name) < at
          ? [{ field: `${place}.name`, message: `Another group is called "${name}", too.` }]
          : []),
      ...checkCount(count, `${place}.count`, isExpression),
      ...checkNames(group, place, isExpression),
    ];
  });
}

function namesAnybody(given: unknown): boolean {
  return Array.isArray(given) ? given.length > 0 : !isMissing(given);
}

function checkEscalation(given: unknown, timeoutMs: number | null, isExpression: Lets): readonly FieldProblem[] {
  if (isMissing(given) || isExpression(given)) return [];
  if (!isJsonObject(given)) {
    return [{ field: 'escalation', message: 'escalation is an object with after and users, roles or teams.' }];
  }
  const problems = [...checkNames(given, 'escalation', isExpression)];
  const { after } = given;
  const milliseconds = escalationMs(after);
  const tell = (message: string): void => void problems.push({ field: 'escalation.after', message });
  if (milliseconds === null && !isExpression(after)) tell('It is a duration of a minute or more, like PT4H or P1D.');
  if (milliseconds !== null && timeoutMs !== null && milliseconds >= timeoutMs) {
    tell('The time to decide is over before that.');
  }
  return problems;
}

/** An ISO duration; null for what is none, or too short to be told of. */
export function escalationMs(after: unknown): number | null {
  if (typeof after !== 'string') return null;
  const duration = Duration.fromISO(after);
  const milliseconds = duration.isValid ? duration.toMillis() : 0;
  return milliseconds >= shortestEscalationMs && milliseconds <= longestMs ? milliseconds : null;
}

function isMissing(given: unknown): given is null | undefined {
  return given === undefined || given === null;
}
