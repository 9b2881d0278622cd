/**
 * A form of an address that may be shown and logged: no user information, no query values, no fragment, and no path
 * part that looks like a secret, since incoming-webhook addresses carry their password in the path.
 */
export function maskUrl(address: string | URL): string {
  const url = typeof address === 'string' ? URL.parse(address) : address;
  if (url === null || url === undefined) return '(unreadable address)';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `${url.protocol}…`;

  const path = maskPath(url.hostname, url.pathname);
  const names = [...new Set(url.searchParams.keys())].map((name) => `${encodeURIComponent(name.slice(0, 40))}=…`);
  return `${url.protocol}//${url.host}${path}${names.length > 0 ? `?${names.join('&')}` : ''}`;
}

/** First path words after which everything is a credential, whoever serves them. */
const secretPaths = [
  /^\/services\/(?=T[A-Z0-9]+\/)/, // Slack incoming webhook
  /^\/(?:actions|commands|workflows|triggers)\/(?=T[A-Z0-9])/, // Slack response_url and workflow triggers
  /^\/(?:api\/)?webhooks?\/(?=.)/, // Discord and many others
  /^\/webhookb2\/(?=.)/, // Microsoft Teams
  /^\/bot(?=\d+:)/, // Telegram
];

function maskPath(hostname: string, pathname: string): string {
  if (/(^|\.)hooks\.slack(-gov)?\.com$/.test(hostname)) {
    const kind = pathname.split('/')[1] ?? '';
    return kind === '' ? '/' : `/${kind}/…`;
  }
  for (const pattern of secretPaths) {
    const match = pattern.exec(pathname);
    if (match !== null) return `${match[0]}…`;
  }
  return pathname
    .split('/')
    .map((part) => (looksSecret(part) ? '…' : part))
    .join('/');
}

/** Long, without words, letters and digits mixed: a key rather than a name. */
function looksSecret(part: string): boolean {
  const longest = Math.max(0, ...part.split(/[.\-_~%]/).map((piece) => piece.length));
  return longest >= 20 && /\d/.test(part) && /[a-z]/i.test(part);
}
