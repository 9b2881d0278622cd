/** Text that PostgreSQL can keep: without NUL and with whole characters. What others answer may hold either. */
export function plainText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}
