import type { CDPSession, Page, Protocol } from 'puppeteer';
import { createHash } from 'node:crypto';
import type { Tape } from './tape';

/** What a body no longer is once the browser has read it. */
const ofTransport = /^(content-encoding|content-length|transfer-encoding)$/i;

/** From now on what the page loads goes to the tape, or comes from it and from nowhere else. */
export async function tapePage(page: Page, tape: Tape): Promise<void> {
  const client = await page.createCDPSession();
  const isRecording = tape.mode === 'record';
  client.on('Fetch.requestPaused', (paused) => {
    const handled = isRecording ? record(client, tape, paused) : replay(client, tape, paused);
    // The page may be gone by now.
    handled.catch(() => null);
  });
  const requestStage = isRecording ? ('Response' as const) : ('Request' as const);
  await client.send('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage }] });
}

async function record(
  client: CDPSession,
  tape: Tape,
  paused: Protocol.Fetch.RequestPausedEvent,
): Promise<void> {
  const { requestId, request, responseStatusCode: status = null, responseErrorReason: error = null } = paused;
  const headers = (paused.responseHeaders ?? []).map(({ name, value }): [string, string] => [name, value]);
  const isRedirect = status !== null && status >= 300 && status < 400;
  const body =
    status === null || isRedirect
      ? null
      : await client.send('Fetch.getResponseBody', { requestId }).catch(() => null);
  tape.add({
    method: request.method,
    url: request.url,
    sent: digestOf(request),
    status,
    error,
    headers: headers.filter(([name]) => !ofTransport.test(name)),
    body: body ? Buffer.from(body.body, body.base64Encoded ? 'base64' : 'utf8') : Buffer.alloc(0),
  });
  await client.send('Fetch.continueRequest', { requestId });
}

async function replay(
  client: CDPSession,
  tape: Tape,
  paused: Protocol.Fetch.RequestPausedEvent,
): Promise<void> {
  const { requestId, request } = paused;
  const answer = tape.answer({ method: request.method, url: request.url, sent: digestOf(request) });
  if (answer === null || answer.status === null) {
    const errorReason = (answer?.error ?? 'InternetDisconnected') as Protocol.Network.ErrorReason;
    await client.send('Fetch.failRequest', { requestId, errorReason });
    return;
  }
  const responseHeaders = answer.headers.flatMap(([name, value]) =>
    value.split('\n').map((line) => ({ name, value: line })),
  );
  const body = answer.body.toString('base64');
  await client.send('Fetch.fulfillRequest', {
    requestId,
    responseCode: answer.status,
    responseHeaders,
    body,
  });
}

function digestOf({ postDataEntries }: Protocol.Network.Request): string | null {
  if (!postDataEntries) return null;
  const sent = postDataEntries.map(({ bytes = '' }) => bytes).join('\n');
  return createHash('sha256').update(sent).digest('hex');
}
