import type { ByKey, PropertyDefinition } from '#catalog/blueprint-document.ts';
import type { BlueprintBody } from '#catalog/contract.ts';

export const systemBlueprint: BlueprintBody = {
  identifier: 'system',
  title: 'System',
  description: 'Services that together do one thing for the business.',
  icon: 'System',
  ownership: { type: 'Direct' },
  schema: {
    properties: { purpose: { type: 'string', title: 'Purpose' } },
    required: [],
  },
  relations: {},
};

const serviceProperties: ByKey<PropertyDefinition> = {
  language: {
    type: 'string',
    title: 'Language',
    enum: ['Go', 'Kotlin', 'Python', 'TypeScript'],
    enumColors: { Go: 'turquoise', Kotlin: 'purple', Python: 'yellow', TypeScript: 'blue' },
  },
  tier: {
    type: 'string',
    title: 'Tier',
    description: 'How much it matters that it runs.',
    enum: ['Mission Critical', 'Customer Facing', 'Internal'],
    enumColors: { 'Mission Critical': 'red', 'Customer Facing': 'orange', Internal: 'lightGray' },
  },
  lifecycle: {
    type: 'string',
    title: 'Lifecycle',
    enum: ['Experimental', 'Production', 'Deprecated'],
    enumColors: { Experimental: 'purple', Production: 'green', Deprecated: 'darkGray' },
  },
  on_call: { type: 'string', format: 'user', title: 'On call', icon: 'User' },
  readme: { type: 'string', format: 'markdown', title: 'README', icon: 'Readme' },
  repository: { type: 'string', format: 'url', title: 'Repository', icon: 'Git' },
  url: { type: 'string', format: 'url', title: 'URL', icon: 'Link' },
  runbook: { type: 'string', format: 'url', title: 'Runbook', icon: 'Docs' },
  dashboard: { type: 'string', format: 'url', title: 'Dashboard' },
  slack_channel: { type: 'string', title: 'Slack channel', icon: 'Slack' },
  test_coverage: { type: 'number', title: 'Test coverage (%)', minimum: 0, maximum: 100 },
  slo: { type: 'number', title: 'Availability objective (%)', minimum: 0, maximum: 100 },
};

/** The blueprint of the scorecard guides, with what a portal usually knows of a service. */
export const serviceBlueprint: BlueprintBody = {
  identifier: 'service',
  title: 'Service',
  description: 'A piece of software that somebody is on call for.',
  icon: 'Service',
  ownership: { type: 'Direct', title: 'Owning teams' },
  schema: { properties: serviceProperties, required: [] },
  relations: {
    system: { title: 'System', target: 'system', required: false, many: false },
    depends_on: { title: 'Depends on', target: 'service', required: false, many: true },
  },
};
