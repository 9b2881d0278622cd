import { newId } from '#platform/ids.ts';
import { Problem } from '#platform/problem.ts';
import type { StreamTest } from './contract.ts';
import { testMessage } from './event-message.ts';
import { refusalText, type SendParts, sendSigned } from './send-signed.ts';

const timeoutMs = 10_000;

/** Tells the address that this is a test. Nothing is kept of it. */
export async function testStream(parts: SendParts, orgId: string, url: string): Promise<StreamTest> {
  const id = newId('test');
  try {
    const answer = await sendSigned(parts, {
      orgId,
      url,
      body: testMessage(orgId, id, parts.core.clock.now()),
      headers: { 'Webhook-Id': id, 'Webhook-Attempt': '1' },
      timeoutMs,
    });
    const { ok: works, status } = answer;
    return { works, status, message: works ? null : refusalText(url, answer) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { works: false, status: null, message: error.message };
  }
}
