import { deleteSecret, secretLengths, setSecret } from '@runnel/services';
import { SecretStore, type SecretView } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { operation, type Operation } from '../../operation';

/** Secrets of a space: they are set, named by robots and deleted, and no answer says what they are. */
export function secretOperations(deps: ApiDeps): Operation[] {
  return [getSecrets(deps), putSecret(deps), removeSecret(deps)];
}

const params = { name: "The secret's name: letters, digits, _ and -" };

const secret = z.object({
  name: z.string(),
  keyId: z.string().meta({ description: "Which of the installation's keys sealed it" }),
  createdAt: z.string(),
  updatedAt: z.string(),
});
const ok = { statusCode: z.literal(200), messageCode: z.literal('success') };
const secretAnswer = z.object({ ...ok, secret });
const secretsAnswer = z.object({
  ...ok,
  secrets: z.object({ totalCount: z.number().int(), items: z.array(secret) }),
});
const deletedAnswer = z.object({ ...ok, message: z.string() });

function getSecrets({ dataSource }: ApiDeps): Operation {
  const store = new SecretStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/secrets',
    id: 'listSecrets',
    scope: 'admin',
    summary: 'The secrets of the space by name, without their values',
    answers: { 200: secretsAnswer },
    serve: async ({ spaceId }) => {
      const items = (await store.list(spaceId)).map(present);
      const secrets = { totalCount: items.length, items };
      return { status: 200, body: { statusCode: 200, messageCode: 'success', secrets } };
    },
  });
}

const body = z.strictObject({ value: z.string() });

/** Read where it is served: a fault must not quote what was sent. */
const bodyDocument = z.unknown().meta({
  type: 'object',
  properties: {
    value: { type: 'string', minLength: secretLengths.least, maxLength: secretLengths.most },
  },
  required: ['value'],
  additionalProperties: false,
});

function putSecret(deps: ApiDeps): Operation {
  return operation({
    method: 'put',
    path: '/secrets/{name}',
    id: 'setSecret',
    scope: 'admin',
    summary: 'Sets a secret, which robots use as `{{secret.name}}`',
    description:
      'No answer tells its value. Rows, failures and text artifacts of runs that use it have *** in its place; pictures cannot.',
    params,
    body: bodyDocument,
    answers: { 200: secretAnswer },
    serve: async ({ spaceId, params: { name }, body: sent }) => {
      const { data } = body.safeParse(sent);
      if (!data) throw notAValue();
      const set = await setSecret(deps, { spaceId, name, value: data.value });
      return { status: 200, body: { statusCode: 200, messageCode: 'success', secret: present(set) } };
    },
  });
}

function removeSecret({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'delete',
    path: '/secrets/{name}',
    id: 'deleteSecret',
    scope: 'admin',
    summary: 'Deletes a secret; robots that use it fail until it is set again',
    params,
    answers: { 200: deletedAnswer },
    serve: async ({ spaceId, params: { name } }) => {
      if (!(await deleteSecret(dataSource, { spaceId, name }))) {
        throw new HttpProblem('NOT_FOUND', `Secret "${name}" not found.`);
      }
      const message = 'Secret deleted successfully';
      return { status: 200, body: { statusCode: 200, messageCode: 'success', message } };
    },
  });
}

function present({ name, keyId, createdAt, updatedAt }: SecretView) {
  return { name, keyId, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

function notAValue(): HttpProblem {
  const message = 'must be text, and nothing may stand beside it';
  return new HttpProblem('INVALID_INPUT', 'The body is not right', [{ path: 'value', message }]);
}
