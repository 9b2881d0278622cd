import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';

export const channel = 'scorecards';

interface Caller {
  call(method: string, path: string, body?: unknown): Promise<unknown>;
}

export async function startSlackChannel(): Promise<SlackCounterpart> {
  return startSlackCounterpart({ channels: [{ name: channel }] });
}

/** What the guides take for granted: the `service` blueprint of the onboarding, with a scorecard that some fail. */
export async function createScoredServices(app: Caller): Promise<void> {
  await app.call('POST', '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties: { readme: { type: 'string' }, on_call: { type: 'string' } }, required: [] },
  });
  await app.call('POST', '/v1/blueprints/service/scorecards', {
    identifier: 'ProductionReadiness',
    title: 'Production Readiness',
    levels: [
      { title: 'Basic', color: 'paleBlue' },
      { title: 'Bronze', color: 'bronze' },
      { title: 'Gold', color: 'gold' },
    ],
    rules: [
      { identifier: 'hasReadme', title: 'Has a readme', level: 'Bronze', query: isNotEmpty('readme') },
      { identifier: 'hasOnCall', title: 'Has somebody on call', level: 'Gold', query: isNotEmpty('on_call') },
    ],
  });
  const services = {
    checkout: { readme: '# Checkout', on_call: 'a@example.com' },
    search: { readme: '# Search' },
    docs: {},
  };
  for (const [identifier, properties] of Object.entries(services)) {
    const entity = { identifier, title: `The ${identifier} service`, properties };
    await app.call('POST', '/v1/blueprints/service/entities', entity);
  }
}

function isNotEmpty(property: string): object {
  return { combinator: 'and', conditions: [{ property, operator: 'isNotEmpty' }] };
}

/** The text of the one reminder in the channel, its blocks joined. */
export async function readReminder(slack: SlackCounterpart): Promise<string> {
  const messages = await slack.listMessages(channel);
  if (messages.length !== 1) throw new Error(`Expected one reminder, found ${messages.length} messages`);
  return JSON.stringify(messages[0]?.blocks);
}
