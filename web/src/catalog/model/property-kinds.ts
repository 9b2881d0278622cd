import {
  IconAlignLeft,
  IconApi,
  IconAppWindow,
  IconAt,
  IconBraces,
  IconCalendar,
  IconCode,
  IconHash,
  IconHourglass,
  IconLink,
  IconListCheck,
  IconListDetails,
  IconListNumbers,
  IconMarkdown,
  IconNetwork,
  IconSelector,
  IconStack2,
  IconTag,
  IconTextSize,
  IconToggleRight,
  IconUser,
  IconUsers,
  type Icon,
} from '@tabler/icons-react';
import { isPlain } from '../../actions/editor/paths.ts';
import type { Definition } from './blueprint-edits.ts';

/** A kind of property as people choose it; several kinds may share a type. */
export interface PropertyKind {
  readonly id: string;
  readonly icon: Icon;
  readonly starts: Definition;
  readonly fits: (definition: Definition) => boolean;
}

const itemsOf = (definition: Definition): Definition => (isPlain(definition['items']) ? definition['items'] : {});
const format = (name: string, icon: Icon): PropertyKind => ({
  id: name,
  icon,
  starts: { type: 'string', format: name },
  fits: (one) => one['type'] === 'string' && one['format'] === name && one['spec'] === undefined,
});
const list = (id: string, icon: Icon, type: string): PropertyKind => ({
  id,
  icon,
  starts: { type: 'array', items: { type } },
  fits: (one) => one['type'] === 'array' && itemsOf(one)['type'] === type,
});
const spec = (name: string, icon: Icon, starts: Definition): PropertyKind => ({
  id: name,
  icon,
  starts: { ...starts, spec: name },
  fits: (one) => one['spec'] === name,
});

/** The first that fits is what a property is called. */
export const propertyKinds: readonly PropertyKind[] = [
  spec('embedded-url', IconAppWindow, { type: 'string', format: 'url' }),
  spec('open-api', IconApi, { type: 'object' }),
  spec('async-api', IconApi, { type: 'object' }),
  {
    id: 'select',
    icon: IconSelector,
    starts: { type: 'string', enum: ['one', 'two'] },
    fits: (one) => one['type'] === 'string' && one['enum'] !== undefined,
  },
  {
    id: 'text',
    icon: IconTextSize,
    starts: { type: 'string' },
    fits: (one) => one['type'] === 'string' && one['format'] === undefined,
  },
  { id: 'number', icon: IconHash, starts: { type: 'number' }, fits: (one) => one['type'] === 'number' },
  { id: 'boolean', icon: IconToggleRight, starts: { type: 'boolean' }, fits: (one) => one['type'] === 'boolean' },
  format('url', IconLink),
  {
    id: 'labeled-url',
    icon: IconTag,
    starts: { type: 'object', format: 'labeled-url' },
    fits: (one) => one['format'] === 'labeled-url',
  },
  format('email', IconAt),
  format('user', IconUser),
  format('team', IconUsers),
  format('date-time', IconCalendar),
  format('timer', IconHourglass),
  format('markdown', IconMarkdown),
  format('yaml', IconCode),
  {
    id: 'choices',
    icon: IconListCheck,
    starts: { type: 'array', items: { type: 'string', enum: ['one', 'two'] } },
    fits: (one) => one['type'] === 'array' && itemsOf(one)['enum'] !== undefined,
  },
  list('list', IconListDetails, 'string'),
  list('numbers', IconListNumbers, 'number'),
  list('objects', IconBraces, 'object'),
  format('ipv4', IconNetwork),
  format('ipv6', IconNetwork),
  format('proto', IconCode),
  format('blueprints', IconStack2),
  { id: 'object', icon: IconBraces, starts: { type: 'object' }, fits: (one) => one['type'] === 'object' },
  { id: 'any-list', icon: IconListDetails, starts: { type: 'array' }, fits: (one) => one['type'] === 'array' },
  { id: 'other', icon: IconAlignLeft, starts: { type: 'string' }, fits: () => true },
];

const other = propertyKinds.at(-1) as PropertyKind;

export const kindOf = (definition: Definition): PropertyKind =>
  propertyKinds.find((one) => one.fits(definition)) ?? other;

/** What entities hold, which cannot become something else in place. */
export const storedType = (definition: Definition): string =>
  definition['type'] === 'array' ? `array of ${String(itemsOf(definition)['type'])}` : String(definition['type']);

/** Says what kind it is; the rest stays when the kind changes, as far as it makes sense there. */
const kindKeys = new Set(['type', 'format', 'spec', 'specAuthentication', 'items', 'enum', 'enumColors', 'default']);
const ownKeys: Readonly<Record<string, readonly string[]>> = {
  string: ['pattern', 'minLength', 'maxLength'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  array: ['minItems', 'maxItems', 'uniqueItems'],
};
const allOwnKeys = new Set(Object.values(ownKeys).flat());

export function asKind(definition: Definition, kind: PropertyKind): Definition {
  const own = ownKeys[String(kind.starts['type'])] ?? [];
  const kept = Object.entries(definition).filter(
    ([key]) => !kindKeys.has(key) && (!allOwnKeys.has(key) || own.includes(key)),
  );
  return { ...Object.fromEntries(kept), ...kind.starts };
}
