import { SeenRows } from './seen';

describe('rows that were seen', () => {
  test('are not given twice across pages, but twins on one page are two rows', () => {
    const seen = new SeenRows(undefined);
    expect([seen.isNew({ a: 1 }), seen.isNew({ a: 1 }), seen.isNew({ a: 2 })]).toEqual([true, true, true]);
    seen.endPage();
    expect([seen.isNew({ a: 1 }), seen.isNew({ a: 3 })]).toEqual([false, true]);
  });

  test('are told apart by the unique fields alone, on one page as well', () => {
    const seen = new SeenRows(['a']);
    expect([seen.isNew({ a: 1, b: 1 }), seen.isNew({ a: 1, b: 2 }), seen.isNew({ a: 2, b: 1 })]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
