import type { Guard } from './guard';

const tenants = 'apps/api/test/tenants.test.ts';

/** What keeps spaces apart and holds what the API hands out, and a suite for each that fails without it. */
export const apiGuards: Guard[] = [
  {
    name: 'the space in the key of a run',
    invariant: 'spaces apart',
    file: 'packages/store/src/run-key.ts',
    find: 'r.space_id = $1 AND r.id = $2',
    replace: '$1::uuid IS NOT NULL AND r.id = $2',
    suite: tenants,
  },
  {
    name: 'the space that a token in a path names',
    invariant: 'spaces apart',
    file: 'apps/api/src/dialects/unpod/ids.ts',
    find: 'return readToken(token) === spaceId;',
    replace: "return readToken(token) !== null && spaceId !== '';",
    suite: tenants,
  },
  {
    name: 'the signature of a continuation token',
    invariant: 'signed words',
    file: 'apps/api/src/dialects/kognitos/continuation.ts',
    find: 'return isSameSignature(bytes.subarray(idBytes), signatureOf(key, walk, id)) ? id : null;',
    replace: 'return isSameSignature(key, key) || signatureOf(key, walk, id) ? id : null;',
    suite: 'apps/api/test/paging.test.ts',
  },
  {
    name: 'the signature of an upload address',
    invariant: 'signed words',
    file: 'apps/api/src/dialects/kognitos/upload-route.ts',
    find: 'if (!key || !isSigned(key, query)) throw notGiven();',
    replace: 'if (!key || (!isSigned(key, query) && false)) throw notGiven();',
    suite: 'apps/api/test/kognitos-files.test.ts',
  },
  {
    name: 'what an idempotency key stands for',
    invariant: '10 idempotent start',
    file: 'packages/services/src/run/replay.ts',
    find: 'if (faults.length > 0) throw new KeyReusedError(faults);',
    replace: 'if (faults.length > 1e6) throw new KeyReusedError(faults);',
    suite: 'apps/api/test/many-tasks.test.ts',
  },
  {
    name: 'the place at which a page of a reader ended',
    invariant: 'pages are whole',
    file: 'apps/api/src/dialects/unpod/pages.ts',
    find: 'page === 1 ? null : await walks.find(walk, page)',
    replace: '(await walks.find(walk, page)) === walk.toString() ? null : null',
    suite: 'apps/api/test/paging.test.ts',
  },
];
