import type { Action, Run, RunLog, TimelineEntry } from '../../src/api/wire.ts';
import { ago } from './catalog.ts';
import { openWindow } from './open-window.ts';

export const actions: Action[] = [
  {
    identifier: 'send_scorecard_reminder',
    title: 'Send scorecard reminder',
    icon: 'Slack',
    description: 'Send a scorecard reminder to your team on Slack',
    trigger: {
      type: 'self-service',
      operation: 'CREATE',
      blueprintIdentifier: 'service',
      userInputs: { properties: {}, required: [], order: [] },
    },
    invocationMethod: {
      type: 'GITHUB',
      org: 'harbour',
      repo: 'port-actions',
      workflow: 'port-slack-reminder.yml',
      workflowInputs: { run_id: '{{ .run.id }}' },
      reportWorkflowStatus: true,
    },
    requiredApproval: false,
  },
  {
    identifier: 'scale_service',
    title: 'Scale service',
    icon: 'Server',
    description: 'Change how many replicas of a service run in an environment.',
    trigger: {
      type: 'self-service',
      operation: 'DAY-2',
      blueprintIdentifier: 'service',
      userInputs: {
        properties: {
          environment: {
            type: 'string',
            title: 'Environment',
            enum: ['staging', 'production'],
            enumColors: { staging: 'blue', production: 'red' },
          },
          replicas: { type: 'number', title: 'Replicas', minimum: 1, maximum: 20, default: 3 },
          reason: { type: 'string', title: 'Reason', description: 'One sentence for whoever reads the log later.' },
          drain: { type: 'boolean', title: 'Drain connections first', default: true },
        },
        required: ['environment', 'replicas'],
        order: ['environment', 'replicas', 'reason', 'drain'],
      },
    },
    invocationMethod: { type: 'WEBHOOK', url: 'https://deployer.example.com/scale' },
  },
  {
    identifier: 'request_access',
    title: 'Request access',
    icon: 'Lock',
    description: 'Get temporary access to a service’s production data.',
    trigger: {
      type: 'self-service',
      operation: 'CREATE',
      userInputs: {
        properties: {
          service: { type: 'string', title: 'Service', format: 'entity', blueprint: 'service' },
          approver: { type: 'string', title: 'Approver', format: 'user' },
          team: { type: 'string', title: 'Team', format: 'team' },
          until: { type: 'string', title: 'Until', format: 'date-time' },
          contact: { type: 'string', title: 'Contact', format: 'email' },
          ticket: { type: 'string', title: 'Ticket', format: 'url' },
          scopes: {
            type: 'array',
            title: 'Scopes',
            items: { type: 'string', enum: ['read', 'write', 'admin'] },
            minItems: 1,
          },
          labels: { type: 'array', title: 'Labels', items: { type: 'string' } },
          options: { type: 'object', title: 'Options' },
        },
        required: ['service', 'until', 'scopes'],
        order: ['service', 'approver', 'team', 'until', 'contact', 'ticket', 'scopes', 'labels', 'options'],
      },
    },
    invocationMethod: { type: 'WEBHOOK', url: 'https://access.example.com/requests' },
    requiredApproval: true,
  },
  openWindow,
  {
    identifier: 'microservice_create_microservice',
    title: 'Create Microservice',
    icon: 'Microservice',
    description: 'Create new microservice',
    trigger: {
      type: 'self-service',
      operation: 'CREATE',
      blueprintIdentifier: 'microservice',
      userInputs: {
        properties: {
          name: { type: 'string', title: 'Service name' },
          region: { type: 'string', title: 'Cloud Region' },
        },
        required: ['name'],
      },
    },
    invocationMethod: { type: 'WEBHOOK', url: 'https://listener.example.com/' },
  },
  {
    identifier: 'microservice_deploy_microservice',
    title: 'Deploy Microservice',
    icon: 'Deployment',
    description: 'Deploy the microservice in a specified environment',
    trigger: {
      type: 'self-service',
      operation: 'DAY-2',
      blueprintIdentifier: 'microservice',
      userInputs: { properties: { environment: { type: 'string', title: 'Environment' } } },
    },
    invocationMethod: { type: 'WEBHOOK', url: 'https://listener.example.com/' },
  },
];

export interface RunRecord {
  run: Run;
  logs: RunLog[];
  timeline: TimelineEntry[];
}

interface Past {
  id: string;
  action: string;
  status: Run['status'];
  label?: string;
  hours: number;
  seconds: number;
  by: string;
  entity?: [blueprint: string, identifier: string, title: string];
  logs: string[];
  properties?: Run['properties'];
}

const at = (hours: number, seconds: number): string => new Date(Date.parse(ago(hours)) + seconds * 1000).toISOString();

function timelineOf(
  { action, status, label, hours, by, logs }: Past,
  definition: Action,
  ended: string | null,
): TimelineEntry[] {
  return [
    { at: at(hours, 0), kind: 'asked', by: { kind: by.includes('@') ? 'user' : 'credential', name: by } },
    {
      at: at(hours, 1),
      kind: 'dispatched',
      title:
        definition.invocationMethod.type === 'GITHUB'
          ? 'GitHub workflow port-slack-reminder.yml'
          : 'Webhook answered 200',
    },
    ...logs.map((message, index): TimelineEntry => ({ at: at(hours, 2 + index * 2), kind: 'log', message })),
    ...(action === 'microservice_create_microservice'
      ? [
          {
            at: at(hours, 4),
            kind: 'entity-changed' as const,
            action: 'CREATE' as const,
            blueprint: 'microservice',
            entity: 'my-microservice',
            by: { kind: 'credential', name: 'Application' },
            diff: {
              before: null,
              after: { identifier: 'my-microservice', title: 'my-microservice', properties: { region: 'eu-west-1' } },
            },
          },
        ]
      : []),
    ...(ended === null
      ? []
      : [
          {
            at: ended,
            kind: status === 'SUCCESS' ? ('ended' as const) : ('failed' as const),
            ...(label === undefined ? {} : { title: label }),
          },
        ]),
  ];
}

function past(sketch: Past): RunRecord {
  const { id, action, status, label, hours, seconds, by, entity, logs, properties = {} } = sketch;
  const definition = actions.find((one) => one.identifier === action);
  if (definition === undefined) throw new Error(`no sample action ${action}`);
  const ended = status === 'IN_PROGRESS' || status === 'WAITING_FOR_APPROVAL' ? null : at(hours, seconds);
  return {
    run: {
      id,
      status,
      statusLabel: label ?? null,
      blueprint:
        definition.trigger.blueprintIdentifier === undefined
          ? null
          : {
              identifier: definition.trigger.blueprintIdentifier,
              title: entity?.[0] ?? definition.trigger.blueprintIdentifier,
            },
      entity: entity === undefined ? null : { identifier: entity[1], title: entity[2] },
      action: { identifier: action, title: definition.title ?? action, icon: definition.icon ?? null },
      properties,
      requiredApproval: status === 'WAITING_FOR_APPROVAL' ? { type: 'ANY' } : false,
      endedAt: ended,
      source: by.includes('@') ? 'UI' : 'API',
      link:
        definition.invocationMethod.type === 'GITHUB'
          ? ['https://github.example.com/harbour/port-actions/actions/runs/3617893813']
          : null,
      payload: { ...definition.invocationMethod } as Run['payload'] & object,
      response: null,
      createdBy: by,
      updatedBy: by,
      createdAt: at(hours, 0),
      updatedAt: ended ?? at(hours, 1),
    },
    logs: logs.map((message, index) => ({ id: `${id}_${index}`, message, createdAt: at(hours, 2 + index * 2) })),
    timeline: timelineOf(sketch, definition, ended),
  };
}

export const runs = new Map<string, RunRecord>(
  [
    past({
      id: 'r_h2Vb8nQx4TzK1mLw',
      action: 'scale_service',
      status: 'IN_PROGRESS',
      label: 'Waiting for 2 of 6 replicas',
      hours: 0.03,
      seconds: 0,
      by: 'dev@example.com',
      entity: ['service', 'checkout', 'Checkout'],
      properties: { environment: 'production', replicas: 6, drain: true },
      logs: ['Scaling checkout in production from 3 to 6', 'Draining connections', '4 of 6 replicas ready'],
    }),
    past({
      id: 'r_QOz6WoOB1Q2lmhZZ',
      action: 'microservice_create_microservice',
      status: 'SUCCESS',
      hours: 4,
      seconds: 300,
      by: 'admin@example.com',
      properties: { name: 'my-microservice', region: 'eu-west-1' },
      logs: ['new entity: my-microservice', 'New entity created!'],
    }),
    past({
      id: 'r_z0nJYJv0wCm2ASTR',
      action: 'microservice_deploy_microservice',
      status: 'FAILURE',
      label: 'Wrong personal token provided',
      hours: 20,
      seconds: 12,
      by: 'dev@example.com',
      entity: ['microservice', 'my-microservice', 'my-microservice'],
      properties: { environment: 'production' },
      logs: [
        'Deploying my-microservice to production',
        'POST https://deployer.example.com/deploy answered 401: the personal token is not valid any more. Create a new one under Settings and store it as DEPLOYER_TOKEN.',
      ],
    }),
    past({
      id: 'r_W6nYt4cJq8RbX0pS',
      action: 'request_access',
      status: 'WAITING_FOR_APPROVAL',
      hours: 26,
      seconds: 0,
      by: 'web@example.com',
      properties: { service: 'ledger', scopes: ['read'] },
      logs: [],
    }),
    past({
      id: 'r_7FkPq2sVd0WmZr5H',
      action: 'send_scorecard_reminder',
      status: 'SUCCESS',
      hours: 72,
      seconds: 9,
      by: 'lead@example.com',
      logs: ['Workflow port-slack-reminder.yml started', 'Slack reminder sent successfully 🚀'],
    }),
    past({
      id: 'r_Kp3xD9mUa6QwE1vN',
      action: 'scale_service',
      status: 'DECLINED',
      hours: 100,
      seconds: 600,
      by: '60EsooJtOqimlekxrNh7nfr2iOgTcyLZ',
      entity: ['service', 'ledger', 'Ledger'],
      properties: { environment: 'production', replicas: 18 },
      logs: [],
    }),
  ].map((record) => [record.run.id, record]),
);
