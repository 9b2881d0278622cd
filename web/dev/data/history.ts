import type { Audit } from '../../src/api/wire.ts'
import type { Delivery } from '../../src/deliveries/api.ts'
import { ago } from './catalog.ts'

type Sketch = [action: Audit['action'], resource: string, context: Audit['context'], who: string, origin: string, hours: number, before: object | null, after: object | null, status?: 'FAILURE']

const sketches: Sketch[] = [
  ['UPDATE', 'entity', { blueprint: 'deploymentConfig', entity: 'my-microservice-production' }, 'KZ5zDPudPshQMShUb4cLopBEE1fNSJGE', 'API', 2, { properties: { healthStatus: 'Healthy' } }, { properties: { healthStatus: 'Degraded' } }],
  ['UPDATE', 'entity', { blueprint: 'service', entity: 'checkout' }, 'dev@example.com', 'UI', 3, { properties: { coverage: 81 } }, { properties: { coverage: 84 } }],
  ['CREATE', 'entity', { blueprint: 'microservice', entity: 'my-microservice', runId: 'r_QOz6WoOB1Q2lmhZZ' }, 'KZ5zDPudPshQMShUb4cLopBEE1fNSJGE', 'API', 3.9, null, { title: 'my-microservice', properties: { region: 'eu-west-1' } }],
  ['CREATE', 'run', { blueprint: 'microservice', runId: 'r_QOz6WoOB1Q2lmhZZ', action: 'microservice_create_microservice' }, 'admin@example.com', 'UI', 4, null, { status: 'IN_PROGRESS' }],
  ['UPDATE', 'scorecard', { blueprint: 'service', scorecard: 'ProductionReadiness' }, 'lead@example.com', 'UI', 9, { title: 'Readiness' }, { title: 'Production Readiness' }],
  ['UPDATE', 'entity', { blueprint: 'service', entity: 'exporter' }, 'web@example.com', 'UI', 16, { properties: { health: 'Healthy' } }, { properties: { health: 'Degraded' } }],
  ['CREATE', 'entity', { blueprint: 'service', entity: 'billing' }, 'dev@example.com', 'API', 22, null, { title: 'Billing' }, 'FAILURE'],
  ['CREATE', 'action', { action: 'request_access' }, 'admin@example.com', 'UI', 50, null, { title: 'Request access' }],
  ['UPDATE', 'blueprint', { blueprint: 'service' }, 'admin@example.com', 'UI', 52, { properties: {} }, { properties: { tags: { type: 'array' } } }],
  ['DELETE', 'entity', { blueprint: 'service', entity: 'old-mailer' }, 'ops@example.com', 'UI', 77, { title: 'Old mailer', properties: { language: 'Python' } }, null],
]

export const audits: Audit[] = sketches.map(([action, resourceType, context, who, origin, hours, before, after, status], index) => ({
  identifier: `event_${String(index).padStart(16, 'x')}`,
  action,
  resourceType,
  status: status ?? 'SUCCESS',
  ...(status === undefined ? {} : { message: 'Property “language” is required by blueprint “service”.' }),
  trigger: { by: who.includes('@') ? { orgId: 'org_7SDeR821bunhS8es', userId: who, user: { email: who } } : { orgId: 'org_7SDeR821bunhS8es', userId: who }, origin, at: ago(hours) },
  context,
  diff: { before, after } as Audit['diff'] & object,
}))

const base = { endpoint: 'https://listener.example.com/…', blueprint: 'deploymentConfig', entity: 'my-microservice-production' }

export const deliveries: Delivery[] = [
  { ...base, id: 'd_5', state: 'pending', eventNumber: 1184, attempts: 2, nextAttemptAt: new Date(Date.now() + 40_000).toISOString(), lastStatus: 503, lastError: 'The listener answered 503 Service Unavailable.', createdAt: ago(0.05), deliveredAt: null },
  { ...base, id: 'd_4', state: 'delivered', eventNumber: 1181, attempts: 1, nextAttemptAt: null, lastStatus: 200, lastError: null, createdAt: ago(2), deliveredAt: ago(2) },
  { ...base, id: 'd_3', state: 'dead', eventNumber: 1102, attempts: 8, nextAttemptAt: null, lastStatus: null, lastError: 'connect ECONNREFUSED: nothing listens at listener.example.com.', createdAt: ago(30), deliveredAt: null },
  { ...base, id: 'd_2', state: 'unknown', endpoint: 'https://hooks.slack.example.com/…', eventNumber: 1090, attempts: 1, nextAttemptAt: null, lastStatus: null, lastError: 'The connection broke after the message was sent, so it may have arrived.', createdAt: ago(41), deliveredAt: null },
  { ...base, id: 'd_1', state: 'failed', blueprint: 'microservice', entity: 'my-microservice', eventNumber: 1044, attempts: 1, nextAttemptAt: null, lastStatus: 301, lastError: 'The listener redirected to another address; redirects are not followed.', createdAt: ago(60), deliveredAt: null },
]
