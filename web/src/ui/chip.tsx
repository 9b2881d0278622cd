import type { CSSProperties, ReactNode } from 'react';
import classes from './chip.module.css';

/** Colours that Port's definitions know. */
export const colourNames = [
  'blue',
  'turquoise',
  'orange',
  'purple',
  'pink',
  'yellow',
  'green',
  'red',
  'gold',
  'silver',
  'paleBlue',
  'darkGray',
  'lightGray',
  'bronze',
  'lime',
  'olive',
  'brown',
] as const;
const known: ReadonlySet<string> = new Set(colourNames);

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The style-sheet name of a colour that a definition may name; anything unknown is light grey. */
export const colorName = (name: string | undefined): string =>
  kebab(name !== undefined && known.has(name) ? name : 'lightGray');

interface ChipProps {
  readonly color?: string | undefined;
  readonly dot?: boolean;
  readonly children: ReactNode;
}

/** A value in one of the colours a blueprint or scorecard may name. The word carries the meaning. */
export function Chip({ color, dot = false, children }: ChipProps) {
  const name = colorName(color);
  const style = {
    '--ground': `var(--q-${name}-ground)`,
    '--ink': `var(--q-${name}-text)`,
    '--mark': `var(--q-${name}-mark)`,
  } as CSSProperties;
  return (
    <span className={classes['chip']} style={style}>
      {dot && <span className={classes['dot']} aria-hidden />}
      {children}
    </span>
  );
}
