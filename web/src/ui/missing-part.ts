/** What browsers say when a script or style of a page is not where the page thinks it is. */
const words =
  /dynamically imported module|importing a module script failed|unable to preload css|failed to load module script/i;

export const isMissingPart = (error: unknown): boolean => error instanceof Error && words.test(error.message);

const KEY = 'quayside-reloaded';
const ONCE_MS = 60_000;

let typed = false;

/** Remembers that somebody wrote something on this page that is not kept yet; going to another page forgets it. */
export function watchTyping(target: EventTarget): void {
  target.addEventListener('input', () => {
    typed = true;
  });
}

export function forgetTyping(): void {
  typed = false;
}

/** Once a minute at an address, so that a part that stays away does not load the page for ever. */
export function mayReload(now = Date.now()): boolean {
  if (typed) return false;
  const [address, at] = (sessionStorage.getItem(KEY) ?? '').split('\n');
  return address !== location.href || now - Number(at) > ONCE_MS;
}

export function noteReload(now = Date.now()): void {
  sessionStorage.setItem(KEY, `${location.href}\n${now}`);
}
