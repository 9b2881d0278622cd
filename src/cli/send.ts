import { problem } from '#platform/problem.ts';
import { selectReminder, type ScorecardOutline, type ScoredEntity } from '#scorecards/reminder-rules.ts';
import { summarizeScorecard } from '#scorecards/report-rules.ts';
import { scorecardReminder } from '#slack/blocks/scorecard-reminder.ts';
import { scorecardReport } from '#slack/blocks/scorecard-report.ts';
import { postMessage } from '#slack/post-message.ts';
import type { PostOutcome, SlackTransport } from '#slack/slack-http.ts';
import type { SlackMessage } from '#slack/slack-message.ts';
import { exitCodes, type CliIo } from './cli-io.ts';
import { fetchSlackHttp } from './fetch-slack-http.ts';
import { createPortalClient, type PortalClient } from './portal-client.ts';
import { readSendSettings, type SendSettings } from './send-settings.ts';

/** `quayside send`: what Port's sender container does, with the same variables, for Slack. */
export async function send(io: CliIo): Promise<number> {
  const read = readSendSettings(io.env);
  if ('mistakes' in read) {
    for (const mistake of read.mistakes) io.error(mistake);
    return exitCodes.misused;
  }
  const { settings, notes } = read;
  for (const note of notes) io.out(note);

  const portal = createPortalClient(settings.baseUrl, settings);
  const entities = await readEntities(portal, settings);
  io.out(
    `Read ${entities.length === 1 ? '1 entity' : `${entities.length} entities`} of blueprint ${settings.blueprint} from ${settings.baseUrl}.`,
  );
  const scorecard = await readScorecard(portal, settings);
  io.out(`Read scorecard ${scorecard.title || scorecard.identifier}.`);

  const messages = compose(entities, scorecard, settings);
  if (messages.length === 0) {
    io.out('There are no entities to speak of, so nothing was sent.');
    return exitCodes.done;
  }
  return postAll(messages, { kind: 'webhook', url: settings.slackWebhookUrl }, io);
}

function compose(
  entities: readonly ScoredEntity[],
  scorecard: ScorecardOutline,
  settings: SendSettings,
): readonly SlackMessage[] {
  if (settings.operation === 'scorecard_report') {
    return [scorecardReport(summarizeScorecard(entities, scorecard, settings), settings)];
  }
  return scorecardReminder(selectReminder(entities, scorecard, settings), settings);
}

async function readEntities(portal: PortalClient, settings: SendSettings): Promise<readonly ScoredEntity[]> {
  const { blueprint, filterRule } = settings;
  const answer = await portal.call({
    doing: `read the entities of blueprint ${blueprint}`,
    method: 'POST',
    path: '/v1/entities/search',
    body: {
      combinator: 'and',
      rules: [{ property: '$blueprint', operator: '=', value: blueprint }, ...(filterRule ? [filterRule] : [])],
    },
  });
  const { entities } = answer;
  if (!Array.isArray(entities) || !entities.every(hasIdentifier)) throw unexpected('entities');
  return entities as readonly ScoredEntity[];
}

async function readScorecard(portal: PortalClient, settings: SendSettings): Promise<ScorecardOutline> {
  const { blueprint, scorecard: identifier } = settings;
  const answer = await portal.call({
    doing: `read scorecard ${identifier} of blueprint ${blueprint}`,
    method: 'GET',
    path: `/v1/blueprints/${encodeURIComponent(blueprint)}/scorecards/${encodeURIComponent(identifier)}`,
  });
  const { scorecard } = answer;
  if (!hasIdentifier(scorecard) || !Array.isArray(scorecard.rules)) throw unexpected('scorecard');
  return scorecard as ScorecardOutline;
}

function hasIdentifier(value: unknown): value is { identifier: string; rules?: unknown } {
  return typeof value === 'object' && value !== null && 'identifier' in value && typeof value.identifier === 'string';
}

function unexpected(what: string): Error {
  return problem(
    'unavailable',
    'server_unreadable',
    `The server's answer holds no ${what}. Is the address the one of your Quayside?`,
  );
}

async function postAll(messages: readonly SlackMessage[], transport: SlackTransport, io: CliIo): Promise<number> {
  for (const [index, message] of messages.entries()) {
    const outcome = await postPatiently(message, transport, io);
    if (outcome.outcome !== 'posted') {
      const done = index === 0 ? '' : ` (${index} of ${messages.length} messages were posted before)`;
      io.error(`Slack message ${index + 1} of ${messages.length} was not confirmed${done}: ${outcome.message}`);
      return exitCodes.failed;
    }
  }
  io.out(messages.length === 1 ? 'Posted the message to Slack.' : `Posted ${messages.length} messages to Slack.`);
  return exitCodes.done;
}

const MOST_ATTEMPTS = 6;
const LONGEST_WAIT_MS = 120_000;

/** Waits as long as Slack asks, a few times; a wait that would hold up the pipeline for minutes ends the attempt. */
async function postPatiently(message: SlackMessage, transport: SlackTransport, io: CliIo): Promise<PostOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await postMessage(fetchSlackHttp, { transport, message, key: '' });
    const wait = outcome.outcome === 'refused' ? outcome.retryAfterMs : undefined;
    if (wait === undefined || wait > LONGEST_WAIT_MS || attempt === MOST_ATTEMPTS || io.signal.aborted) return outcome;
    io.out(`Slack asks to wait ${Math.ceil(wait / 1000)} s.`);
    await io.sleep(wait);
  }
}
