import type { Path } from './paths.ts';

const part = /\.([A-Za-z_$][\w$-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/g;

/** `$.body["a b"][0]`, as templates name their places, as keys. */
export function readJsonPath(text: string): Path {
  return [...text.matchAll(part)].map((match) => {
    if (match[2] !== undefined) return Number(match[2]);
    return match[1] ?? (JSON.parse(`"${match[3] ?? ''}"`) as string);
  });
}
