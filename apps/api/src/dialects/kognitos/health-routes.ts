import { z } from 'zod';
import { operation, type Operation } from '../../operation';

export function healthOperations(): Operation[] {
  return [getHealth()];
}

function getHealth(): Operation {
  return operation({
    method: 'get',
    path: '/health',
    id: 'getHealth',
    summary: 'Says that this process answers; `/health/ready` says whether it can serve',
    isPublic: true,
    answers: { 200: z.object({ status: z.literal('OK') }) },
    serve: () => Promise.resolve({ status: 200, body: { status: 'OK' } } as const),
  });
}
