import type { Egress } from '#platform/egress/egress.ts';
import type { SlackHttp } from './slack-http.ts';

/** Slack through the guarded client, for the server. */
export function createSlackHttp(egress: Egress): SlackHttp {
  return async (request) => egress.request(request);
}
