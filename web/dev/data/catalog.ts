import type { Blueprint, Scorecard } from '../../src/api/wire.ts';

const HOUR = 3_600_000;
export const ago = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString();
const empty = {
  mirrorProperties: {},
  calculationProperties: {},
  aggregationProperties: {},
  createdAt: ago(900),
  updatedAt: ago(48),
};

export const blueprints: Blueprint[] = [
  {
    ...empty,
    identifier: 'service',
    title: 'Service',
    description: 'A piece of software somebody is on call for.',
    icon: 'Microservice',
    ownership: { type: 'Direct', title: 'Owning teams' },
    schema: {
      required: ['language'],
      properties: {
        language: {
          type: 'string',
          title: 'Language',
          enum: ['Go', 'TypeScript', 'Python', 'Kotlin'],
          enumColors: { Go: 'turquoise', TypeScript: 'blue', Python: 'yellow', Kotlin: 'purple' },
        },
        tier: {
          type: 'string',
          title: 'Tier',
          enum: ['1', '2', '3'],
          enumColors: { '1': 'red', '2': 'orange', '3': 'lightGray' },
          description: '1 wakes somebody at night.',
        },
        health: {
          type: 'string',
          title: 'Health',
          enum: ['Healthy', 'Degraded', 'Down'],
          enumColors: { Healthy: 'green', Degraded: 'yellow', Down: 'red' },
        },
        repository: { type: 'string', title: 'Repository', format: 'url', icon: 'Git' },
        runbook: { type: 'string', title: 'Runbook', format: 'url' },
        onCall: { type: 'string', title: 'On call', format: 'user' },
        coverage: { type: 'number', title: 'Test coverage' },
        incidents: { type: 'number', title: 'Open incidents' },
        deployedAt: { type: 'string', title: 'Last deployment', format: 'date-time' },
        public: { type: 'boolean', title: 'Public' },
        tags: { type: 'array', title: 'Tags', items: { type: 'string' } },
        limits: { type: 'object', title: 'Limits' },
      },
    },
    relations: {
      dependsOn: { title: 'Depends on', target: 'service', many: true },
      system: { title: 'System', target: 'system' },
    },
  },
  {
    ...empty,
    identifier: 'system',
    title: 'System',
    icon: 'System',
    schema: { required: [], properties: { description: { type: 'string', title: 'Description' } } },
    relations: {},
  },
  {
    ...empty,
    identifier: 'microservice',
    title: 'Microservice',
    description: 'This blueprint represents service in our software catalog',
    icon: 'Microservice',
    schema: { required: [], properties: { region: { type: 'string', title: 'Region' } } },
    relations: {},
    changelogDestination: { type: 'WEBHOOK', url: 'https://listener.example.com/' },
  },
  {
    ...empty,
    identifier: 'deploymentConfig',
    title: 'Deployment config',
    icon: 'DeploymentConfig',
    schema: {
      required: [],
      properties: {
        url: { type: 'string', title: 'URL', format: 'url' },
        healthStatus: {
          type: 'string',
          title: 'Health status',
          enum: ['Healthy', 'Degraded', 'Unhealthy'],
          enumColors: { Healthy: 'green', Degraded: 'yellow', Unhealthy: 'red' },
        },
        locked: { type: 'boolean', title: 'Locked' },
      },
    },
    relations: { microservice: { title: 'Microservice', target: 'microservice' } },
    changelogDestination: { type: 'WEBHOOK', url: 'https://listener.example.com/' },
  },
];

export const scorecards: Scorecard[] = [
  {
    id: 'scorecard_Qm3rT7',
    identifier: 'ProductionReadiness',
    title: 'Production Readiness',
    blueprint: 'service',
    levels: [
      { title: 'Basic', color: 'paleBlue' },
      { title: 'Bronze', color: 'bronze' },
      { title: 'Silver', color: 'silver' },
      { title: 'Gold', color: 'gold' },
    ],
    rules: [
      {
        identifier: 'hasOwner',
        title: 'Has an owning team',
        description: 'Somebody answers for it.',
        level: 'Bronze',
        query: { combinator: 'and', conditions: [{ property: '$team', operator: 'isNotEmpty' }] },
      },
      {
        identifier: 'hasOnCall',
        title: 'Has somebody on call',
        level: 'Bronze',
        query: { combinator: 'and', conditions: [{ property: 'onCall', operator: 'isNotEmpty' }] },
      },
      {
        identifier: 'hasRunbook',
        title: 'Has a runbook',
        description: 'What to do at three in the morning.',
        level: 'Silver',
        query: { combinator: 'and', conditions: [{ property: 'runbook', operator: 'isNotEmpty' }] },
      },
      {
        identifier: 'coverage',
        title: 'Test coverage of at least 70 %',
        level: 'Silver',
        query: { combinator: 'and', conditions: [{ property: 'coverage', operator: '>=', value: 70 }] },
      },
      {
        identifier: 'calm',
        title: 'Healthy and without open incidents',
        level: 'Gold',
        query: {
          combinator: 'and',
          conditions: [
            { property: 'health', operator: '=', value: 'Healthy' },
            { property: 'incidents', operator: '=', value: 0 },
          ],
        },
      },
    ],
    updatedAt: ago(200),
  },
];
