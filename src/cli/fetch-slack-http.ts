import type { SlackHttp } from '#slack/slack-http.ts';

/** Slack over plain `fetch`, for commands that run on people's machines and in their pipelines. */
export const fetchSlackHttp: SlackHttp = async ({ url, headers, body, timeoutMs }) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
};
