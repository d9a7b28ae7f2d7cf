import { saveFile } from '@runnel/services';
import { FileStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { fileIn, readFileBody } from '../../read-file-body';
import { fileIdOf, fileNotFound } from './ids';
import { pageOf, startOf } from './page-cursor';
import { fileAnswer, filesAnswer, presentFile, savedAnswer } from './present-file';
import { deletedAnswer } from './present-robot';
import { fileListQuery, fileQuery } from './query';

/** Files of records, which runs are started of. */
export function fileOperations(deps: ApiDeps): Operation[] {
  return [postFile(deps), listFiles(deps), getFile(deps), removeFile(deps)];
}

const params = { id: 'The file, a UUID' };

function postFile({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/files',
    id: 'saveFile',
    scope: 'runs:write',
    robotOf: 'none',
    summary: 'Keeps a CSV, JSON or NDJSON file of records',
    query: fileQuery,
    reader: readFileBody,
    takes: 'application/octet-stream',
    answers: { 201: savedAnswer },
    serve: async ({ spaceId, key, query: { name }, base, request, response }) => {
      const sent = { name, contentType: request.get('content-type') ?? '', bytes: fileIn(request.body) };
      const file = await saveFile(dataSource, { spaceId, keyId: key.id, kind: 'records', ...sent });
      if (!file) throw new Error('a file got an id that is taken');
      response.location(`${base}/api/files/${file.id}`);
      return { status: 201, body: { statusCode: 201, messageCode: 'success', file: presentFile(file) } };
    },
  });
}

function listFiles({ dataSource }: ApiDeps): Operation {
  const store = new FileStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/files',
    id: 'listFiles',
    scope: 'runs:read',
    summary: 'The files, newest first',
    query: fileListQuery,
    answers: { 200: filesAnswer },
    serve: async (asked) => {
      const page = { limit: asked.query.limit + 1, before: startOf(asked) };
      const { totalCount, items: found } = await store.list(asked.spaceId, page);
      const { items, nextCursor } = pageOf(asked, found);
      const files = { totalCount, items: items.map(presentFile), nextCursor };
      return { status: 200, body: { statusCode: 200, messageCode: 'success', files } };
    },
  });
}

function getFile({ dataSource }: ApiDeps): Operation {
  const store = new FileStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/files/{id}',
    id: 'getFile',
    scope: 'runs:read',
    summary: 'What is known of a file',
    params,
    answers: { 200: fileAnswer },
    serve: async ({ spaceId, params: { id } }) => {
      const file = await store.view(spaceId, fileIdOf(id));
      if (!file) throw fileNotFound(id);
      return { status: 200, body: { statusCode: 200, messageCode: 'success', file: presentFile(file) } };
    },
  });
}

function removeFile({ dataSource }: ApiDeps): Operation {
  const store = new FileStore(dataSource.manager);
  return operation({
    method: 'delete',
    path: '/files/{id}',
    id: 'deleteFile',
    scope: 'runs:write',
    summary: 'Deletes a file; runs that were started of it keep its records',
    params,
    answers: { 200: deletedAnswer },
    serve: async ({ spaceId, params: { id } }) => {
      if (!(await store.delete(spaceId, fileIdOf(id)))) throw fileNotFound(id);
      const message = 'File deleted successfully';
      return { status: 200, body: { statusCode: 200, messageCode: 'success', message } };
    },
  });
}
