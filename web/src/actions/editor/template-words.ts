import type { Blueprint } from '../../api/wire.ts';
import { propertiesOf } from '../../catalog/columns.ts';
import { isPlain } from './paths.ts';

/** Something a template may speak of, and what it is. */
export interface TemplateWord {
  readonly text: string;
  /** A title of the organisation's own, or the key of a phrase. */
  readonly title?: string;
  readonly phrase?: string;
}

const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `."${name}"`);

const always: readonly TemplateWord[] = [
  { text: '.run.id', phrase: 'runId' },
  { text: '.trigger.by.user.email', phrase: 'whoEmail' },
  { text: '.trigger.by.user.firstName', phrase: 'whoFirstName' },
  { text: '.trigger.by.user.lastName', phrase: 'whoLastName' },
  { text: '.trigger.at', phrase: 'when' },
  { text: '.trigger.origin', phrase: 'origin' },
  { text: '.trigger.operation', phrase: 'operation' },
  { text: '.action.identifier', phrase: 'action' },
  { text: '.action.blueprint', phrase: 'blueprint' },
  { text: '.inputs', phrase: 'allInputs' },
  { text: 'spreadValue()', phrase: 'spread' },
];

function inputWords(inputs: unknown): TemplateWord[] {
  if (!isPlain(inputs)) return [];
  return Object.entries(inputs).flatMap(([name, definition]) => {
    const input = isPlain(definition) ? definition : {};
    const title = typeof input['title'] === 'string' ? input['title'] : name;
    const word = { text: `.inputs${key(name)}`, title };
    return input['format'] === 'entity' && input['type'] !== 'array'
      ? [word, { text: `${word.text}.identifier`, title }]
      : [word];
  });
}

function entityWords(blueprint: Blueprint | undefined): TemplateWord[] {
  if (blueprint === undefined) return [];
  return [
    { text: '.entity.identifier', phrase: 'entityIdentifier' },
    { text: '.entity.title', phrase: 'entityTitle' },
    { text: '.entity.team', phrase: 'entityTeam' },
    ...propertiesOf(blueprint).map((one) => ({ text: `.entity.properties${key(one.key)}`, title: one.title })),
    ...Object.entries(blueprint.relations).map(([name, one]) => ({
      text: `.entity.relations${key(name)}`,
      title: one.title ?? name,
    })),
  ];
}

/** Everything a template of this action may speak of. The entity only where there is one. */
export function templateWords(
  inputs: unknown,
  blueprint: Blueprint | undefined,
  secrets: readonly string[] = [],
): readonly TemplateWord[] {
  return [
    ...inputWords(inputs),
    ...entityWords(blueprint),
    ...always,
    ...secrets.map((name) => ({ text: `.secrets${key(name)}`, phrase: 'secret' })),
  ];
}

/** The start of the word before the cursor, when that is inside of `{{ }}`; undefined elsewhere. */
export function templatePrefix(before: string): { readonly from: number } | undefined {
  const open = before.lastIndexOf('{{');
  if (open === -1 || before.lastIndexOf('}}') > open) return undefined;
  const inside = before.slice(open + 2);
  if (inside.includes('\n')) return undefined;
  const word = /[.\w"()-]*$/.exec(inside)?.[0] ?? '';
  return { from: before.length - word.length };
}
