import { z } from 'zod';
import { idFor, readFlowId } from './ids';

/** A place between two pages of flows: behind a flow on the way to older ones (`next`), or to newer ones (`prev`). */
export interface FlowCursor {
  flowId: string;
  direction: 'next' | 'prev';
  /** How many flows stood before that place. */
  offset: number;
}

const written = z.strictObject({
  flow: z.string(),
  direction: z.enum(['next', 'prev']),
  offset: z.number().int().min(0).max(999_999_999),
});

/** As base64 of JSON. */
export function flowCursor({ flowId, direction, offset }: FlowCursor): string {
  return Buffer.from(JSON.stringify({ flow: idFor('flow', flowId), direction, offset })).toString(
    'base64url',
  );
}

/** Null when it is none of ours. */
export function readFlowCursor(text: string): FlowCursor | null {
  const { success, data } = written.safeParse(jsonIn(Buffer.from(text, 'base64url').toString()));
  const flowId = success ? readFlowId(data.flow) : null;
  return success && flowId !== null ? { flowId, direction: data.direction, offset: data.offset } : null;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
