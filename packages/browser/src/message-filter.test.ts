import { PassThrough } from 'node:stream';
import { MessageFilter, tooMuchAtOnce } from './message-filter';

const tooLong = 'x'.repeat(65 * 1024 ** 2);

/** What comes out of a filter for these messages, however the pipe cuts them. */
function heard(messages: string[], cutAt: number, limits = { messages: 1_000, bytes: Infinity }): string[] {
  const pipe = new PassThrough();
  const parts: Buffer[] = [];
  pipe.on('data', (part: Buffer) => parts.push(part));
  const filter = new MessageFilter(pipe, limits);
  filter.listen('A1', () => parts.push(Buffer.from('flood\0')));
  const bytes = Buffer.from(messages.map((message) => `${message}\0`).join(''));
  for (let at = 0; at < bytes.length; at += cutAt) pipe.emit('data', bytes.subarray(at, at + cutAt));
  return Buffer.concat(parts).toString().split('\0').slice(0, -1);
}

test.each([1, 7, 64, 100_000])('messages come as they were, cut at %i bytes', (cutAt) => {
  const messages = [
    '{"id":1,"result":{}}',
    '{"method":"Page.loadEventFired","params":{},"sessionId":"A1"}',
    '{}',
  ];
  expect(heard(messages, cutAt)).toEqual(messages);
});

test('what nobody listens to is dropped', () => {
  const line = '{"method":"Runtime.consoleAPICalled","params":{},"sessionId":"A1"}';
  expect(heard([line, '{"id":1}', line], 5)).toEqual(['{"id":1}']);
});

test('an answer that is too long for a string becomes an error, an event is dropped', () => {
  const answer = `{"id":12,"result":{"value":"${tooLong}"},"sessionId":"A1"}`;
  const event = `{"method":"Network.requestWillBeSent","params":{"request":"${tooLong}"},"sessionId":"A1"}`;
  const error = { id: 12, error: { code: -32000, message: tooMuchAtOnce }, sessionId: 'A1' };
  expect(heard([event, answer, '{"id":13}'], 65_536)).toEqual([JSON.stringify(error), '{"id":13}']);
});

test('a session that tells more than it may is told of, by number and by what it writes; answers do not count', () => {
  const event = '{"method":"Page.frameNavigated","params":{},"sessionId":"A1"}';
  const line = '{"method":"Runtime.consoleAPICalled","params":{},"sessionId":"A1"}';
  const [other, answer] = [event.replace('A1', 'B2'), '{"id":1,"result":{},"sessionId":"A1"}'];
  const few = { messages: 2, bytes: 100 };
  expect(heard([event, event, other, answer], 65_536, few)).not.toContain('flood');
  expect(heard([event, event, event], 65_536, few)).toContain('flood');
  expect(heard([line, line], 65_536, few)).toContain('flood');
});
