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
    case 'context':
      return tooMany(block['elements'], 10, `${at}/elements`);
    case 'actions': {
      const elements = Array.isArray(block['elements']) ? block['elements'] : [];
      return [
        ...tooMany(elements, 25, `${at}/elements`),
        ...elements.flatMap((element: unknown, index) => buttonMistakes(element, `${at}/elements/${index}`)),
      ];
    }
    default:
      return [];
  }
}

function buttonMistakes(element: unknown, at: string): string[] {
  if (!isRecord(element)) return [];
  return tooLong([
    { pointer: `${at}/text/text`, value: textOf(element['text']), longest: 75 },
    { pointer: `${at}/value`, value: element['value'], longest: 2000 },
    { pointer: `${at}/url`, value: element['url'], longest: 3000 },
    { pointer: `${at}/action_id`, value: element['action_id'], longest: 255 },
  ]);
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
