import type { Actor } from '#platform/commands/actor.ts';
import type { Clock } from '#platform/clock.ts';
import type { DocumentSigner } from '#platform/crypto/document-signer.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Command } from '#platform/commands/write-context.ts';
import { etag, ok, type Reply, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import type { Approval } from './approval.ts';
import {
  type ApprovalList,
  approvalForSubject,
  countApprovalsFor,
  getApproval,
  listApprovals,
} from './approval-queries.ts';
import { progressOf } from './approver-queries.ts';
import { describeApproval, toWireApproval } from './approval-view.ts';
import {
  approvalListQuery,
  approvalParams,
  decisionBody,
  delegationBody,
  recordBody,
  subjectParams,
} from './contract.ts';
import type { DecideResult, Decision } from './decide-approval.ts';
import { delegateApproval } from './delegate-approval.ts';
import { exportRecord, verifyRecord } from './export-record.ts';

export interface ApprovalRouteParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly signer: DocumentSigner;
  readonly decide: Command<Decision, DecideResult>;
}

const tag = 'Approvals';
const pageSize = 25;

/** Reading never decides anything: that is a POST by somebody who signed in. */
export function approvalRoutes(parts: ApprovalRouteParts): readonly Route[] {
  return [...readRoutes(parts), ...writeRoutes(parts), ...recordRoutes(parts)];
}

function readRoutes({ db, clock }: ApprovalRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/approvals',
      summary: 'List approvals: those that wait for the caller, all open ones, or closed ones; newest first',
      tag,
      access: 'known',
      request: { query: approvalListQuery },
      statuses: [422],
      handle: async ({ actor, query }) => {
        const { view: list = 'mine', limit = pageSize } = query;
        const rows = await listApprovals(db, actor, { list, limit: limit + 1, after: cursorOf(query.cursor) });
        const page = rows.slice(0, limit);
        const progress = await progressOf(db, page);
        return ok({
          approvals: page.map((each) => ({ ...toWireApproval(each), progress: progress.get(each.id) ?? [] })),
          next: rows.length > limit ? cursorAfter(list, page.at(-1)) : null,
          waitingForMe: await countApprovalsFor(db, actor),
        });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/approvals/:approval',
      summary: 'Get an approval: what is asked, who voted, who still may, whether the caller may',
      tag,
      access: 'known',
      request: { params: approvalParams },
      statuses: [404],
      handle: async ({ actor, params }) => detailReply(db, actor, params.approval, clock.now()),
    }),
    route({
      method: 'GET',
      path: '/api/v1/approval-subjects/:kind/:subject',
      summary: 'Get the latest approval about a run, stage, constraint or exemption; null when there is none',
      tag,
      access: 'known',
      request: { params: subjectParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const found = await approvalForSubject(db, actor.orgId, { kind: params.kind, id: params.subject });
        return found === null ? ok({ approval: null }) : detailReply(db, actor, found.id, clock.now());
      },
    }),
  ];
}

function writeRoutes({ db, clock, decide }: ApprovalRouteParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/approvals/:approval/decision',
      summary: 'Approve or reject; of many who do so at once one decision counts and the others are told whose',
      tag,
      access: 'known',
      request: { params: approvalParams, body: decisionBody },
      statuses: [403, 404, 409, 412, 422],
      handle: async ({ actor, params, body, expectedVersion, execute }) => {
        const { verdict, comment, input, attempt, contentHash } = body;
        const seen = { attempt, contentHash, version: expectedVersion };
        await execute(decide, { id: params.approval, verdict, comment, input, seen });
        return detailReply(db, actor, params.approval, clock.now());
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/approvals/:approval/delegation',
      summary: "Hand the caller's place in an approval to somebody else; administrators may hand over anybody's",
      tag,
      access: 'known',
      request: { params: approvalParams, body: delegationBody },
      statuses: [403, 404, 409, 412, 422],
      handle: async ({ actor, params, body, expectedVersion, execute }) => {
        await execute(delegateApproval, { id: params.approval, ...body, expectedVersion });
        return detailReply(db, actor, params.approval, clock.now());
      },
    }),
  ];
}

function recordRoutes({ db, clock, signer }: ApprovalRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/approvals/:approval/record',
      summary: 'Download the signed record of an approval',
      tag,
      access: 'known',
      request: { params: approvalParams },
      statuses: [404],
      handle: async ({ actor, params }) =>
        ok(await exportRecord(db, signer, { actor, id: params.approval, now: clock.now() }), {
          'content-disposition': `attachment; filename="approval-${params.approval.replaceAll(/\W/g, '')}.json"`,
        }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/approval-records/verification',
      summary: 'Check that a record is as this installation signed it',
      tag,
      access: 'known',
      request: { body: recordBody },
      statuses: [422],
      handle: async ({ body }) => ok({ valid: verifyRecord(signer, body), keyId: signer.keyId }),
    }),
  ];
}

async function detailReply(db: Db, actor: Actor, id: string, now: Date): Promise<Reply> {
  const approval = await getApproval(db, actor, id);
  return ok({ approval: await describeApproval(db, actor, approval, now) }, etag(approval.version));
}

function cursorAfter(list: ApprovalList, last: Approval | undefined): string | null {
  if (last === undefined) return null;
  const at = list === 'decided' ? last.closedAt : last.requestedAt;
  return Buffer.from(`${(at ?? last.requestedAt).toISOString()} ${last.id}`).toString('base64url');
}

function cursorOf(cursor: string | undefined): { readonly at: Date; readonly id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const instant = new Date(at);
  if (Number.isNaN(instant.getTime()) || !/^\w+$/.test(id)) {
    throw problem('invalid', 'invalid_request', 'The cursor is not one of this list.', { field: 'cursor' });
  }
  return { at: instant, id };
}
