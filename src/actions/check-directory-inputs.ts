import type { PropertyFault } from '#catalog/validate-properties.ts';
import { isJsonObject } from '#platform/json.ts';
import type { UserInput, UserInputs } from './action.ts';
import { faultOf } from './input-values-rules.ts';
import { secretInputs } from './secret-inputs-rules.ts';

/** People by e-mail and teams by name, those of them that the organisation has. */
export interface DirectoryNames {
  readonly people: readonly string[];
  readonly teams: readonly string[];
}

/** E-mail addresses compare without regard to case, and come back in small letters. */
export type KnownNames = (orgId: string, asked: DirectoryNames) => Promise<DirectoryNames>;

type Kind = 'user' | 'team';

/** Inputs that name people and teams, who have to be in the organisation; asked for in one go. */
export async function directoryFaults(
  known: KnownNames,
  orgId: string,
  inputs: UserInputs,
  values: Readonly<Record<string, unknown>>,
): Promise<readonly PropertyFault[]> {
  const secret = secretInputs(inputs);
  const asked = Object.entries(inputs.properties).flatMap(([key, input]) => {
    const kind = directoryKind(input);
    return kind === null || secret.has(key) ? [] : [{ key, kind, named: namesIn(values[key]) }];
  });
  const all = (kind: Kind): readonly string[] => asked.flatMap((one) => (one.kind === kind ? one.named : []));
  const [people, teams] = [all('user').map((email) => email.toLowerCase()), all('team')];
  if (people.length + teams.length === 0) return [];
  const found = await known(orgId, { people, teams });
  const there = { user: new Set(found.people), team: new Set(found.teams) };
  return asked.flatMap(({ key, kind, named }) => {
    const unknown = named.find((name) => !there[kind].has(kind === 'user' ? name.toLowerCase() : name));
    if (unknown === undefined) return [];
    const what = kind === 'user' ? 'person with this e-mail' : 'such team';
    return [faultOf(key, `names "${unknown}", and there is no ${what} in the organisation`)];
  });
}

function directoryKind(input: UserInput): Kind | null {
  const items = isJsonObject(input['items']) ? input['items'] : {};
  const format = input.type === 'array' ? items['format'] : input.format;
  return format === 'user' || format === 'team' ? format : null;
}

function namesIn(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string' && item !== '');
}
