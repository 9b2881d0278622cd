import pluralize from 'pluralize';

/** `deploymentConfig` → `Deployment Config`: blueprint identifiers are names for machines, messages are for people. */
export function titleCase(identifier: string): string {
  return identifier
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[\s_\-.@=]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

/** `service`, 5 → `Services`; `service`, 1 → `Service`. Inflects the last word only. */
export function countedTitle(identifier: string, count: number): string {
  const words = titleCase(identifier).split(' ');
  const last = words.pop() ?? '';
  return [...words, inflect(last, count)].join(' ');
}

function inflect(word: string, count: number): string {
  // The library would shout: API → APIS.
  if (/^\p{Lu}{2,}$/u.test(word)) return count === 1 ? word : `${word}s`;
  return pluralize(word, count);
}
