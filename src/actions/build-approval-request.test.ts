import { expect, test } from 'vitest';
import type { Actor } from '#platform/commands/actor.ts';
import type { ActionDocument } from './action.ts';
import { buildApprovalRequest } from './build-approval-request.ts';

const actor: Actor = { kind: 'credential', orgId: 'org_1', id: 'c', name: 'CI' };
const action: ActionDocument = {
  identifier: 'deploy',
  trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: { env: { title: 'Environment' } } } },
  invocationMethod: { type: 'MOCK' },
  requiredApproval: true,
};
const question = {
  actor,
  at: new Date('2026-03-01T00:00:00Z'),
  approvers: { users: [], roles: ['Admin'], teams: [] },
  entity: null,
  inputs: { env: 'prod', hidden: { a: 1 } },
};

// As the backends prepare them.
test.each([
  [{ type: 'WEBHOOK', method: 'PUT', url: 'https://example.com/x' }, 'PUT https://example.com/x'],
  [{ type: 'GITHUB', org: 'acme', repo: 'portal', workflow: 'x.yml' }, 'GitHub acme/portal x.yml'],
  [{ type: 'GITLAB', project: 'acme/platform/portal', ref: 'main' }, 'GitLab acme/platform/portal'],
  [{ type: 'AZURE_DEVOPS', org: 'acme', webhook: 'deploys' }, 'Azure DevOps acme deploys'],
  [{ type: 'UPSERT_ENTITY', blueprintIdentifier: 'service' }, 'UPSERT_ENTITY service'],
  [{ type: 'INTEGRATION_ACTION', installationId: 'ocean' }, 'INTEGRATION_ACTION ocean'],
  [{ type: 'KAFKA' }, 'KAFKA'],
])('approvers are told where %j goes, who asks and every input', (payload, place) => {
  expect(buildApprovalRequest({ ...question, action, payload })?.facts).toEqual([
    { label: 'Requested by', value: 'CI' },
    { label: 'Calls', value: place },
    { label: 'Environment', value: 'prod' },
    { label: 'hidden', value: '{"a":1}' },
  ]);
});

test.each([
  [true, 'any'],
  [{ type: 'ANY' }, 'any'],
  [{ type: 'ALL' }, 'all'],
  [{ type: 'ANY', count: 2 }, { count: 2 }],
])('%j asks for %j', (requiredApproval, quorum) => {
  const asked = buildApprovalRequest({ ...question, action: { ...action, requiredApproval }, payload: {} });
  expect(asked?.quorum).toEqual(quorum);
});

test.each([false, undefined, null])('%j asks nobody', (requiredApproval) => {
  expect(buildApprovalRequest({ ...question, action: { ...action, requiredApproval }, payload: {} })).toBeNull();
});
