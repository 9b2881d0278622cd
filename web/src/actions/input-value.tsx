import { Link } from '@tanstack/react-router';
import type { Json, UserInput } from '../api/wire.ts';
import { PropertyValue } from '../catalog/property-value.tsx';
import classes from './input-value.module.css';
import { isSecret, secretMask } from './live-form.ts';

interface InputValueProps {
  readonly value: Json;
  /** The input it was given to; unknown when the action changed since. */
  readonly input: UserInput | undefined;
  /** One line. */
  readonly compact?: boolean;
  /** Where a click away would lose what was entered. */
  readonly plain?: boolean;
}

/** What was entered into an input, in the colours and with the names that its form gave it. */
export function InputValue({ value, input, compact = false, plain = false }: InputValueProps) {
  if (isSecret(input)) return secretMask;
  const { items, enumColors } = input ?? {};
  const format = items?.format ?? input?.format;
  const blueprint = items?.blueprint ?? input?.blueprint;
  if (format === 'entity' && blueprint !== undefined)
    return <Entities value={value} blueprint={blueprint} plain={plain} />;
  if (Array.isArray(value) && format === 'user') return <People named={value as readonly Json[]} />;
  const colors = enumColors ?? items?.enumColors;
  const schema = { ...(input ?? { type: 'string' as const }), ...(colors === undefined ? {} : { enumColors: colors }) };
  return <PropertyValue value={asGiven(value, input)} schema={schema} compact={compact} />;
}

function People({ named }: { readonly named: readonly Json[] }) {
  return (
    <span className={classes['list']}>
      {named.map((one, at) => (
        <PropertyValue key={at} value={one} schema={{ type: 'string', format: 'user' }} compact />
      ))}
    </span>
  );
}

/** Numbers in colours are choices as well. */
const asGiven = (value: Json, input: UserInput | undefined): Json =>
  typeof value === 'number' && input?.enumColors !== undefined ? String(value) : value;

interface Named {
  readonly identifier: string;
  readonly title?: string;
}

/** Runs hold entities as objects or as identifiers, by the age of what reads them. */
const nameOf = (value: Json): Named =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as unknown as Named)
    : { identifier: String(value) };

function Entities({ value, blueprint, plain }: { value: Json; blueprint: string; plain: boolean }) {
  return (
    <span className={classes['list']}>
      {(Array.isArray(value) ? (value as readonly Json[]) : [value]).map(nameOf).map(({ identifier, title }) =>
        plain ? (
          <span key={identifier}>{title ?? identifier}</span>
        ) : (
          <Link
            key={identifier}
            to="/catalog/$blueprint/$identifier"
            params={{ blueprint, identifier }}
            className={classes['link']}
          >
            {title ?? identifier}
          </Link>
        ),
      )}
    </span>
  );
}
