import type { FolderBody, PageBody } from '#pages/contract.ts';
import { productionReadiness } from './production-readiness.ts';
import { sendReminder } from './actions.ts';

const services = { blueprint: 'service', dataset: { combinator: 'and', rules: [] } };
const scorecard = productionReadiness.identifier;
const where = (property: string, operator: string, value: string): object => ({
  combinator: 'and',
  rules: [{ property, operator, value }],
});
const count = { type: 'entities-number-chart', calculationBy: 'entities', func: 'count', unit: 'none' };

export const sampleFolder: FolderBody = { identifier: 'engineering', title: 'Engineering' };

const widgets = [
  { ...count, ...services, id: 'all', title: 'Services', icon: 'Service' },
  {
    ...count,
    ...services,
    id: 'critical',
    title: 'Mission critical',
    dataset: where('tier', '=', 'Mission Critical'),
  },
  {
    id: 'coverage',
    type: 'entities-number-chart',
    title: 'Test coverage, median',
    ...services,
    calculationBy: 'property',
    func: 'median',
    property: 'test_coverage',
    unit: '%',
    displayFormatting: 'round',
    conditionalFormatting: [
      { operator: '>=', value: 80, color: 'green', message: 'On target' },
      { operator: '<', value: 80, color: 'orange', message: 'Below 80' },
    ],
  },
  {
    id: 'about',
    type: 'markdown',
    title: 'Welcome',
    markdown:
      'What runs, who owns it and how ready it is for production.\n\nPress a value to see its services, narrow everything with **Filter**, or **Edit** this page.',
  },
  {
    id: 'levels',
    type: 'entities-pie-chart',
    title: 'Production readiness',
    property: `level:${scorecard}`,
    ...services,
  },
  { id: 'languages', type: 'bar-chart', title: 'Services by language', property: 'language', ...services },
  { id: 'teams', type: 'bar-chart', title: 'Services by team', property: '$team', ...services },
  {
    id: 'table',
    type: 'table-entities-explorer',
    title: 'Services and their owners',
    ...services,
    blueprintConfig: {
      service: { propertiesSettings: { shown: [`level:${scorecard}`, '$team', 'tier', 'lifecycle', 'on_call'] } },
    },
  },
  {
    id: 'actions',
    type: 'action-card-widget',
    title: 'What you can do',
    actions: [{ action: sendReminder.identifier }],
  },
  {
    id: 'links',
    type: 'links-widget',
    title: 'Further',
    links: [
      {
        title: 'Production readiness',
        description: 'Rules, and who fails them',
        url: `/scorecards/service/${scorecard}`,
      },
      { title: 'All services', url: '/catalog/service' },
    ],
  },
] as const;

const places: readonly (readonly [height: number, ...columns: readonly (readonly [id: string, size: number])[]])[] = [
  [150, ['all', 2], ['critical', 2], ['coverage', 3], ['about', 5]],
  [310, ['levels', 4], ['languages', 4], ['teams', 4]],
  [430, ['table', 9], ['links', 3]],
  [130, ['actions', 12]],
];

/** What a newcomer sees first of what pages can show. */
export const serviceOverview: PageBody = {
  identifier: 'service-overview',
  type: 'dashboard',
  title: 'Service overview',
  icon: 'Service',
  description: 'All services at a glance',
  parent: sampleFolder.identifier,
  showInSidebar: true,
  widgets: [
    {
      id: 'board',
      type: 'dashboard-widget',
      layout: places.map(([height, ...columns]) => ({ height, columns: columns.map(([id, size]) => ({ id, size })) })),
      widgets,
    },
  ],
};
