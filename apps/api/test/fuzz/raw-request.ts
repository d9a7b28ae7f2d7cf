/** A request byte for byte: no client library would send most of these. */
export interface RawRequest {
  method: string;
  /** As it stands in the first line. */
  target: string;
  /** In this order, as often as they come. */
  headers: [name: string, value: string][];
  body: Buffer | null;
  /** True: nothing more comes after it, whatever it promised. */
  endsEarly?: true;
}

/** Header values are bytes: what is no ASCII goes as Latin-1. */
export function bytesOf({ method, target, headers, body }: RawRequest): Buffer {
  const named = new Set(headers.map(([name]) => name.toLowerCase()));
  const isMeasured = named.has('content-length') || named.has('transfer-encoding');
  const more: [string, string][] = [
    ...(named.has('host') ? [] : ([['host', 'runnel.test']] as [string, string][])),
    ...(body && !isMeasured ? ([['content-length', String(body.length)]] as [string, string][]) : []),
    ...(named.has('connection') ? [] : ([['connection', 'close']] as [string, string][])),
  ];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...[...headers, ...more].map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]);
}

/** For a person who wants to send it again; long runs of one character are told by their length. */
export function toldOf(request: RawRequest): string {
  const text = bytesOf(request).toString('latin1');
  return JSON.stringify(
    text.replace(/(.)\1{40,}/gs, (run, one: string) => `${one}{${run.length} times}`),
  ).slice(0, 3_000);
}
