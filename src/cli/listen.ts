import { Problem, problem } from '#platform/problem.ts';
import { exitCodes, type CliIo } from './cli-io.ts';
import { forwardRequest } from './forward-request.ts';
import { listenHelpText, readListenSettings, type ListenSettings } from './listen-settings.ts';
import { createPortalClient, type PortalClient } from './portal-client.ts';
import { readEvents } from './relay-stream.ts';
import { readRelayedRequest, type RelayedRequest } from './relayed-request.ts';

interface Channel {
  readonly id: string;
  readonly url: string;
}

/** What one run of the command remembers between connections. */
interface Session {
  readonly portal: PortalClient;
  readonly channel: Channel;
  readonly settings: ListenSettings;
  readonly io: CliIo;
  /** Status by request, so that a request told twice is answered twice and delivered once. */
  readonly answered: Map<string, number>;
  /** Sequence of the last event that was delivered *and* acknowledged; the stream resumes after it. */
  position: string;
}

const REMEMBERED = 10_000;
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** `quayside listen`: requests to a public address of the server reach a local one, each once and in order. */
export async function listen(args: readonly string[], io: CliIo): Promise<number> {
  const read = readListenSettings(args, io.env);
  if ('helpWanted' in read) {
    io.out(listenHelpText);
    return exitCodes.done;
  }
  if ('mistakes' in read) {
    for (const mistake of read.mistakes) io.error(mistake);
    return exitCodes.misused;
  }
  const { settings } = read;
  const portal = createPortalClient(settings.server, settings.credentials);
  const channel = await openChannel(portal, settings.channelId);
  io.out(`Forwarding ${channel.url}`);
  io.out(`        to ${settings.forwardTo.href}`);
  io.out(`Paste the first address as webhook URL. Ctrl-C ends; --channel ${channel.id} takes it up again later.`);
  await keepListening({ portal, channel, settings, io, answered: new Map(), position: '' });
  return exitCodes.done;
}

async function openChannel(portal: PortalClient, id: string | undefined): Promise<Channel> {
  const path = '/api/v1/relay-channels';
  const answer = await portal.call(
    id === undefined
      ? { doing: 'make a channel', method: 'POST', path, body: {} }
      : { doing: `find channel ${id}`, method: 'GET', path: `${path}/${encodeURIComponent(id)}` },
  );
  const channel = answer['channel'] as Partial<Channel> | undefined;
  if (typeof channel?.id !== 'string' || typeof channel.url !== 'string') {
    throw problem('unavailable', 'server_unreadable', 'The server answered without a channel. Is it a Quayside?');
  }
  return { id: channel.id, url: channel.url };
}

/** Reconnects until the person ends it, or until the server says that this channel will not come back. */
async function keepListening(session: Session): Promise<void> {
  const { io } = session;
  for (let failures = 0; !io.signal.aborted;) {
    try {
      await listenOnce(session, () => {
        if (failures > 0) io.out('Connected again.');
        failures = 0;
      });
    } catch (error) {
      if (io.signal.aborted) return;
      if (error instanceof Problem && isFinal(error)) throw error;
      if (failures === 0) io.error('The connection to the server was lost; trying again.');
      failures += 1;
    }
    await io.sleep(Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** failures));
  }
}

async function listenOnce(session: Session, connected: () => void): Promise<void> {
  const { portal, channel, io } = session;
  const response = await portal.open({
    doing: 'listen to the channel',
    method: 'GET',
    path: `/api/v1/relay-channels/${encodeURIComponent(channel.id)}/stream`,
    headers: {
      accept: 'text/event-stream',
      ...(session.position === '' ? {} : { 'last-event-id': session.position }),
    },
    signal: io.signal,
  });
  if (!response.body) throw problem('unavailable', 'server_unreadable', 'The server gave no stream.');
  connected();
  for await (const event of readEvents(response.body)) {
    if (event.event !== undefined && event.event !== 'request') continue;
    const relayed = readRelayedRequest(event.data);
    if (!relayed) {
      io.error('The server sent a request that cannot be read; is this command older than the server?');
      continue;
    }
    await handle(session, relayed);
    if (io.signal.aborted) return;
    if (event.id !== undefined && event.id !== '') session.position = event.id;
  }
}

/** Delivers unless that was done before, then acknowledges. Only after both may the stream's position move on. */
async function handle(session: Session, relayed: RelayedRequest): Promise<void> {
  const { answered, io, portal, channel } = session;
  const status = answered.get(relayed.id) ?? (await deliver(session, relayed));
  if (status === undefined) return;
  answered.set(relayed.id, status);
  if (answered.size > REMEMBERED) answered.delete(answered.keys().next().value ?? '');
  try {
    await portal.call({
      doing: 'acknowledge a request',
      method: 'POST',
      path: `/api/v1/relay-channels/${encodeURIComponent(channel.id)}/responses`,
      body: { id: relayed.id, status },
    });
  } catch (error) {
    // The server no longer waits for this one (its record is gone): there is nothing left to tell.
    if (!(error instanceof Problem && [404, 409, 410].includes(Number(error.details?.['status'])))) throw error;
    io.error(`The server no longer knows request ${relayed.id}.`);
  }
}

/**
 * Waits for the local program to run, so that a restart of it loses nothing; undefined when the person ended that wait.
 * A request on its way is not given up on Ctrl-C: without its answer the server would send it again.
 */
async function deliver({ settings, io }: Session, relayed: RelayedRequest): Promise<number | undefined> {
  const begun = performance.now();
  const line = `${relayed.method} ${relayed.path || '/'}${relayed.query === '' ? '' : `?${relayed.query}`}`;
  for (let waits = 0; !io.signal.aborted; waits += 1) {
    const result = await forwardRequest(relayed, settings.forwardTo);
    if (result.kind === 'answered') {
      io.out(`${line} → ${result.status} (${Math.round(performance.now() - begun)} ms)`);
      return result.status;
    }
    if (result.kind === 'unanswered') {
      io.error(`${line} → no answer (${result.reason}); reported as ${result.status}`);
      return result.status;
    }
    if (waits === 0) io.error(`${line} waits: nothing listens at ${settings.forwardTo.host} yet.`);
    await io.sleep(Math.min(5000, 250 * 2 ** Math.min(waits, 5)));
  }
  return undefined;
}

function isFinal(error: Problem): boolean {
  const status = Number(error.details?.['status'] ?? 0);
  return error.code === 'server_refused' && status >= 400 && status < 500 && status !== 408 && status !== 429;
}
