import { createKey, revokeKey, rotateKey, type MadeKey } from '@runnel/services';
import { KeyStore, type KeyPlace } from '@runnel/store';
import type { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { readUuid } from '../../id-forms';
import { operation, type Operation } from '../../operation';
import { keyBody, rotateBody } from './key-body';
import { pageOf, startOf } from './page-cursor';
import { keyAnswer, keysAnswer, madeKeyAnswer, presentKey, revokedKeyAnswer } from './present-key';
import { keyListQuery, revokeQuery } from './query';

/** The keys that open a space, for those that may all in it. */
export function keyOperations(deps: ApiDeps): Operation[] {
  return [listKeys(deps), postKey(deps), getKey(deps), postRotate(deps), removeKey(deps)];
}

const params = { id: 'The key, a UUID' };
const dayMs = 86_400_000;

function listKeys({ dataSource }: ApiDeps): Operation {
  const store = new KeyStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/keys',
    id: 'listKeys',
    scope: 'admin',
    summary: 'The API keys of the space, newest first; also those that are revoked or expired',
    query: keyListQuery,
    answers: { 200: keysAnswer },
    serve: async (asked) => {
      const page = { limit: asked.query.limit + 1, before: startOf(asked) };
      const { totalCount, items: found } = await store.list(asked.spaceId, page);
      const { items, nextCursor } = pageOf(asked, found);
      const keys = { totalCount, items: items.map(presentKey), nextCursor };
      return { status: 200, body: { statusCode: 200, messageCode: 'success', keys } };
    },
  });
}

function postKey({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/keys',
    id: 'createKey',
    scope: 'admin',
    summary: 'Makes an API key; it is shown this once',
    description:
      'A key for one robot sees and starts that one alone. A key with `domains` starts runs that visit no other hosts, also by the ' +
      'schedules that it makes. A start beyond its `dailyTasks` is refused (429) until the next day.',
    body: keyBody,
    answers: { 201: madeKeyAnswer },
    serve: async ({ spaceId, body }) => made(await createKey(dataSource, { spaceId, ...rightsIn(body) })),
  });
}

function rightsIn({ expiresAt = null, expiresInDays = null, ...rights }: z.output<typeof keyBody>) {
  const inDays = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * dayMs);
  const { robotId = null, domains = null, dailyTasks = null } = rights;
  return { ...rights, robotId, domains, dailyTasks, expiresAt: expiresAt ?? inDays };
}

function getKey({ dataSource }: ApiDeps): Operation {
  const store = new KeyStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/keys/{id}',
    id: 'getKey',
    scope: 'admin',
    summary: 'What an API key may, and when it was used last',
    params,
    answers: { 200: keyAnswer },
    serve: async ({ spaceId, params: { id } }) => {
      const key = await store.find(placeOf(spaceId, id));
      if (!key) throw keyNotFound(id);
      return { status: 200, body: { statusCode: 200, messageCode: 'success', apiKey: presentKey(key) } };
    },
  });
}

function postRotate({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/keys/{id}/rotate',
    id: 'rotateKey',
    scope: 'admin',
    summary:
      'Makes an API key with the rights of another, which ends after an overlap; it is shown this once',
    description:
      'The schedules of the old key are those of the new one from then on, and what the old one has spent of its `dailyTasks` today ' +
      'is spent; what is left of them either may start while both are good. The new one is good for as long as the old one was to be.',
    params,
    body: rotateBody,
    answers: { 201: madeKeyAnswer },
    serve: async ({ spaceId, params: { id }, body }) => {
      const key = await rotateKey(dataSource, placeOf(spaceId, id), body.overlapSeconds);
      if (!key) throw keyNotFound(id);
      return made(key);
    },
  });
}

function removeKey({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'delete',
    path: '/keys/{id}',
    id: 'revokeKey',
    scope: 'admin',
    summary: 'Revokes an API key: within 5 seconds it opens nothing any more',
    description:
      'Its runs go on, and its schedules unless `pauseSchedules` says otherwise; streams of events that it reads end within 30 ' +
      'seconds. The last key with the scope `admin` that does not expire cannot be revoked (409). One that is revoked can be again, ' +
      'as to pause what it made in its last seconds.',
    params,
    query: revokeQuery,
    answers: { 200: revokedKeyAnswer },
    serve: async ({ spaceId, params: { id }, query }) => {
      const how = { mayBeLast: false, pausesSchedules: query.pauseSchedules === 'true' };
      const revoked = await revokeKey(dataSource, placeOf(spaceId, id), how);
      if (!revoked) throw keyNotFound(id);
      const { apiKey, pausedSchedules } = revoked;
      const body = {
        statusCode: 200,
        messageCode: 'success',
        apiKey: presentKey(apiKey),
        pausedSchedules,
      } as const;
      return { status: 200, body };
    },
  });
}

function made({ apiKey, key }: MadeKey) {
  const body = { statusCode: 201, messageCode: 'success', apiKey: presentKey(apiKey), key } as const;
  return { status: 201, body } as const;
}

/** @throws HttpProblem for what is no id: it names nothing. */
function placeOf(spaceId: string, text: string): KeyPlace {
  const id = readUuid(text);
  if (id === null) throw keyNotFound(text);
  return { spaceId, id };
}

function keyNotFound(id: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `API key with id "${id}" not found.`);
}
