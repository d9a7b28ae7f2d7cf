import { isSigned, policyIn, signedQuery, type UploadPolicy } from './upload-policy';

const key = Buffer.alloc(32, 7);
const id = '01890000-0000-7000-8000-00000000000a';
const given: UploadPolicy = { spaceId: id, keyId: id, fileId: id, name: 'Läden "1".csv', until: 1 };

const partsOf = (query: string) => {
  const parts = new URLSearchParams(query);
  return { policy: parts.get('policy') ?? '', signature: parts.get('signature') ?? '' };
};

test('a policy comes back as it was given', () => {
  const query = partsOf(signedQuery(key, given));
  expect(isSigned(key, query)).toBe(true);
  expect(policyIn(query.policy)).toEqual(given);
});

test('a policy that was altered, or signed by another, is not signed', () => {
  const query = partsOf(signedQuery(key, given));
  const other = partsOf(signedQuery(key, { ...given, until: 2 }));
  expect(isSigned(key, { ...query, policy: other.policy })).toBe(false);
  expect(isSigned(key, { ...query, signature: '' })).toBe(false);
  expect(isSigned(Buffer.alloc(32, 8), query)).toBe(false);
});

test.each(['', 'x', Buffer.from('7').toString('base64url'), Buffer.from('{}').toString('base64url')])(
  'a policy like %j says nothing',
  (text) => {
    expect(policyIn(text)).toBeNull();
  },
);
