import { get } from '../api/client.ts';
import type { Choice, ChoiceSource } from '../ui/searched-field.tsx';

interface DirectoryPerson {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

interface DirectoryTeam {
  readonly name: string;
  readonly description: string | null;
}

const asPerson = ({ email, firstName, lastName }: DirectoryPerson): Choice => {
  const name = `${firstName} ${lastName}`.trim();
  return name === '' ? { value: email, label: email } : { value: email, label: name, note: email };
};

const asTeam = ({ name, description }: DirectoryTeam): Choice => ({
  value: name,
  label: name,
  note: description === null || description === '' ? undefined : description,
});

const withNames = (address: string, values: readonly string[]): string =>
  `${address}?${new URLSearchParams(values.map((value) => ['named', value])).toString()}`;

/** People of the organisation, by e-mail. */
export const peopleSource: ChoiceSource = {
  key: ['people', 'directory'],
  search: async (text, cursor, signal) => {
    const query = { search: text, cursor };
    const { people, next } = await get<{ people: readonly DirectoryPerson[]; next: string | null }>(
      '/api/v1/directory/people',
      { signal, query },
    );
    return { choices: people.map(asPerson), next };
  },
  named: async (values, signal) => {
    const { people } = await get<{ people: readonly DirectoryPerson[] }>(
      withNames('/api/v1/directory/people', values),
      { signal },
    );
    const found = people.map(asPerson);
    // An address may be written in other letters than it was invited with.
    return values.flatMap((value) => {
      const one = found.find((choice) => choice.value.toLowerCase() === value.toLowerCase());
      return one === undefined ? [] : [{ ...one, value }];
    });
  },
};

export const teamsSource: ChoiceSource = {
  key: ['teams', 'directory'],
  search: async (text, cursor, signal) => {
    const query = { search: text, cursor };
    const { teams, next } = await get<{ teams: readonly DirectoryTeam[]; next: string | null }>(
      '/api/v1/directory/teams',
      { signal, query },
    );
    return { choices: teams.map(asTeam), next };
  },
  named: async (values, signal) =>
    (
      await get<{ teams: readonly DirectoryTeam[] }>(withNames('/api/v1/directory/teams', values), { signal })
    ).teams.map(asTeam),
};
