import {
  IconAlignLeft,
  IconAt,
  IconBox,
  IconBoxMultiple,
  IconBraces,
  IconCalendar,
  IconCode,
  IconHash,
  IconKey,
  IconLink,
  IconListCheck,
  IconListDetails,
  IconMarkdown,
  IconNetwork,
  IconSelector,
  IconTextSize,
  IconToggleRight,
  IconUser,
  IconUsers,
  type Icon,
} from '@tabler/icons-react';
import { isPlain } from './paths.ts';

type Definition = { readonly [key: string]: unknown };

/** A kind of input as people choose it; several kinds may share a type. */
export interface InputKind {
  readonly id: string;
  readonly icon: Icon;
  readonly starts: Definition;
  readonly fits: (definition: Definition) => boolean;
}

const items = (definition: Definition): Definition => (isPlain(definition['items']) ? definition['items'] : {});
const string = (format: string, icon: Icon): InputKind => ({
  id: format,
  icon,
  starts: { type: 'string', format },
  fits: ({ type, format: given }) => type === 'string' && given === format,
});

/** The first that fits is what an input is called. */
export const inputKinds: readonly InputKind[] = [
  {
    id: 'secret',
    icon: IconKey,
    starts: { type: 'string', encryption: 'aes256-gcm' },
    fits: ({ encryption }) => encryption !== undefined,
  },
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
    fits: ({ type, format }) => type === 'string' && format === undefined,
  },
  string('multi-line', IconAlignLeft),
  {
    id: 'number',
    icon: IconHash,
    starts: { type: 'number' },
    fits: ({ type }) => type === 'number' || type === 'integer',
  },
  { id: 'boolean', icon: IconToggleRight, starts: { type: 'boolean' }, fits: ({ type }) => type === 'boolean' },
  string('entity', IconBox),
  {
    id: 'entities',
    icon: IconBoxMultiple,
    starts: { type: 'array', items: { type: 'string', format: 'entity' } },
    fits: (one) => one['type'] === 'array' && items(one)['format'] === 'entity',
  },
  string('user', IconUser),
  string('team', IconUsers),
  {
    id: 'choices',
    icon: IconListCheck,
    starts: { type: 'array', items: { type: 'string', enum: ['one', 'two'] } },
    fits: (one) => one['type'] === 'array' && items(one)['enum'] !== undefined,
  },
  {
    id: 'list',
    icon: IconListDetails,
    starts: { type: 'array', items: { type: 'string' } },
    fits: ({ type }) => type === 'array',
  },
  string('date-time', IconCalendar),
  string('url', IconLink),
  string('email', IconAt),
  string('markdown', IconMarkdown),
  string('yaml', IconCode),
  string('ipv4', IconNetwork),
  string('ipv6', IconNetwork),
  string('proto', IconCode),
  string('labeled-url', IconLink),
  { id: 'object', icon: IconBraces, starts: { type: 'object' }, fits: ({ type }) => type === 'object' },
];

export const kindOf = (definition: Definition): InputKind | undefined => inputKinds.find((one) => one.fits(definition));

/** What says what kind it is; everything else is kept when the kind changes, as far as it makes sense there. */
const kindKeys = new Set(['type', 'format', 'items', 'enum', 'enumColors', 'encryption', 'default']);
const ownKeys: Readonly<Record<string, readonly string[]>> = {
  string: ['pattern', 'minLength', 'maxLength'],
  number: ['minimum', 'maximum'],
  array: ['minItems', 'maxItems'],
};
const allOwnKeys = new Set(Object.values(ownKeys).flat());

export function asKind(definition: Definition, kind: InputKind): Definition {
  const own = ownKeys[String(kind.starts['type'])] ?? [];
  const kept = Object.entries(definition).filter(
    ([key]) => !kindKeys.has(key) && (!allOwnKeys.has(key) || own.includes(key)),
  );
  return { ...kind.starts, ...Object.fromEntries(kept) };
}
