import { z } from 'zod';
import { operation, type Operation } from '../../../operation';

const statusAnswer = z.object({
  email: z.string(),
  plan: z.string(),
  credits: z.number().int(),
});

const account = { email: 'runnel@localhost', plan: 'OSS', credits: 999_999 };

/** Who a key belongs to: Maxun's command line asks this to see that it is known. */
export function statusOperations(): Operation[] {
  return [
    operation({
      method: 'get',
      path: '/status',
      id: 'sdkStatus',
      scope: 'any',
      robotOf: 'none',
      summary: 'That the key is known; there are no accounts and no credits, so these are always the same',
      answers: { 200: statusAnswer },
      serve: () => Promise.resolve({ status: 200, body: account } as const),
    }),
  ];
}
