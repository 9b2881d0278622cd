import type { Block } from '../../src/slack/blocks.ts';
import type { Entity } from '../../src/api/wire.ts';
import { announce } from '../live.ts';
import { ago, scorecards } from './catalog.ts';
import { entities } from './entities.ts';

interface Message {
  ts: string;
  userName: string;
  text: string;
  blocks: readonly Block[];
  at: string;
}

const scorecard = scorecards[0];
const passed = (entity: Entity): number =>
  entity.scorecards?.['ProductionReadiness']?.rules.filter((rule) => rule.status === 'SUCCESS').length ?? 0;
const total = scorecard?.rules.length ?? 0;

export const reminded = (): readonly Entity[] =>
  entities.filter((entity) => entity.blueprint === 'service' && passed(entity) < total);

export function reminderBlocks(): readonly Block[] {
  const unmet = reminded();
  const levels = [...new Set(unmet.map((entity) => entity.scorecards?.['ProductionReadiness']?.level ?? ''))];
  return [
    { type: 'header', text: { type: 'plain_text', text: ':bell: Production Readiness reminder' } },
    {
      type: 'section',
      text: {
        type: 'mrkdwn',
        text: 'Some of your Services have unmet rules.\nFollow the links to see what each one needs :star:',
      },
    },
    { type: 'section', text: { type: 'mrkdwn', text: `:warning: *${unmet.length} Services with unmet rules*` } },
    ...levels.map((level): Block => ({
      type: 'section',
      text: {
        type: 'mrkdwn',
        text: `*${level}*\n${unmet
          .filter((entity) => entity.scorecards?.['ProductionReadiness']?.level === level)
          .toSorted((left, right) => passed(right) - passed(left))
          .map(
            (entity) =>
              `• <http://127.0.0.1:3000/serviceEntity?identifier=${entity.identifier}|${entity.title}> - \`${passed(entity)}/${total} Passed\``,
          )
          .join('\n')}`,
      },
    })),
  ];
}

export const channels = [
  { id: 'C01', name: 'engineering' },
  { id: 'C02', name: 'incidents' },
  { id: 'C03', name: 'deployments' },
];

export const messages: Record<string, Message[]> = {
  C01: [
    { ts: '1', userName: 'Quayside', text: 'Production Readiness reminder', blocks: reminderBlocks(), at: ago(72) },
  ],
  C02: [
    {
      ts: '2',
      userName: 'Changelog listener',
      text: 'Health changed',
      blocks: [
        {
          type: 'header',
          text: { type: 'plain_text', text: ':rotating_light: my-microservice-production is Degraded' },
        },
        { type: 'section', text: { type: 'mrkdwn', text: '*Health status* went from `Healthy` to `Degraded`.' } },
        {
          type: 'context',
          elements: [
            {
              type: 'mrkdwn',
              text: 'Deployment config · <http://127.0.0.1:3000/deploymentConfigEntity?identifier=my-microservice-production|Open in Quayside>',
            },
          ],
        },
        { type: 'divider' },
        {
          type: 'actions',
          elements: [
            { type: 'button', text: { type: 'plain_text', text: 'Open entity' }, style: 'primary' },
            { type: 'button', text: { type: 'plain_text', text: 'Mute' } },
          ],
        },
      ],
      at: ago(2),
    },
  ],
  C03: [],
};

export function postReminder(): void {
  messages['C01']?.push({
    ts: String(Date.now()),
    userName: 'Quayside',
    text: 'Production Readiness reminder',
    blocks: reminderBlocks(),
    at: new Date().toISOString(),
  });
  announce('CREATE', 'slack-message', {});
}
