import type { Blueprint, Entity, Scorecard } from '../../src/api/wire.ts'
import { grade } from '../grade.ts'

const HOUR = 3_600_000
export const ago = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString()
const empty = { mirrorProperties: {}, calculationProperties: {}, aggregationProperties: {}, createdAt: ago(900), updatedAt: ago(48) }

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
        language: { type: 'string', title: 'Language', enum: ['Go', 'TypeScript', 'Python', 'Kotlin'], enumColors: { Go: 'turquoise', TypeScript: 'blue', Python: 'yellow', Kotlin: 'purple' } },
        tier: { type: 'string', title: 'Tier', enum: ['1', '2', '3'], enumColors: { '1': 'red', '2': 'orange', '3': 'lightGray' }, description: '1 wakes somebody at night.' },
        health: { type: 'string', title: 'Health', enum: ['Healthy', 'Degraded', 'Down'], enumColors: { Healthy: 'green', Degraded: 'yellow', Down: 'red' } },
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
    relations: { dependsOn: { title: 'Depends on', target: 'service', many: true }, system: { title: 'System', target: 'system' } },
  },
  { ...empty, identifier: 'system', title: 'System', icon: 'System', schema: { required: [], properties: { description: { type: 'string', title: 'Description' } } }, relations: {} },
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
        healthStatus: { type: 'string', title: 'Health status', enum: ['Healthy', 'Degraded', 'Unhealthy'], enumColors: { Healthy: 'green', Degraded: 'yellow', Unhealthy: 'red' } },
        locked: { type: 'boolean', title: 'Locked' },
      },
    },
    relations: { microservice: { title: 'Microservice', target: 'microservice' } },
    changelogDestination: { type: 'WEBHOOK', url: 'https://listener.example.com/' },
  },
]

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
      { identifier: 'hasOwner', title: 'Has an owning team', description: 'Somebody answers for it.', level: 'Bronze', query: { combinator: 'and', conditions: [{ property: '$team', operator: 'isNotEmpty' }] } },
      { identifier: 'hasOnCall', title: 'Has somebody on call', level: 'Bronze', query: { combinator: 'and', conditions: [{ property: 'onCall', operator: 'isNotEmpty' }] } },
      { identifier: 'hasRunbook', title: 'Has a runbook', description: 'What to do at three in the morning.', level: 'Silver', query: { combinator: 'and', conditions: [{ property: 'runbook', operator: 'isNotEmpty' }] } },
      { identifier: 'coverage', title: 'Test coverage of at least 70 %', level: 'Silver', query: { combinator: 'and', conditions: [{ property: 'coverage', operator: '>=', value: 70 }] } },
      { identifier: 'calm', title: 'Healthy and without open incidents', level: 'Gold', query: { combinator: 'and', conditions: [{ property: 'health', operator: '=', value: 'Healthy' }, { property: 'incidents', operator: '=', value: 0 }] } },
    ],
    updatedAt: ago(200),
  },
]

type Row = [id: string, title: string, team: string, language: string, tier: string, health: string, onCall: string | null, runbook: boolean, coverage: number, incidents: number, deployed: number, depends: string[]]

const rows: Row[] = [
  ['checkout', 'Checkout', 'payments', 'Go', '1', 'Healthy', 'dev@example.com', true, 84, 0, 3, ['ledger', 'inventory']],
  ['ledger', 'Ledger', 'payments', 'Kotlin', '1', 'Healthy', 'dev@example.com', true, 91, 0, 30, []],
  ['invoicing', 'Invoicing', 'payments', 'Kotlin', '2', 'Degraded', 'lead@example.com', false, 66, 2, 80, ['ledger']],
  ['inventory', 'Inventory', 'fulfilment', 'Go', '1', 'Healthy', 'ops@example.com', true, 72, 1, 12, ['warehouse-sync']],
  ['warehouse-sync', 'Warehouse Sync', 'fulfilment', 'Python', '2', 'Healthy', null, false, 41, 0, 410, []],
  ['shipping', 'Shipping', 'fulfilment', 'Go', '2', 'Healthy', 'ops@example.com', true, 58, 0, 55, ['inventory']],
  ['storefront', 'Storefront', 'web', 'TypeScript', '1', 'Healthy', 'web@example.com', true, 77, 3, 1, ['checkout', 'search', 'accounts']],
  ['search', 'Search', 'web', 'Python', '2', 'Healthy', 'web@example.com', false, 69, 0, 20, ['inventory']],
  ['recommendations', 'Recommendations', 'data', 'Python', '3', 'Down', null, false, 22, 5, 700, ['search']],
  ['accounts', 'Accounts', 'identity', 'TypeScript', '1', 'Healthy', 'admin@example.com', true, 88, 0, 6, []],
  ['notifications', 'Notifications', 'identity', 'TypeScript', '3', 'Healthy', 'admin@example.com', true, 74, 1, 130, ['accounts']],
  ['exporter', 'Exporter', '', 'Go', '3', 'Degraded', null, false, 12, 1, 2400, ['ledger']],
]

const stamp = (hours: number) => ({ createdAt: ago(900), createdBy: 'KZ5zDPudPshQMShUb4cLopBEE1fNSJGE', updatedAt: ago(hours), updatedBy: 'KZ5zDPudPshQMShUb4cLopBEE1fNSJGE' })

const services = rows.map(([identifier, title, team, language, tier, health, onCall, runbook, coverage, incidents, deployed, dependsOn]): Entity => ({
  identifier,
  title,
  icon: null,
  blueprint: 'service',
  team: team === '' ? [] : [team],
  properties: {
    language, tier, health, onCall, coverage, incidents,
    repository: `https://git.example.com/harbour/${identifier}`,
    runbook: runbook ? `https://docs.example.com/runbooks/${identifier}` : null,
    deployedAt: ago(deployed),
    public: tier === '1',
    tags: identifier === 'checkout' ? ['pci', 'critical-path'] : [],
    limits: identifier === 'checkout' ? { cpu: '2', memory: '1Gi', replicas: 6 } : null,
  },
  relations: { dependsOn, system: ['payments'].includes(team) ? 'money' : 'shop' },
  ...stamp(deployed),
}))

export const entities: Entity[] = [
  ...services.map((entity) => ({ ...entity, scorecards: { ProductionReadiness: grade(entity, scorecards[0] as Scorecard) } })),
  { identifier: 'shop', title: 'Shop', blueprint: 'system', team: [], properties: { description: 'Everything a customer touches' }, relations: {}, ...stamp(300) },
  { identifier: 'money', title: 'Money', blueprint: 'system', team: [], properties: { description: 'Payments and books' }, relations: {}, ...stamp(300) },
  { identifier: 'my-microservice', title: 'my-microservice', blueprint: 'microservice', team: [], properties: { region: 'eu-west-1' }, relations: {}, ...stamp(4) },
  { identifier: 'my-microservice-production', title: 'my-microservice in production', blueprint: 'deploymentConfig', team: [], properties: { url: 'https://my-microservice.example.com', healthStatus: 'Degraded', locked: false }, relations: { microservice: 'my-microservice' }, ...stamp(2) },
]
