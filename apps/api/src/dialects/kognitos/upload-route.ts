import { saveFile } from '@runnel/services';
import { SpaceStore } from '@runnel/store';
import { closedObject } from '@runnel/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { asBase36 } from '../../id-forms';
import { operation, type Operation } from '../../operation';
import { read } from '../../read-input';
import { toldAsSent } from '../../told-as-sent';
import { readForm } from './read-form';
import { isSigned, policyIn } from './upload-policy';

const uploadQuery = closedObject({ policy: z.string(), signature: z.string() });

const uploadBody = z.looseObject({
  file: z.file().meta({ description: 'The file; whatever else is sent is left alone' }),
});

/** Takes the file for which an upload address was given. The address is the credential. */
export function postUpload(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/files/{id}/upload',
    id: 'uploadFile',
    summary: 'Takes a file at the address that was given for it',
    isPublic: true,
    params: { id: 'The file' },
    query: uploadQuery,
    reader: readAllowed(deps),
    takes: 'multipart/form-data',
    body: uploadBody,
    answers: { 204: z.undefined() },
    serve: async ({ params, query, body: { file } }) => {
      const policy = policyIn(query.policy);
      if (!policy || asBase36(policy.fileId) !== params.id) throw notGiven();
      const { spaceId, keyId, fileId, name } = policy;
      const bytes = Buffer.from(await file.arrayBuffer());
      const given = { spaceId, keyId, id: fileId, name, contentType: file.type, kind: 'any', bytes } as const;
      const saved = await saveFile(deps.dataSource, given).catch(
        toldAsSent((fault) => ({ ...fault, path: inFile(fault.path) })),
      );
      if (!saved) throw new HttpProblem('CONFLICT', `File "${params.id}" has been uploaded already`);
      return { status: 204, body: undefined };
    },
  });
}

/** Nothing of the body is read before it is known that the address was given by us, and that it still holds. */
function readAllowed({ dataSource }: ApiDeps): RequestHandler {
  const spaces = new SpaceStore(dataSource.manager);
  return async (request, response, next) => {
    const query = read(uploadQuery, request.query, 'query');
    const policy = policyIn(query.policy);
    const key = policy && (await spaces.signingKey(policy.spaceId));
    if (!key || !isSigned(key, query)) throw notGiven();
    if (policy.until < Date.now()) {
      const message = 'The time of this upload address is over; ask for another with POST /files';
      throw new HttpProblem('FORBIDDEN', message);
    }
    readForm(request, response, next);
  };
}

function notGiven(): HttpProblem {
  return new HttpProblem('FORBIDDEN', 'This upload address was not given so; ask for one with POST /files');
}

/** The faults of a file are in the field `file`. */
function inFile(path: string): string {
  if (path === '') return 'file';
  return path.startsWith('[') ? `file${path}` : `file.${path}`;
}
