import { newId } from '@runnel/store';
import fc from 'fast-check';
import { asBase36, asHex, asToken, readBase36, readHex, readToken, readUuid } from './id-forms';

const anyUuid = fc.uuid();

test('an id is read back from each of its forms', () => {
  fc.assert(
    fc.property(anyUuid, (id) => {
      expect(readUuid(id.toUpperCase())).toBe(id);
      expect(readHex(asHex(id))).toBe(id);
      expect(asBase36(id)).toMatch(/^[0-9a-z]{25}$/);
      expect(readBase36(asBase36(id))).toBe(id);
    }),
  );
});

test('the token of a space is 24 characters of its id', () => {
  for (let count = 0; count < 100; count += 1) {
    const id = newId();
    expect(asToken(id)).toMatch(/^[0-9A-Z]{24}$/);
    expect(readToken(asToken(id))).toBe(id);
  }
});

test('what is no form of an id is none, whatever it holds', () => {
  const readers = [readUuid, readHex, readBase36, readToken];
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const read of readers) expect(read(text) ?? '').toMatch(/^$|^[0-9a-f-]{36}$/);
    }),
  );
  const past = ['zzzzzzzzzzzzzzzzzzzzzzzzz', 'F5LXX1ZZ5PNORYNQGLHZMSP34', 'b4fznghynbdemslfd5k044fg'];
  expect(past.map(readBase36)).toEqual([null, null, null]);
  expect(readToken('ZZZZZZZZZZZZZZZZZZZZZZZZ')).toBeNull();
});

test('the ids in the seeds are of these forms', () => {
  expect(asBase36(readBase36('b4fznghynbdemslfd5k044fgd') ?? '')).toBe('b4fznghynbdemslfd5k044fgd');
  expect(readHex('ecac64fe03e911f1878d43cd8a99e069')).toBe('ecac64fe-03e9-11f1-878d-43cd8a99e069');
});
