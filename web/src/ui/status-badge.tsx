import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './status-badge.module.css';

export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'mute';

interface StatusBadgeProps {
  readonly tone: Tone;
  readonly icon: Icon;
  readonly size?: 'sm' | 'md' | 'lg';
  /** Turns the icon slowly: something is going on right now. */
  readonly spinning?: boolean;
  readonly children: ReactNode;
}

/** A status: always icon, word and colour together. */
export function StatusBadge({ tone, icon: Mark, size = 'md', spinning = false, children }: StatusBadgeProps) {
  const pixels = { sm: 13, md: 14, lg: 20 }[size];
  return (
    <span className={classes['badge']} data-tone={tone} data-size={size}>
      <Mark size={pixels} stroke={2} aria-hidden className={spinning ? classes['spinning'] : undefined} />
      <span className={classes['word']}>{children}</span>
    </span>
  );
}
