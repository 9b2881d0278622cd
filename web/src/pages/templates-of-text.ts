import type { Session } from '../api/wire.ts';

type Person = Session['person'];

const known: Readonly<Record<string, (person: Person) => string>> = {
  '.user.email': (person) => person.email,
  '.user.firstName': (person) => person.firstName,
  '.user.lastName': (person) => person.lastName,
};

/** Puts the reader's own words where a text says `{{ .user.email }}`; what is unknown stays as it stands. */
export function fillTemplate(
  text: string,
  person: Person | undefined,
  encode: (value: string) => string = (value) => value,
): string {
  if (person === undefined) return text;
  return text.replaceAll(/\{\{ (\.user\.\w+) \}\}/g, (whole, name: string) => {
    const read = known[name];
    return read === undefined ? whole : encode(read(person));
  });
}
