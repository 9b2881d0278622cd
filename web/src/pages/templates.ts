import type { Blueprint, Scorecard } from '../api/wire.ts';
import { propertiesOf } from '../catalog/columns.ts';
import type { Row, Widget } from './widget.ts';

export type TemplateKey = 'empty' | 'overview' | 'scorecard' | 'activity';

export interface TemplateInput {
  readonly blueprint: Blueprint;
  readonly scorecard: Scorecard | undefined;
  /** Titles in the language of whoever makes the page; they are theirs to change then. */
  readonly word: (key: string, values?: Readonly<Record<string, string>>) => string;
}

let made = 0;

/** An id that no widget of a page has. */
export function newId(): string {
  made += 1;
  return `w${Date.now().toString(36)}${made.toString(36)}`;
}

type Part = readonly [size: number, widget: Omit<Widget, 'id'>];

function board(rows: readonly (readonly [height: number, ...parts: Part[]])[]): readonly Widget[] {
  const widgets: Widget[] = [];
  const layout = rows.map(([height, ...parts]): Row => {
    const columns = parts.map(([size, widget]) => {
      const id = newId();
      widgets.push({ ...widget, id } as unknown as Widget);
      return { id, size };
    });
    return { height, columns };
  });
  return [{ id: newId(), type: 'dashboard-widget', layout, widgets } as unknown as Widget];
}

/** Fields whose values are few enough to be parts of a whole. */
function choicesOf(blueprint: Blueprint): readonly { readonly key: string; readonly title: string }[] {
  const own = propertiesOf(blueprint).filter(({ schema }) => schema.enum !== undefined || schema.type === 'boolean');
  const relations = Object.entries(blueprint.relations).map(([key, one]) => ({ key, title: one.title ?? key }));
  return [...own, ...relations];
}

const everything = { combinator: 'and', rules: [] };

/** Pages to begin with. */
export const templates: Readonly<Record<TemplateKey, (input: TemplateInput) => readonly Widget[]>> = {
  empty: () => [{ id: newId(), type: 'dashboard-widget', layout: [], widgets: [] }],
  overview({ blueprint, word }) {
    const about = { blueprint: blueprint.identifier, dataset: everything };
    const [first, second] = choicesOf(blueprint);
    const team = { key: '$team', title: word('word.team') };
    const chart = (type: string, { key, title }: { key: string; title: string }) => ({
      type,
      title: word('word.by', { blueprint: blueprint.title, field: title }),
      property: key,
      ...about,
    });
    return board([
      [
        150,
        [
          4,
          {
            type: 'entities-number-chart',
            title: blueprint.title,
            calculationBy: 'entities',
            func: 'count',
            unit: 'none',
            ...about,
          },
        ],
        [
          8,
          {
            type: 'markdown',
            title: word('word.about'),
            markdown: word('word.aboutText', { blueprint: blueprint.title }),
          },
        ],
      ],
      [300, [6, chart('entities-pie-chart', first ?? team)], [6, chart('bar-chart', second ?? team)]],
      [420, [12, { type: 'table-entities-explorer', title: blueprint.title, ...about }]],
    ] as never);
  },
  scorecard({ blueprint, scorecard, word }) {
    const about = { blueprint: blueprint.identifier, dataset: everything };
    const name = scorecard?.identifier ?? '';
    const levels = scorecard?.levels ?? [];
    const top = levels.at(-1)?.title ?? '';
    const atTop = { combinator: 'and', rules: [{ scorecard: name, operator: '=', value: top }] };
    const number = { type: 'entities-number-chart', calculationBy: 'entities', func: 'count', unit: 'none' };
    return board([
      [
        150,
        [6, { ...number, title: word('word.scored', { blueprint: blueprint.title }), ...about }],
        [6, { ...number, title: word('word.atLevel', { level: top }), ...about, dataset: atTop }],
      ],
      [
        300,
        [6, { type: 'entities-pie-chart', title: scorecard?.title ?? name, property: `level:${name}`, ...about }],
        [
          6,
          {
            type: 'bar-chart',
            title: word('word.by', { blueprint: blueprint.title, field: word('word.team') }),
            property: '$team',
            ...about,
          },
        ],
      ],
      [
        420,
        [
          12,
          {
            type: 'table-entities-explorer',
            title: blueprint.title,
            ...about,
            blueprintConfig: {
              [blueprint.identifier]: {
                propertiesSettings: { shown: ['$title', `level:${name}`, '$team', '$updatedAt'] },
              },
            },
          },
        ],
      ],
    ] as never);
  },
  activity({ blueprint, word }) {
    const about = { blueprint: blueprint.identifier, dataset: everything };
    const line = {
      type: 'line-chart',
      chartType: 'countEntities',
      func: 'count',
      timeInterval: 'day',
      timeRange: { preset: 'lastMonth' },
      ...about,
    };
    const sortSettings = { sortBy: [{ property: '$updatedAt', order: 'desc' }] };
    return board([
      [
        300,
        [6, { ...line, title: word('word.created', { blueprint: blueprint.title }), measureTimeBy: '$createdAt' }],
        [6, { ...line, title: word('word.updated', { blueprint: blueprint.title }), measureTimeBy: '$updatedAt' }],
      ],
      [
        420,
        [
          12,
          {
            type: 'table-entities-explorer',
            title: word('word.latest'),
            ...about,
            blueprintConfig: { [blueprint.identifier]: { sortSettings } },
          },
        ],
      ],
    ] as never);
  },
};
