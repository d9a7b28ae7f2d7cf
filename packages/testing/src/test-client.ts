export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** Speaks HTTP with an API, as any client. */
export class TestClient {
  constructor(
    readonly url: string,
    private readonly key: string | null,
  ) {}

  get<T>(path: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send('GET', path, { headers });
  }

  post<T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send('POST', path, { body: JSON.stringify(body ?? {}), headers });
  }

  async send<T>(
    method: string,
    path: string,
    { body, headers }: { body?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(this.key !== null && { 'x-api-key': this.key }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    const isJson = (response.headers.get('content-type') ?? '').includes('application/json');
    const read: unknown = isJson ? await response.json() : Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body: read as T };
  }
}
