import { isRecord } from '../received-request.ts';

interface Limit {
  readonly pointer: string;
  readonly value: unknown;
  readonly longest: number;
}

/**
 * What Slack would refuse with `invalid_blocks`, in its words: the limits that messages run into.
 * `emulate` takes any blocks.
 */
export function blockMistakes(blocks: unknown): string[] {
  if (blocks === undefined || blocks === '') return [];
  const list: unknown = typeof blocks === 'string' ? parsed(blocks) : blocks;
  if (!Array.isArray(list)) return ['must be an array [json-pointer:/blocks]'];
  if (list.length > 50) return ['no more than 50 items allowed [json-pointer:/blocks]'];
  return list.flatMap((block: unknown, index) => mistakesOfBlock(block, `/blocks/${index}`));
}

function mistakesOfBlock(block: unknown, at: string): string[] {
  if (!isRecord(block) || typeof block['type'] !== 'string')
    return [`missing required field: type [json-pointer:${at}]`];
  switch (block['type']) {
    case 'header':
      return tooLong([{ pointer: `${at}/text/text`, value: textOf(block['text']), longest: 150 }]);
    case 'section': {
      const fields = Array.isArray(block['fields']) ? block['fields'] : [];
      if (block['text'] === undefined && fields.length === 0)
        return [`missing required field: text [json-pointer:${at}]`];
      if (fields.length > 10) return [`no more than 10 items allowed [json-pointer:${at}/fields]`];
      return tooLong([
        { pointer: `${at}/text/text`, value: textOf(block['text']), longest: 3000 },
        ...fields.map((field: unknown, index) => ({
          pointer: `${at}/fields/${index}/text`,
          value: textOf(field),
          longest: 2000,
        })),
      ]);
    }
    case 'context': {
      const elements = Array.isArray(block['elements']) ? block['elements'] : [];
      return [
        ...tooMany(elements, 10, `${at}/elements`),
        ...elements.flatMap((element: unknown, index) => textMistakes(element, `${at}/elements/${index}`, 3000)),
      ];
    }
    case 'actions': {
      const elements = Array.isArray(block['elements']) ? block['elements'] : [];
      return [
        ...tooMany(elements, 25, `${at}/elements`),
        ...tooLong([{ pointer: `${at}/block_id`, value: block['block_id'], longest: 255 }]),
        ...elements.flatMap((element: unknown, index) => elementMistakes(element, `${at}/elements/${index}`)),
        ...twice(elements, `${at}/elements`),
      ];
    }
    case 'input':
      return [
        ...tooLong([{ pointer: `${at}/block_id`, value: block['block_id'], longest: 255 }]),
        ...textMistakes(block['label'], `${at}/label`, 2000),
        ...textMistakes(block['hint'], `${at}/hint`, 2000),
        ...elementMistakes(block['element'], `${at}/element`),
      ];
    default:
      return [];
  }
}

/** A modal or a home tab, as Slack would refuse it. */
export function viewMistakes(given: unknown): string[] {
  const view: unknown = typeof given === 'string' ? parsed(given) : given;
  if (!isRecord(view)) return ['must be an object [json-pointer:/view]'];
  const blocks = Array.isArray(view['blocks']) ? view['blocks'] : [];
  const named = ['title', 'submit', 'close'].flatMap((key) => textMistakes(view[key], `/${key}`, 24));
  return [
    ...named,
    ...tooMany(blocks, 100, '/blocks'),
    ...tooLong([
      { pointer: '/callback_id', value: view['callback_id'], longest: 255 },
      { pointer: '/private_metadata', value: view['private_metadata'], longest: 3000 },
    ]),
    ...blocks.flatMap((block: unknown, index) => mistakesOfBlock(block, `/blocks/${index}`)),
  ];
}

function elementMistakes(element: unknown, at: string): string[] {
  if (!isRecord(element)) return [`missing required field: element [json-pointer:${at}]`];
  const options = Array.isArray(element['options']) ? element['options'] : [];
  const isMenu = /^(multi_)?static_select$|^radio_buttons$|^checkboxes$/.test(String(element['type']));
  if (isMenu && options.length === 0) return [`no fewer than 1 items allowed [json-pointer:${at}/options]`];
  return [
    ...tooLong([
      { pointer: `${at}/text/text`, value: textOf(element['text']), longest: 75 },
      { pointer: `${at}/value`, value: element['value'], longest: 2000 },
      { pointer: `${at}/url`, value: element['url'], longest: 3000 },
      { pointer: `${at}/action_id`, value: element['action_id'], longest: 255 },
    ]),
    ...textMistakes(element['placeholder'], `${at}/placeholder`, 150),
    ...confirmMistakes(element['confirm'], `${at}/confirm`),
    ...tooMany(options, 100, `${at}/options`),
    ...options.flatMap((option: unknown, index) => optionMistakes(option, `${at}/options/${index}`)),
  ];
}

function optionMistakes(option: unknown, at: string): string[] {
  if (!isRecord(option)) return [`must be an object [json-pointer:${at}]`];
  return [
    ...textMistakes(option['text'], `${at}/text`, 75),
    ...tooLong([{ pointer: `${at}/value`, value: option['value'], longest: 150 }]),
  ];
}

function confirmMistakes(confirm: unknown, at: string): string[] {
  if (!isRecord(confirm)) return [];
  return Object.entries({ title: 100, text: 300, confirm: 30, deny: 30 }).flatMap(([key, longest]) =>
    textMistakes(confirm[key], `${at}/${key}`, longest),
  );
}

function textMistakes(object: unknown, at: string, longest: number): string[] {
  return tooLong([{ pointer: `${at}/text`, value: textOf(object), longest }]);
}

/** Elements of a block have names of their own. */
function twice(elements: readonly unknown[], at: string): string[] {
  const names = elements.flatMap((each) =>
    isRecord(each) && each['action_id'] !== undefined ? [each['action_id']] : [],
  );
  return new Set(names).size === names.length ? [] : [`\`action_id\` already exists [json-pointer:${at}]`];
}

function tooLong(limits: readonly Limit[]): string[] {
  return limits.flatMap(({ pointer, value, longest }) => {
    if (typeof value !== 'string') return [];
    if (value.length === 0) return [`must be more than 0 characters [json-pointer:${pointer}]`];
    return value.length > longest ? [`must be less than ${longest + 1} characters [json-pointer:${pointer}]`] : [];
  });
}

function tooMany(value: unknown, most: number, pointer: string): string[] {
  return Array.isArray(value) && value.length > most
    ? [`no more than ${most} items allowed [json-pointer:${pointer}]`]
    : [];
}

function textOf(value: unknown): unknown {
  return isRecord(value) ? value['text'] : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
