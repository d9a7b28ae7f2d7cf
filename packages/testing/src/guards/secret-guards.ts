import type { Guard } from './guard';

/** What keeps secrets in their place, and a suite for each that fails without it. */
export const secretGuards: Guard[] = [
  {
    name: 'the mask of rows and artifacts',
    invariant: 'secrets stay secret',
    file: 'packages/interpreter/src/mask.ts',
    find: 'return end === 0 ? text : ',
    replace: 'return end >= 0 ? text : ',
    suite: 'packages/interpreter/test/secrets.test.ts',
  },
  {
    name: 'the place that a sealed secret is bound to',
    invariant: 'secrets stay in place',
    file: 'packages/services/src/secret/vault.ts',
    find: 'const parts = [...about, keyId].flatMap(',
    replace: 'const parts = [keyId].flatMap(',
    suite: 'packages/services/test/vault.test.ts',
  },
  {
    name: 'the host that a robot with secrets keeps to',
    invariant: 'secrets stay in place',
    file: 'packages/contracts/src/definition/same-host.ts',
    find: 'return usual.host === asked.host && !isWeaker;',
    replace: "return usual.host !== '' && asked.host !== '' && !(isWeaker && false);",
    suite: 'packages/contracts/src/definition/secrets.test.ts',
  },
  {
    name: 'the sites of secrets where inputs choose a link',
    invariant: 'secrets stay in place',
    file: 'packages/contracts/src/definition/secret-sites.ts',
    find: ', ...choosing(definition)]',
    replace: ', ...choosing(definition).slice(0, 0)]',
    suite: 'packages/contracts/src/definition/start-faults.test.ts',
  },
  {
    name: 'that inputs are no secrets',
    invariant: 'secrets stay in place',
    file: 'packages/contracts/src/definition/secrets.ts',
    find: 'filter(([name]) => secretIn(name) === null)',
    replace: 'filter(([name]) => name !== null)',
    suite: 'packages/contracts/src/definition/secrets.test.ts',
  },
  {
    name: 'that a header with a secret has one line',
    invariant: 'secrets stay in place',
    file: 'packages/contracts/src/definition/own-headers.ts',
    find: 'if (isHeaderValue(value)) continue;',
    replace: 'if (isHeaderValue(value) || value) continue;',
    suite: 'packages/contracts/src/definition/own-headers.test.ts',
  },
  {
    name: 'the site of headers with secrets, in a browser',
    invariant: 'secrets stay in place',
    file: 'packages/browser/src/send-own-headers.ts',
    find: 'isOwn(request.url, own) ?',
    replace: 'isOwn(request.url, own) || requestId ?',
    suite: 'packages/browser/test/own-headers.test.ts',
  },
  {
    name: 'the site of headers with secrets, without a browser',
    invariant: 'secrets stay in place',
    file: 'packages/browser/src/http/visitor.ts',
    find: 'this.#own && isSameHost(this.#own.site, url) ?',
    replace: 'this.#own && (isSameHost(this.#own.site, url) || url) ?',
    suite: 'packages/browser/test/own-headers.test.ts',
  },
];
