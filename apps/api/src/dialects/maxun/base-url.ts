import type { ApiDeps } from '../../deps';

/** The address under which the client knows this API. */
export function baseOf(
  request: { protocol: string; get(name: 'host'): string | undefined },
  { publicUrl }: ApiDeps,
): string {
  return publicUrl?.replace(/\/+$/, '') ?? `${request.protocol}://${request.get('host') ?? ''}`;
}
