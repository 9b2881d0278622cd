/** Only addresses of this site: a link must not be able to send somebody elsewhere after signing in. */
export const safeNext = (next: string | undefined): string =>
  next !== undefined && /^\/(?![/\\])/.test(next) ? next : '/';
