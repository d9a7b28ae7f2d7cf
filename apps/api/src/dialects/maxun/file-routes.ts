import { saveFile } from '@runnel/services';
import { FileStore } from '@runnel/store';
import { Router, type RequestHandler } from 'express';
import { spaceOf } from '../../authenticate';
import type { ApiDeps } from '../../deps';
import { fileIn } from '../../read-file-body';
import { read } from '../../read-input';
import { baseOf } from './base-url';
import { fileIdOf, fileNotFound, nextCursor } from './ids';
import { fileAnswer, filesAnswer, presentFile } from './present-file';
import { deletedAnswer } from './presenter';
import { fileListQuery, fileQuery } from './query';

/** Files of records, which runs are started of. */
export function fileRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.post('/files', postFile(deps));
  router.get('/files', listFiles(deps));
  router.get('/files/:id', getFile(deps));
  router.delete('/files/:id', removeFile(deps));
  return router;
}

function postFile(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const { name } = read(fileQuery, request.query, 'query');
    const sent = { name, contentType: request.get('content-type') ?? '', bytes: fileIn(request.body) };
    const file = await saveFile(deps.dataSource, { spaceId: spaceOf(response), ...sent });
    response.location(`${baseOf(request, deps)}/api/files/${file.id}`);
    const body = { statusCode: 201, messageCode: 'success', file: presentFile(file) };
    response.status(201).json(fileAnswer.parse(body));
  };
}

function listFiles(deps: ApiDeps): RequestHandler {
  const store = new FileStore(deps.dataSource.manager);
  return async (request, response) => {
    const { limit, cursor = null } = read(fileListQuery, request.query, 'query');
    const { totalCount, items } = await store.list(spaceOf(response), { limit, before: cursor });
    const files = { totalCount, items: items.map(presentFile), nextCursor: nextCursor(items, limit) };
    response.json(filesAnswer.parse({ statusCode: 200, messageCode: 'success', files }));
  };
}

function getFile(deps: ApiDeps): RequestHandler<{ id: string }> {
  const store = new FileStore(deps.dataSource.manager);
  return async (request, response) => {
    const file = await store.view(spaceOf(response), fileIdOf(request.params.id));
    if (!file) throw fileNotFound(request.params.id);
    const body = { statusCode: 200, messageCode: 'success', file: presentFile(file) };
    response.json(fileAnswer.parse(body));
  };
}

function removeFile(deps: ApiDeps): RequestHandler<{ id: string }> {
  const store = new FileStore(deps.dataSource.manager);
  return async (request, response) => {
    const isGone = await store.delete(spaceOf(response), fileIdOf(request.params.id));
    if (!isGone) throw fileNotFound(request.params.id);
    const message = 'File deleted successfully';
    response.json(deletedAnswer.parse({ statusCode: 200, messageCode: 'success', message }));
  };
}
