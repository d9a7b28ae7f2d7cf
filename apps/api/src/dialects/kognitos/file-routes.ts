import { newId, SpaceStore } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { asBase36 } from '../../id-forms';
import { operation, type Operation } from '../../operation';
import { checkAgent } from './ids';
import { mountOf } from './mount';
import { idSchema } from './resource';
import { fileBody } from './start-body';
import { signedQuery } from './upload-policy';
import { postUpload } from './upload-route';

/** Files in three steps: ask for an address, send the file there, name its id in a start. */
export function fileOperations(deps: ApiDeps): Operation[] {
  return [postFile(deps), postUpload(deps)];
}

const lifetimeMs = 5 * 60_000;

const fileAnswer = z.object({
  id: idSchema,
  file_name: z.string(),
  upload_url: z.string(),
  upload_http_method: z.literal('POST'),
  upload_http_headers: z.record(z.string(), z.string()),
  upload_fields: z.record(z.string(), z.string()),
});

function postFile({ dataSource }: ApiDeps): Operation {
  const spaces = new SpaceStore(dataSource.manager);
  return operation({
    method: 'post',
    path: '/files',
    id: 'createFile',
    scope: 'runs:write',
    robotOf: 'none',
    summary: 'Gives an address to which a file can be sent for five minutes',
    description:
      'Send a form to `upload_url`: all of `upload_fields`, and the file as `file`. Then start runs with `id`.',
    body: fileBody,
    answers: { 201: fileAnswer },
    serve: async ({ spaceId, key: asking, body, base, request }) => {
      const { file_name: name, agent_id: agentId } = body;
      if (agentId !== null) checkAgent(spaceId, agentId);
      const key = await spaces.signingKey(spaceId);
      if (!key) throw new Error(`space ${spaceId} is gone`);
      const fileId = newId();
      const query = signedQuery(key, {
        ...{ spaceId, keyId: asking.id, fileId, name },
        until: Date.now() + lifetimeMs,
      });
      const id = asBase36(fileId);
      const answer: z.infer<typeof fileAnswer> = {
        id,
        file_name: name,
        upload_url: `${base}${mountOf(request.path)}/files/${id}/upload?${query}`,
        upload_http_method: 'POST',
        upload_http_headers: {},
        upload_fields: {},
      };
      return { status: 201, body: answer };
    },
  });
}
