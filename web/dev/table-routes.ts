import { actions } from './data/actions.ts';
import { blueprints, scorecards } from './data/catalog.ts';
import { entities } from './data/entities.ts';
import { at, type Route } from './reply.ts';

const ok = (body: object, status = 200) => ({ body, status });

interface Findable {
  readonly identifier: string;
  readonly title?: string;
  readonly icon?: string | null;
}

/** Finding, and what tables ask for. */
export const tableRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: at('/api/v1/search'),
    handle: ({ query }) => {
      const asked = (query.get('q') ?? '').toLowerCase();
      const isFound = (one: { readonly title?: string; readonly identifier: string }): boolean =>
        `${one.title ?? ''} ${one.identifier}`.toLowerCase().includes(asked);
      const hit = (
        kind: string,
        blueprint: string | null,
        { identifier, title = identifier, icon = null }: Findable,
      ) => ({
        kind,
        identifier,
        blueprint,
        title,
        icon,
        score: 60,
        matches: [{ field: '$title', text: title, ranges: [] }],
      });
      return ok({
        results: [
          ...actions.filter(isFound).map((one) => hit('action', null, one)),
          ...entities.filter(isFound).map((one) => hit('entity', one.blueprint, one)),
          ...scorecards.filter(isFound).map((one) => hit('scorecard', one.blueprint, one)),
          ...blueprints.filter(isFound).map((one) => hit('blueprint', null, one)),
        ].slice(0, 40),
      });
    },
  },
];
