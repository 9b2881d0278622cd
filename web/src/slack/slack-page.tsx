export function SlackPage() {
  return null
}
