import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { DispatchOutcome, DispatchRequest, Invocation, PrepareRequest, RunBackend } from '#runs/backend.ts';
import { postMessages } from './post-messages.ts';
import { channelName, type ReminderParts, reminderTransport } from './send-reminder.ts';
import { slackLimits, type SlackBlock } from './slack-message.ts';

const type = 'SLACK_MESSAGE';
/** Would ring with everybody in the channel, and may come from what somebody typed into a form. */
const rings = /<!(channel|here|everyone|subteam\^[^>|]*)(\|[^>]*)?>/g;

/** Posts one message as the work of an action, as the organisation's Slack app; the run ends by itself. */
export function createMessageBackend(parts: ReminderParts): RunBackend {
  return {
    type,
    prepare: async (request) => prepareMessage(request),
    dispatch: async (request) => dispatchMessage(parts, request),
  };
}

function prepareMessage({ method }: PrepareRequest): Invocation {
  const { channel, text, blocks } = method;
  if (typeof text !== 'string' || text.trim() === '') throw unusable('text', 'be a text');
  if (text.length > slackLimits.message) throw unusable('text', `have at most ${slackLimits.message} characters`);
  if (channel !== undefined && channel !== null && typeof channel !== 'string') throw unusable('channel', 'be a text');
  if (blocks !== undefined && !(Array.isArray(blocks) && blocks.every(isJsonObject))) {
    throw unusable('blocks', "be a list of Slack's blocks");
  }
  if (Array.isArray(blocks) && blocks.length > slackLimits.blocks) {
    throw unusable('blocks', `be at most ${slackLimits.blocks}`);
  }
  return {
    type,
    text: quiet(text),
    ...(typeof channel === 'string' && channel !== '' ? { channel } : {}),
    ...(Array.isArray(blocks) ? { blocks: quietly(blocks) } : {}),
  };
}

function unusable(field: string, message: string): Error {
  return problem('invalid', 'invalid_evaluated_invocation_method', `The action's ${field} must ${message}.`, {
    field: `invocationMethod.${field}`,
  });
}

function quiet(text: string): string {
  return text.replaceAll(rings, (_all, whom: string) => `@${whom.replace(/\^.*/, '')}`);
}

function quietly(value: unknown): unknown {
  if (typeof value === 'string') return quiet(value);
  if (Array.isArray(value)) return value.map(quietly);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, quietly(item)]));
}

async function dispatchMessage(parts: ReminderParts, request: DispatchRequest): Promise<DispatchOutcome> {
  const { run, invocation, earlierCallAt } = request;
  const wanted = invocation['channel'];
  const transport = await reminderTransport(parts, run.org_id, typeof wanted === 'string' ? wanted : undefined);
  if (typeof transport === 'string') return refused(transport);
  const { outcome } = await postMessages(parts, {
    transport,
    messages: [{ text: String(invocation['text']), blocks: blocksOf(invocation) }],
    key: run.id,
    earlierAttemptAt: earlierCallAt,
    now: parts.clock.now(),
  });
  if (outcome === null || outcome.outcome === 'posted') {
    const channel = channelName(transport);
    return { outcome: 'ended', status: 'SUCCESS', log: [`Posted to ${channel}.`], response: { channel } };
  }
  return outcome.outcome === 'unknown' ? { outcome: 'unknown', log: [outcome.message] } : refused(outcome.message);
}

function blocksOf(invocation: Invocation): readonly SlackBlock[] {
  const given = invocation['blocks'];
  return Array.isArray(given) ? (given as readonly SlackBlock[]) : [];
}

function refused(reason: string): DispatchOutcome {
  return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Not sent', log: [reason] };
}
