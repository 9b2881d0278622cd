import { isJsonObject } from '#platform/json.ts';

const separators = /[^\p{L}\p{N}]+/u;
/** Scripts written without blanks between words; cut into pairs of characters. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const hasUnspaced = new RegExp(unspaced.source, 'u');
const wordLength = 64;
const wordLimit = 400;
const textLimit = 20_000;
const shortestPart = 3;
const splitLength = 40;

/** What an entity is found by. */
export interface FindableEntity {
  readonly identifier: string;
  readonly title: string;
  readonly team: readonly string[];
  readonly properties: unknown;
}

/**
 * The words of an entity. Of its title and identifier also the ends of words, so that any part of a word is the
 * beginning of one that is kept.
 */
export function wordsOf({ identifier, title, team, properties }: FindableEntity): readonly string[] {
  const words = new Set<string>();
  for (const word of cut(`${identifier} ${title}`)) {
    const parts = Math.min(word.length, splitLength);
    for (let start = 0; start === 0 || start <= parts - shortestPart; start += 1) {
      const end = word.slice(start);
      // Not from the middle of a letter of two units.
      if (end.isWellFormed()) words.add(end);
    }
  }
  for (const word of cut(`${team.join(' ')} ${textsIn(properties)}`)) words.add(word);
  return [...words].slice(0, wordLimit);
}

/** The words somebody looks for; all of them have to be there, each as the beginning of one. */
export function wordsAsked(text: string): readonly string[] {
  return [...cut(text)].slice(0, 20);
}

/** Folded to one form and case: full width to half width, capitals to small letters. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Each once: a long text says most of its words again and again. */
function cut(text: string): ReadonlySet<string> {
  const whole = folded(text);
  const parts = new Set(whole.split(separators));
  parts.delete('');
  const words = new Set<string>();
  if (!hasUnspaced.test(whole)) {
    for (const part of parts) words.add(shortened(part));
    return words;
  }
  for (const part of parts) {
    for (const run of part.match(unspaced) ?? []) for (const pair of pairs(run)) words.add(pair);
    for (const rest of part.split(unspaced)) if (rest !== '') words.add(shortened(rest));
  }
  return words;
}

/** Not to the middle of a letter of two units: no database keeps half of one. */
function shortened(word: string): string {
  const kept = word.slice(0, wordLength);
  return kept.isWellFormed() ? kept : kept.slice(0, -1);
}

/** `abc` becomes `ab` and `bc`; a character alone stands for itself. */
function pairs(run: string): readonly string[] {
  const characters = Array.from(run);
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

function textsIn(value: unknown): string {
  const texts: string[] = [];
  let length = 0;
  const collect = (item: unknown): void => {
    if (length > textLimit) return;
    if (typeof item === 'string' || typeof item === 'number') {
      const text = String(item).slice(0, textLimit - length + 1);
      length += text.length;
      texts.push(text);
    } else if (Array.isArray(item)) for (const one of item) collect(one);
    else if (isJsonObject(item)) for (const one of Object.values(item)) collect(one);
  };
  collect(value);
  return texts.join(' ');
}
