import { plainText } from '#platform/plain-text.ts';
import { problem } from '#platform/problem.ts';
import type { DispatchOutcome, DispatchRequest, Invocation, PrepareRequest, RunBackend } from '#runs/backend.ts';
import type { KafkaMessage } from './kafka-access.ts';

/** Sends to the cluster that an organisation is connected to; null when it is connected to none. */
export type KafkaOf = (orgId: string) => Promise<((message: KafkaMessage) => Promise<void>) | null>;

/** What a run says while its message waits for the brokers. */
export const waitingForKafka = 'Waiting for Kafka';
/** Of one organisation; what comes after them is refused rather than kept. */
const mostWaiting = 10_000;
/** Who waits behind others is woken when these are sent; this is for when they never are. */
const behindOthersMs = 300_000;
/** What brokers take unless they are told otherwise. */
const mostBytes = 1_048_576;
const shownError = 300;

/**
 * Puts a message on the organisation's topic. A message that no broker takes stays with its run, which says so, and is
 * tried again until one does. A message whose outcome is unknown is sent again: readers tell messages apart by the run.
 */
export function createKafkaBackend(kafkaOf: KafkaOf): RunBackend {
  return {
    type: 'KAFKA',
    prepare: async (request) => prepareKafka(request),
    dispatch: async (request) => dispatchKafka(kafkaOf, request),
  };
}

function prepareKafka({ method, shape, legacyBody }: PrepareRequest): Invocation {
  const own = shape === 2 ? method['payload'] : undefined;
  const payload = own === undefined ? legacyBody : own;
  const size = Buffer.byteLength(JSON.stringify(payload));
  if (size > mostBytes) {
    throw problem(
      'invalid',
      'invalid_evaluated_invocation_method',
      `The message would have ${size} bytes; Kafka takes at most ${mostBytes}. Send less.`,
      { field: 'invocationMethod.payload', size, limit: mostBytes },
    );
  }
  return { type: 'KAFKA', payload };
}

async function dispatchKafka(kafkaOf: KafkaOf, request: DispatchRequest): Promise<DispatchOutcome> {
  const { run, invocation } = request;
  const value = JSON.stringify(invocation['payload']);
  return sendOrWait(await kafkaOf(run.org_id), request, { topic: `${run.org_id}.runs`, key: run.id, value });
}

/** Also for webhooks that an agent sends. What waits is sent in the order in which it was asked for. */
export async function sendOrWait(
  send: ((message: KafkaMessage) => Promise<void>) | null,
  { waitingBefore }: Pick<DispatchRequest, 'waitingBefore'>,
  message: KafkaMessage,
): Promise<DispatchOutcome> {
  const before = await waitingBefore(waitingForKafka, mostWaiting);
  if (before >= mostWaiting) {
    const line = `${mostWaiting} messages wait for Kafka already, so this one was not kept. Execute the action again when Kafka is back.`;
    return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Not sent', log: [line] };
  }
  const keptBack = { outcome: 'later', keepsTrying: waitingForKafka } as const;
  if (send === null) {
    const line =
      'Kafka is not connected. The message is kept, and sent once it is: QUAYSIDE_KAFKA_BROKERS, or a connection of the organisation.';
    return { ...keptBack, afterMs: null, log: [line] };
  }
  if (before > 0) {
    const line = 'Earlier messages wait for Kafka. This one is kept and sent after them.';
    return { ...keptBack, afterMs: behindOthersMs, log: [line] };
  }
  try {
    await send(message);
    return { outcome: 'called', log: [`Put on the Kafka topic ${message.topic}.`] };
  } catch (error) {
    const line = `Kafka did not take the message: ${reasonOf(error)} It is kept and tried again every minute.`;
    return { ...keptBack, afterMs: null, log: [line] };
  }
}

function reasonOf(error: unknown): string {
  const said = plainText(error instanceof Error ? error.message : String(error)).slice(0, shownError);
  return /[.!?]$/.test(said) ? said : `${said}.`;
}
