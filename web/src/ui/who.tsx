import { IconRobot } from '@tabler/icons-react';
import classes from './who.module.css';

const grounds = ['turquoise', 'blue', 'purple', 'pink', 'orange', 'green', 'brown', 'olive'];

function groundOf(name: string): string {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return grounds[sum % grounds.length] ?? 'turquoise';
}

function initials(name: string): string {
  const words = name
    .replace(/@.*/, '')
    .split(/[\s._-]+/)
    .filter(Boolean);
  return (words.length > 1 ? `${words[0]?.[0]}${words.at(-1)?.[0]}` : name.slice(0, 2)).toUpperCase();
}

/** A person is an e-mail or a name with letters and a blank; client ids and integrations are machines. */
export const looksLikePerson = (name: string): boolean =>
  name.includes('@') ? !name.endsWith('@clients') : /\s/.test(name);

interface WhoProps {
  readonly name: string;
  readonly machine?: boolean;
  readonly compact?: boolean;
  readonly size?: number;
}

/** What Quayside did by itself is told so, whichever of its parts it was. */
const shownName = (name: string): string => (name.startsWith('system|') ? 'Quayside' : name);

/** Who did something: initials for people, a robot for machines, always with the name. */
export function Who({ name, machine = !looksLikePerson(name), compact = false, size = 20 }: WhoProps) {
  const ground = groundOf(name);
  const style = machine
    ? { width: size, height: size }
    : { width: size, height: size, background: `var(--q-${ground}-ground)`, color: `var(--q-${ground}-text)` };
  return (
    <span className={classes['who']}>
      <span className={classes['face']} style={style} aria-hidden>
        {machine ? (
          <IconRobot size={size * 0.68} stroke={1.75} />
        ) : (
          <span style={{ fontSize: size * 0.42 }}>{initials(name)}</span>
        )}
      </span>
      <span className={compact ? 'visually-hidden' : classes['name']}>{shownName(name)}</span>
    </span>
  );
}
