export const secretPrefix = 'secret.';

/** How a secret may be called. */
export const secretName = /^[\w-]{1,100}$/;

/** The secret that `{{secret.NAME}}` names; null for other placeholders. An input's name has no dot. */
export function secretIn(placeholder: string): string | null {
  return placeholder.startsWith(secretPrefix) ? placeholder.slice(secretPrefix.length) : null;
}
