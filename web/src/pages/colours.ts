import type { Blueprint, Scorecard } from '../api/wire.ts';
import { propertiesOf } from '../catalog/columns.ts';
import { colorName } from '../ui/chip.tsx';

/** Of series and slices for which nobody chose a colour, in this order; neighbours are easily told apart. */
const palette = ['turquoise', 'blue', 'purple', 'orange', 'green', 'pink', 'gold', 'red', 'lime', 'bronze', 'olive'];

export const markOf = (name: string): string => `var(--q-${name}-mark)`;

/**
 * The colour of each value of a field: what its definition says, grey for no value; else one of the palette, or where
 * length tells them apart one for all.
 */
export function coloursOf(
  { field, isPie }: { readonly field: string; readonly isPie: boolean },
  values: readonly (string | null)[],
  blueprint: Blueprint | undefined,
  scorecards: readonly Scorecard[],
): ReadonlyMap<string | null, string> {
  const level = field.startsWith('level:')
    ? scorecards.find(
        (one) => one.identifier === field.slice('level:'.length) && one.blueprint === blueprint?.identifier,
      )
    : undefined;
  const property = blueprint === undefined ? undefined : propertiesOf(blueprint).find((one) => one.key === field);
  const named = (value: string): string | undefined =>
    level?.levels.find((one) => one.title === value)?.color ?? property?.schema.enumColors?.[value];
  let next = 0;
  return new Map(
    values.map((value) => {
      if (value === null) return [value, markOf('light-gray')];
      const chosen = named(value);
      if (chosen !== undefined) return [value, markOf(colorName(chosen))];
      const colour = palette[isPie ? next % palette.length : 0] ?? 'blue';
      next += 1;
      return [value, markOf(colour)];
    }),
  );
}

export const seriesColour = (index: number): string => markOf(palette[index % palette.length] ?? 'blue');
