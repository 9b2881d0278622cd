import { colorName } from './chip.tsx';

interface RingProps {
  readonly part: number;
  readonly whole: number;
  readonly color: string | undefined;
  readonly size?: number;
  readonly label: string;
}

/** How many of how many, as a ring with the figures inside. */
export function Ring({ part, whole, color, size = 56, label }: RingProps) {
  const radius = 20;
  const around = 2 * Math.PI * radius;
  const share = whole === 0 ? 0 : part / whole;
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" role="img" aria-label={label} style={{ flex: 'none' }}>
      <circle cx="24" cy="24" r={radius} fill="none" stroke="var(--q-line)" strokeWidth="4.5" />
      {share > 0 && (
        <circle
          cx="24"
          cy="24"
          r={radius}
          fill="none"
          stroke={`var(--q-${colorName(color)}-mark)`}
          strokeWidth="4.5"
          strokeLinecap="round"
          strokeDasharray={`${share * around} ${around}`}
          transform="rotate(-90 24 24)"
        />
      )}
      <text
        x="24"
        y="28"
        textAnchor="middle"
        fill="var(--q-text)"
        fontSize="12"
        fontWeight="620"
        style={{ fontVariantNumeric: 'tabular-nums' }}
      >
        {part}/{whole}
      </text>
    </svg>
  );
}
