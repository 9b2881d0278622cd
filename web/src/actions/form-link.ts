import type { UserInputs } from '../api/wire.ts';
import type { Values } from './form-rules.ts';
import { withoutSecrets } from './live-form.ts';

/** An address that opens the form with these inputs. Secrets are never in it. */
export function formLink(
  action: string,
  inputs: UserInputs | undefined,
  state: { readonly values: Values; readonly entity: string | null },
): string {
  const given = withoutSecrets(inputs, state.values);
  const query = new URLSearchParams({
    action,
    ...(state.entity === null ? {} : { entity: state.entity }),
    ...(Object.keys(given).length === 0 ? {} : { inputs: JSON.stringify(given) }),
  });
  return `${window.location.origin}/self-service?${query.toString()}`;
}

/**
 * Inputs out of an address: JSON, or the compact notation of links that were made for Port. What cannot be read, what
 * the form does not have and what is secret is left out.
 */
export function readFormLink(text: string | undefined, inputs: UserInputs | undefined): Values {
  const known = Object.entries(readLink(text)).filter(([key]) => Object.hasOwn(inputs?.properties ?? {}, key));
  return withoutSecrets(inputs, Object.fromEntries(known));
}

/** The entity that a link made for Port names among its inputs. */
export function readLinkTarget(text: string | undefined): string | undefined {
  const target = readLink(text)['$targetEntity'];
  return typeof target === 'string' ? target : undefined;
}

function readLink(text: string | undefined): Values {
  if (text === undefined || text.length > 20_000) return {};
  try {
    const read = text.startsWith('~') ? readCompact(text) : (JSON.parse(text) as unknown);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Values) : {};
  } catch {
    return {};
  }
}

/** `~(name~'value~count~3~list~(~'a~'b)~on~true)`; in texts `*XX` and `**XXXX` are characters by number and `!` is `$`. */
export function readCompact(text: string): unknown {
  let at = 0;
  const fail = (): never => {
    throw new SyntaxError(`Unreadable at ${at}`);
  };
  const word = (): string => /^[^~()]*/.exec(text.slice(at))?.[0] ?? '';
  const decoded = (raw: string): string =>
    raw
      .replaceAll('!', '$')
      .replaceAll(/\*\*([0-9a-fA-F]{4})|\*([0-9a-fA-F]{2})/g, (_, four: string, two: string) =>
        String.fromCharCode(Number.parseInt(four ?? two, 16)),
      );
  const take = (char: string): void => void (text[at] === char ? (at += 1) : fail());

  function value(depth: number): unknown {
    if (depth > 20) return fail();
    take('~');
    if (text[at] === '(') {
      at += 1;
      return text[at] === '~' || text[at] === ')' ? list(depth) : object(depth);
    }
    if (text[at] === "'") {
      at += 1;
      const raw = word();
      at += raw.length;
      return decoded(raw);
    }
    const raw = word();
    at += raw.length;
    return JSON.parse(raw) as unknown;
  }

  function list(depth: number): unknown[] {
    const items: unknown[] = [];
    while (text[at] === '~') items.push(text[at + 1] === ')' ? ((at += 1), undefined) : value(depth + 1));
    take(')');
    return items.filter((item) => item !== undefined);
  }

  function object(depth: number): unknown {
    const entries: [string, unknown][] = [];
    while (text[at] !== ')') {
      const raw = word();
      at += raw.length;
      entries.push([decoded(raw), value(depth + 1)]);
      if (text[at] === '~') at += 1;
    }
    take(')');
    return Object.fromEntries(entries);
  }

  const read = value(0);
  return at === text.length ? read : fail();
}
