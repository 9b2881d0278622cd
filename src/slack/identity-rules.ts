import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { SlackSender } from './interaction.ts';
import { textOf } from './web-api-client.ts';

/** Why somebody in Slack may not act here. */
export type IdentityRefusal =
  /** From another workspace, over a shared channel. */
  | 'stranger'
  | 'guest'
  | 'bot'
  | 'deactivated'
  /** Nobody here has that address, or Slack gives none. */
  | 'unknown-person'
  /** The account was taken from whom it was tied to, and not linked since. */
  | 'removed'
  /** Their account here was disabled, or they have not accepted their invitation. */
  | 'disabled'
  /** The app may not ask Slack who people are. */
  | 'missing-scope'
  /** Slack does not answer. */
  | 'unavailable';

/** What can be told from the request alone. */
export function judgeSender(sender: SlackSender, connectedTeamId: string): IdentityRefusal | null {
  if (sender.teamId !== connectedTeamId) return 'stranger';
  // In an Enterprise Grid people are at home in other workspaces; which those are, the profile tells.
  const isElsewhere = sender.userTeamId !== null && sender.userTeamId !== connectedTeamId;
  return isElsewhere && sender.enterpriseId === null ? 'stranger' : null;
}

/** Whether this profile is of a full member of the workspace. `user` is as `users.info` answers it. */
export function judgeProfile(user: JsonObject, connectedTeamId: string): IdentityRefusal | null {
  if (user['deleted'] === true) return 'deactivated';
  if (user['is_bot'] === true || user['id'] === 'USLACKBOT' || user['is_workflow_bot'] === true) return 'bot';
  if (user['is_stranger'] === true) return 'stranger';
  if (user['is_restricted'] === true || user['is_ultra_restricted'] === true) return 'guest';
  return belongsTo(user, connectedTeamId) ? null : 'stranger';
}

function belongsTo(user: JsonObject, teamId: string): boolean {
  if (user['team_id'] === teamId) return true;
  const enterprise = user['enterprise_user'];
  const teams = isJsonObject(enterprise) ? enterprise['teams'] : undefined;
  return Array.isArray(teams) && teams.includes(teamId);
}

/** Slack's address of the person, when Slack gives it and they confirmed it. */
export function verifiedEmail(user: JsonObject): string | null {
  const profile = user['profile'];
  const email = isJsonObject(profile) ? textOf(profile['email']).trim() : '';
  if (user['is_email_confirmed'] === false) return null;
  return /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 254 ? email : null;
}
