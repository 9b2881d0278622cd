export function CredentialsDialog(_: { readonly onClose: () => void }) { return null }
