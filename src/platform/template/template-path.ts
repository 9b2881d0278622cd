/** `$.body.items[0]["a b"]`: where in a template something stands. */
export function templatePath(parent: string, step: string | number): string {
  if (typeof step === 'number') return `${parent}[${step}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(step) ? `${parent}.${step}` : `${parent}[${JSON.stringify(cut(step, 80))}]`;
}

export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
