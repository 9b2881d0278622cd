import { useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { sessionQuery } from '../api/session.ts';
import type { Blueprint, Entity, Session } from '../api/wire.ts';
import { isObject } from './widget.ts';

type Person = Session['person'];

/** The entity that a page is looked at for. */
export interface EntityOfPage {
  readonly entity: Entity;
  readonly blueprint: Blueprint;
}

export const PageEntity = createContext<EntityOfPage | undefined>(undefined);

export const usePageEntity = (): EntityOfPage | undefined => useContext(PageEntity);

interface Words {
  readonly person: Person | undefined;
  readonly entity: Entity | undefined;
}

/** Blanks within the braces belong to it; `{{url.identifier}}` is the older form of the entity's. */
const template = /\{\{ \.(user|entity)\.([\w$@/.-]+) \}\}|\{\{\s*url\.identifier\s*\}\}/g;

function read(words: Words, noun: string | undefined, path: string | undefined): unknown {
  if (noun === undefined || path === undefined) return words.entity?.identifier;
  let at: unknown = noun === 'user' ? words.person : words.entity;
  for (const step of path.split('.')) at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  return at;
}

const people: ReadonlySet<string> = new Set(['email', 'firstName', 'lastName', 'teams']);

/** Puts words of the reader and of the entity where a text asks for them; what is unknown stays as it stands. */
export function fillTemplate(text: string, words: Words, encode: (value: string) => string = (value) => value): string {
  return text.replaceAll(template, (whole: string, noun: string | undefined, path: string | undefined) => {
    if (noun === 'user' ? words.person === undefined || !people.has(path ?? '') : words.entity === undefined)
      return whole;
    const value = read(words, noun, path);
    if (value === undefined || value === null) return '';
    return encode(typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : JSON.stringify(value));
  });
}

/** Whether it can only be told for one entity. */
export const asksForEntity = (value: unknown): boolean =>
  /\{\{ \.entity\.|\{\{\s*url\.identifier/.test(JSON.stringify(value ?? null));

export type Fill = (text: string, encode?: (value: string) => string) => string;

/** Fills texts with the words of who looks, and of the entity that is looked at. */
export function useFill(): Fill {
  const { data: session } = useQuery(sessionQuery);
  const about = usePageEntity();
  const words = { person: session?.person, entity: about?.entity };
  return (text, encode) => fillTemplate(text, words, encode);
}
