import type { RequestHandler } from 'express';
import { HttpProblem } from '../../../http-problem';
import { operation, type Operation } from '../../../operation';

const noModel = 'no language model is asked here';

const missing = [
  {
    path: '/search',
    id: 'sdkSearch',
    reason: 'Nothing is searched here: give the robot the address of a page',
  },
  { path: '/extract/llm', id: 'sdkExtract', reason: `Give the robot a workflow: ${noModel}` },
  { path: '/robots/document', id: 'sdkExtractDocument', reason: `Documents are not read: ${noModel}` },
  { path: '/robots/document-parse', id: 'sdkParseDocument', reason: 'Documents are not read here' },
] as const;

/** What Maxun has and this service has not: each is refused with a sentence. */
export function missingOperations(): Operation[] {
  return [...missing.map(refusal), diff()];
}

function refusal({ path, id, reason }: (typeof missing)[number]): Operation {
  return operation({
    method: 'post',
    path,
    id,
    scope: 'any',
    robotOf: 'none',
    summary: `Answers 501. ${reason}`,
    reader: leave,
    answers: {},
    serve: () => Promise.reject(new HttpProblem('NOT_IMPLEMENTED', reason)),
  });
}

function diff(): Operation {
  const reason = 'Runs are not compared with each other here';
  return operation({
    method: 'get',
    path: '/robots/{id}/runs/{runId}/diff',
    id: 'sdkCompareRuns',
    scope: 'any',
    robotOf: 'none',
    summary: `Answers 501. ${reason}`,
    params: { id: 'The robot', runId: 'The run' },
    answers: {},
    serve: () => Promise.reject(new HttpProblem('NOT_IMPLEMENTED', reason)),
  });
}

/** Whatever is sent, as a document of many pages, is of no interest. */
const leave: RequestHandler = (request, _response, next) => {
  request.resume();
  next();
};
