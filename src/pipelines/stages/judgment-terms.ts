import type {
  ApprovalNotification,
  ApprovalTerms,
  ApproverGroup,
  Approvers,
  NotificationMoment,
  Quorum,
} from '#approvals/approval.ts';
import { isJsonObject } from '#platform/json.ts';
import type { NotificationConfig } from '../pipeline.ts';
import { asNumber } from './field-rules.ts';
import { escalationMs, type Judged } from './judgment-rules.ts';

/** Whoever may start pipelines. */
const everybody = ['Admin', 'Moderator', 'Member'];

/** Groups of other clients may be roles or teams here. Administrators may always judge, as elsewhere. */
export function approversOf(config: Judged): Approvers {
  const { approvers, quorum } = config;
  // Only the groups are asked.
  if (isJsonObject(quorum) && Array.isArray(quorum['groups'])) return namedIn({});
  if (isJsonObject(approvers)) return namedIn(approvers);
  const required = texts(config['requiredJudgmentRoles']);
  const groups = required.length > 0 ? required : texts(config['selectedStageRoles']);
  if (groups.length === 0) return { users: [], roles: everybody, teams: [] };
  return { users: [], roles: [...new Set([...groups, 'Admin'])], teams: groups };
}

/** E-mails are compared in small letters. */
export function namedIn({ users, roles, teams }: Judged): Approvers {
  return { users: texts(users).map((email) => email.toLowerCase()), roles: texts(roles), teams: texts(teams) };
}

function texts(given: unknown): readonly string[] {
  return Array.isArray(given) ? (given as unknown[]).filter((each) => typeof each === 'string') : [];
}

export function quorumOf(config: Judged): Quorum {
  const { quorum } = config;
  if (quorum === 'all') return 'all';
  if (isJsonObject(quorum)) {
    const { groups } = quorum;
    return Array.isArray(groups) ? { groups: (groups as Judged[]).map(groupOf) } : countOf(quorum['count']);
  }
  return countOf(config['minimumApprovals']);
}

function countOf(given: unknown): Quorum {
  const count = asNumber(given);
  return count === null || count <= 1 ? 'any' : { count: Math.floor(count) };
}

function groupOf(given: Judged): ApproverGroup {
  return { name: String(given['name']), approvers: namedIn(given), count: asNumber(given['count']) ?? 1 };
}

/** Who is asked beside the others when nobody decided for so long. */
export function escalationOf({ escalation }: Judged): ApprovalTerms['escalation'] {
  if (!isJsonObject(escalation)) return null;
  const afterMs = escalationMs(escalation['after']);
  return afterMs === null ? null : { afterMs, approvers: namedIn(escalation) };
}

const moments: Readonly<Record<string, NotificationMoment>> = {
  manualJudgment: 'awaiting',
  manualJudgmentContinue: 'approved',
  manualJudgmentStop: 'rejected',
};

/** Notification preferences in the words of approvals. Types nobody here can send are left out. */
export function notificationsOf(config: Judged): readonly ApprovalNotification[] {
  if (config['sendNotifications'] === false) return [];
  const given = Array.isArray(config['notifications']) ? (config['notifications'] as NotificationConfig[]) : [];
  return given.flatMap((each): ApprovalNotification[] => {
    const address = (each.address ?? '').trim();
    const when = Array.isArray(each.when)
      ? (each.when as readonly string[]).flatMap((name) => moments[name] ?? [])
      : null;
    const terms = { ...(when === null ? {} : { when }), ...textsOf(each) };
    if (address === '' || (when !== null && when.length === 0)) return [];
    if (each.type === 'slack') return [{ via: 'slack', channel: address, ...terms }];
    if (each.type === 'email') return [{ via: 'email', address, ...terms }];
    if (each.type === 'webhook') return [{ via: 'webhook', url: address, ...terms }];
    if (each.type === 'microsoftteams') return [{ via: 'webhook', url: address, format: 'teams', ...terms }];
    return [];
  });
}

function textsOf(notification: NotificationConfig): { readonly texts?: Partial<Record<NotificationMoment, string>> } {
  const found = Object.entries(notification.message ?? {}).flatMap(([name, words]: [string, unknown]) => {
    const moment = moments[name];
    const text = isJsonObject(words) ? words['text'] : undefined;
    return moment === undefined || typeof text !== 'string' || text === '' ? [] : [[moment, text] as const];
  });
  return found.length === 0 ? {} : { texts: Object.fromEntries(found) };
}

export function labelOf(given: unknown, usual: string): string {
  return typeof given === 'string' && given.trim() !== '' ? given.trim().slice(0, 75) : usual;
}

const shortestReminderMs = 60_000;

/** How often people are reminded: as often as the most impatient of the notifications says. */
export function reminderOf(config: Judged): number | null {
  const every = (config['notifications'] as readonly NotificationConfig[] | undefined)
    ?.map((each) => asNumber(each['notifyEveryMs']) ?? 0)
    .filter((milliseconds) => milliseconds > 0);
  return every === undefined || every.length === 0 ? null : Math.max(shortestReminderMs, Math.min(...every));
}
