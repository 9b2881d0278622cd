export function assertUsableInputs(_inputs: unknown): void {}
