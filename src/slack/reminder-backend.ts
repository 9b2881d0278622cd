import { systemActor } from '#platform/commands/actor.ts';
import { problem } from '#platform/problem.ts';
import type { DispatchOutcome, DispatchRequest, Invocation, PrepareRequest, RunBackend } from '#runs/backend.ts';
import { type ReminderParts, sendReminder } from './send-reminder.ts';

const type = 'SCORECARD_REMINDER';

interface ReminderInvocation extends Invocation {
  readonly blueprintIdentifier: string;
  readonly scorecardIdentifier: string;
  readonly channel?: string;
}

/** Sends a scorecard's reminder as the work of an action; the run ends by itself. */
export function createReminderBackend(parts: ReminderParts): RunBackend {
  return {
    type,
    prepare: async (request) => prepareReminder(request),
    dispatch: async (request) => dispatchReminder(parts, request),
  };
}

function prepareReminder({ method }: PrepareRequest): ReminderInvocation {
  const { channel } = method;
  if (channel !== undefined && channel !== null && typeof channel !== 'string') throw unusable('channel');
  return {
    type,
    blueprintIdentifier: identifier(method, 'blueprintIdentifier'),
    scorecardIdentifier: identifier(method, 'scorecardIdentifier'),
    ...(typeof channel === 'string' && channel !== '' ? { channel } : {}),
  };
}

function identifier(method: PrepareRequest['method'], key: string): string {
  const given = method[key];
  if (typeof given !== 'string' || given === '') throw unusable(key);
  return given;
}

function unusable(field: string): Error {
  return problem('invalid', 'invalid_evaluated_invocation_method', `The action's ${field} must be a text.`, {
    field: `invocationMethod.${field}`,
  });
}

async function dispatchReminder(parts: ReminderParts, request: DispatchRequest): Promise<DispatchOutcome> {
  const { run, earlierCallAt } = request;
  const invocation = request.invocation as ReminderInvocation;
  const result = await sendReminder(parts, {
    actor: systemActor(run.org_id, 'reminders'),
    blueprint: invocation.blueprintIdentifier,
    scorecard: invocation.scorecardIdentifier,
    channel: invocation.channel,
    key: run.id,
    earlierAttemptAt: earlierCallAt,
  });
  const log = [result.summary];
  if (result.outcome === 'unknown') return { outcome: 'unknown', log };
  if (result.outcome === 'refused') return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Not sent', log };
  const { channel, messages, entities } = result;
  return { outcome: 'ended', status: 'SUCCESS', log, response: { channel, messages, entities } };
}
