import type { ApiDeps } from './deps';
import { withoutEndSlashes } from './without-end-slashes';

/** What of a request tells how its sender calls this API. */
export interface Asker {
  protocol: string;
  get(name: 'host'): string | undefined;
}

/** The address under which the client knows this API. */
export function baseOf(request: Asker, { publicUrl }: ApiDeps): string {
  if (publicUrl !== null) return withoutEndSlashes(publicUrl);
  return `${request.protocol}://${request.get('host') ?? ''}`;
}
