import { aDefinition } from '@runnel/testing';
import { formatsOf, readFormats, withFormats } from './formats';

const open = { type: 'navigate', url: 'https://shop.test/' };
const reading = (...steps: object[]) => aDefinition({ steps: [open, ...steps] });

test('the formats of a robot are those in which it reads pages', () => {
  const content = { type: 'content', formats: ['links', 'markdown', 'metadata'] };
  const picture = { type: 'screenshot', name: 'screenshot-fullpage', fullPage: true };
  expect(formatsOf(reading(content, picture, { type: 'screenshot', name: 'end' }))).toEqual([
    'markdown',
    'links',
    'screenshot-fullpage',
  ]);
  expect(formatsOf(reading({ type: 'crawl', steps: [{ type: 'content', formats: ['html'] }] }))).toEqual([
    'html',
  ]);
});

test('other formats take the place of those that were read, and of nothing else', () => {
  const before = reading({ type: 'wait', ms: 5 }, { type: 'content' }, { type: 'screenshot', name: 'end' });
  expect(withFormats(before, ['text', 'screenshot-visible'])).toMatchObject({
    steps: [
      open,
      { type: 'wait' },
      { type: 'screenshot', name: 'end' },
      { type: 'content', formats: ['text'] },
      { type: 'screenshot', name: 'screenshot-visible', fullPage: false },
    ],
  });
});

test('what is no format is told with its place, and a summary is not made', () => {
  expect(readFormats(['html', 'markdown'], 'formats')).toEqual(['html', 'markdown']);
  expect(() => readFormats(['html', 'pdf'], 'meta.formats')).toThrow(
    expect.objectContaining({
      message: 'Invalid formats: pdf',
      faults: [expect.objectContaining({ path: 'meta.formats[1]', found: 'pdf' })],
    }),
  );
  expect(() => readFormats(['summary'], 'formats')).toThrow(expect.objectContaining({ status: 501 }));
});
