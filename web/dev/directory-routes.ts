import { teams, users } from './data/people.ts';
import { at, type Route } from './reply.ts';

/** Those that are named, or that hold the text that is looked for. */
function among<Item>(
  all: readonly Item[],
  query: URLSearchParams,
  textsOf: (one: Item) => readonly (string | null | undefined)[],
): readonly Item[] {
  const named = query.getAll('named');
  const text = (query.get('search') ?? '').toLowerCase();
  return all.filter((one) =>
    named.length > 0
      ? textsOf(one).some((own) => named.includes(own ?? ''))
      : textsOf(one).join(' ').toLowerCase().includes(text),
  );
}

/** People and teams to choose from, and what the organisation is connected to. */
export const directoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: at('/api/v1/directory/people'),
    handle: ({ query }) => {
      const people = among(users, query, ({ email, firstName, lastName }) => [email, firstName, lastName]);
      return { body: { people, next: null } };
    },
  },
  {
    method: 'GET',
    pattern: at('/api/v1/directory/teams'),
    handle: ({ query }) => ({ body: { teams: among(teams, query, ({ name }) => [name]), next: null } }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/connections'),
    handle: () => ({
      body: {
        connections: [
          {
            kind: 'gitlab',
            settings: { url: 'https://gitlab.example.com' },
            secrets: ['token'],
            version: 1,
            updatedAt: new Date().toISOString(),
          },
        ],
      },
    }),
  },
];
