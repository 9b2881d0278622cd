import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { folded, wordsAsked } from './cut-words.ts';
import { type Match, matchesIn } from './match-view.ts';

/** Something to go to. */
export interface Hit {
  readonly kind: string;
  readonly identifier: string;
  /** Of entities and of what belongs to a blueprint. */
  readonly blueprint: string | null;
  readonly title: string;
  readonly icon: string | null;
  /** Higher is closer; 100 is the very name. */
  readonly score: number;
  readonly matches: readonly Match[];
}

/** Things few enough to look through one by one: actions, scorecards, pages. */
export interface FindSource {
  readonly kind: string;
  /** What the actor may go to. */
  all(db: Db, actor: Actor): Promise<readonly Findable[]>;
}

export interface Findable {
  readonly identifier: string;
  readonly blueprint: string | null;
  readonly title: string;
  readonly icon: string | null;
  readonly description: string | null;
}

/** Those that hold every word somewhere, scored as entities are. */
export function findAmong(kind: string, things: readonly Findable[], text: string): readonly Hit[] {
  const words = wordsAsked(text);
  const asked = folded(text.trim());
  return things.flatMap(({ description, ...thing }): Hit[] => {
    const [title, identifier] = [folded(thing.title), folded(thing.identifier)];
    const whole = [title, identifier, folded(description ?? '')].join(' ');
    if (!words.every((word) => whole.includes(word))) return [];
    const fields = { $title: thing.title, $identifier: thing.identifier, description };
    return [{ kind, ...thing, score: score(asked, words, title, identifier), matches: matchesIn(fields, words) }];
  });
}

function score(asked: string, words: readonly string[], title: string, identifier: string): number {
  if (title === asked || identifier === asked) return 100;
  if (title.startsWith(asked)) return 80;
  if (identifier.startsWith(asked)) return 75;
  const both = `${title} ${identifier}`;
  if (both.includes(asked)) return both.includes(` ${asked}`) ? 65 : 60;
  return words.every((word) => both.includes(word)) ? 40 : 10;
}
