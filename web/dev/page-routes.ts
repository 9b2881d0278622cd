import { entities } from './data/entities.ts';
import { Refusal, at, type Route } from './reply.ts';

const ok = (body: object, status = 200) => ({ body, status });
const about = { blueprint: 'service', dataset: { combinator: 'and', rules: [] } };

const widgets = [
  {
    id: 'number',
    type: 'entities-number-chart',
    title: 'Coverage',
    ...about,
    func: 'median',
    property: 'test_coverage',
    unit: '%',
    conditionalFormatting: [{ operator: '<', value: 80, color: 'orange', message: 'Below 80' }],
  },
  { id: 'text', type: 'markdown', title: 'About', markdown: '## Hello\n\nFor **{{ .user.email }}**' },
  { id: 'pie', type: 'entities-pie-chart', title: 'Readiness', property: 'level:ProductionReadiness', ...about },
  { id: 'bar', type: 'bar-chart', title: 'By language', property: 'language', ...about },
  { id: 'line', type: 'line-chart', title: 'Added', chartType: 'countEntities', func: 'count', ...about },
  { id: 'table', type: 'table-entities-explorer', title: 'Services', ...about },
  { id: 'links', type: 'links-widget', title: 'Links', links: [{ title: 'Catalog', url: '/catalog' }] },
  { id: 'frame', type: 'iframe-widget', title: 'Elsewhere', url: 'https://example.com/board', urlType: 'public' },
  { id: 'broken', type: 'bar-chart', title: 'Broken', property: 'gone', ...about },
  { id: 'other', type: 'ai-agent', title: 'Assistant' },
  { id: 'actions', type: 'action-card-widget', title: 'Actions', actions: [{ action: 'scale_service' }] },
];

const rows: readonly (readonly [height: number, ...ids: readonly string[]])[] = [
  [170, 'number', 'text'],
  [300, 'pie', 'bar', 'line'],
  [420, 'table'],
  [220, 'links', 'frame', 'broken'],
  [150, 'other', 'actions'],
];

const page = {
  identifier: 'overview',
  type: 'dashboard',
  title: 'Overview',
  icon: 'Service',
  description: 'Everything at a glance',
  parent: 'engineering',
  pageFilters: [
    {
      identifier: 'live',
      title: 'In production',
      query: { combinator: 'and', rules: [{ property: 'lifecycle', operator: '=', value: 'Production' }] },
    },
  ],
  widgets: [
    {
      id: 'board',
      type: 'dashboard-widget',
      layout: rows.map(([height, ...ids]) => ({ height, columns: ids.map((id) => ({ id, size: 12 / ids.length })) })),
      widgets,
    },
  ],
  updatedAt: '2026-05-04T10:00:00.000Z',
  updatedBy: 'user_admin',
};

const empty = { ...page, identifier: 'empty', title: 'Empty', description: undefined, widgets: [] };
/** Of the entities of a blueprint, with a tab that people added. */
const entityPage = {
  ...page,
  identifier: 'serviceEntity',
  type: 'entity',
  blueprint: 'service',
  pageFilters: [],
  widgets: [
    {
      id: 'tabs',
      type: 'grouper',
      groups: [
        { title: 'Overview', widgets: [{ id: 'info', type: 'entity-info' }] },
        {
          title: 'Cockpit',
          widgets: [
            {
              id: 'cockpit',
              type: 'dashboard-widget',
              layout: [
                { height: 200, columns: ['words', 'facts'].map((id) => ({ id, size: 6 })) },
                { height: 420, columns: ['near', 'changes', 'started'].map((id) => ({ id, size: 4 })) },
              ],
              widgets: [
                {
                  id: 'words',
                  type: 'markdown',
                  title: 'About {{ .entity.title }}',
                  markdown: 'For {{ .user.email }}',
                },
                { id: 'facts', type: 'entity-info', title: 'Properties' },
                { id: 'near', type: 'graph-entities-explorer', title: 'Graph' },
                { id: 'changes', type: 'table-audit-log', title: 'Changes' },
                { id: 'started', type: 'runs-table', title: 'Runs' },
              ],
            },
          ],
        },
      ],
    },
  ],
};
const homePage = { ...empty, identifier: '$home', type: 'home', title: 'Home' };
const services = entities.filter((entity) => entity.blueprint === 'service');

const answers: Readonly<Record<string, object>> = {
  'entities-number-chart': { ok: true, kind: 'number', figure: 68.5 },
  'entities-pie-chart': {
    ok: true,
    kind: 'values',
    total: 12,
    values: [
      { value: 'Gold', count: 7 },
      { value: 'Bronze', count: 4 },
      { value: null, count: 1 },
    ],
  },
  'bar-chart': {
    ok: true,
    kind: 'values',
    total: 5,
    values: [
      { value: 'Go', count: 3 },
      { value: 'Kotlin', count: 2 },
    ],
  },
  'line-chart': {
    ok: true,
    kind: 'series',
    series: { data: [3, 5, 2, 8].map((count, index) => ({ date: 1_777_800_000_000 + index * 86_400_000, count })) },
  },
  'table-entities-explorer': {
    ok: true,
    kind: 'rows',
    blueprint: 'service',
    count: services.length,
    entities: services.slice(0, 8),
  },
};
const broken = { ok: false, error: 'invalid_request', message: '"property" is not there any more.' };
const answerOf = ({ id, type }: { readonly id: string; readonly type: string }): object =>
  id === 'broken' ? broken : (answers[type] ?? broken);

/** Two dashboards in a folder, one with every kind of widget and one with none. */
export const pageRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: at('/v1/sidebars/catalog'),
    handle: () =>
      ok({
        sidebar: {
          identifier: 'catalog',
          items: [
            { identifier: 'engineering', title: 'Engineering', sidebarType: 'folder' },
            { identifier: 'overview', title: 'Overview', sidebarType: 'page', parent: 'engineering', icon: 'Service' },
            { identifier: 'empty', title: 'Empty', sidebarType: 'page' },
          ],
        },
      }),
  },
  {
    method: 'GET',
    pattern: at('/v1/pages/:page'),
    handle: ({ params, response }) => {
      const found = [page, empty, entityPage, homePage].find((one) => one.identifier === params[0]);
      if (found === undefined) throw new Refusal(404, 'not_found', `Page with identifier "${params[0]}" was not found`);
      response.setHeader('etag', '"1"');
      return ok({ page: found, mayUpdate: true });
    },
  },
  { method: 'PATCH', pattern: at('/v1/pages/:page'), handle: () => ok({ page }) },
  {
    method: 'GET',
    pattern: at('/v1/pages/:page/permissions'),
    handle: () => {
      const grant = { users: [], roles: ['Admin'], teams: [] };
      return ok({ permissions: { read: { ...grant, roles: ['Admin', 'Member'] }, update: grant } });
    },
  },
  {
    method: 'POST',
    pattern: at('/api/v1/pages/:page/data'),
    handle: () => ok({ widgets: Object.fromEntries(widgets.map((widget) => [widget.id, answerOf(widget)])) }),
  },
  {
    method: 'POST',
    pattern: at('/api/v1/widget-previews'),
    handle: ({ body }) => ok({ widget: answerOf(body['widget'] as { id: string; type: string }) }),
  },
];
