import type { Approvers } from '#approvals/approval.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { JsonObject } from '#platform/json.ts';
import { actionPermissions } from './action-permissions.ts';
import type { ActionRow } from './action.ts';
import { type FormParts, teamsOf } from './check-inputs.ts';
import { evaluatePolicy, type PolicyVerdict } from './evaluate-policy.ts';

export interface ApproverQuestion {
  readonly action: ActionRow;
  /** Who asks for the run. */
  readonly actor: Actor;
  readonly at: Date;
  /** Inputs as the run shows them. */
  readonly inputs: JsonObject;
  /** The run's entity, whole. */
  readonly entity: JsonObject | null;
}

/**
 * Who may decide about a run: people by e-mail, roles and teams that the action names, the teams that own the entity
 * where it says so, and whomever each condition of the policy lists. A condition that fails or gives something else
 * than addresses adds nobody; where nobody is left, administrators decide, so that no run waits for ever.
 */
export async function findApprovers(
  parts: FormParts & { readonly db: Db },
  question: ApproverQuestion,
): Promise<Approvers> {
  const { action, entity } = question;
  const { approve } = await actionPermissions(parts.db, action.org_id, action.identifier);
  const verdict = approve.policy == null ? null : await evaluatePolicy(parts, approve.policy, question);
  const users = [...new Set([...approve.users, ...addressesOf(verdict)].map((email) => email.toLowerCase()))];
  const teams = [...new Set([...approve.teams, ...(approve.ownedByTeam === true ? teamsOf(entity) : [])])];
  const isNobody = users.length === 0 && approve.roles.length === 0 && teams.length === 0;
  return { users, roles: isNobody ? ['Admin'] : approve.roles, teams };
}

function addressesOf(verdict: PolicyVerdict | null): readonly string[] {
  const given = (verdict?.conditions ?? []).flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]) : []));
  return given.filter((item): item is string => typeof item === 'string' && item.includes('@'));
}
