const longest = 60;

/** A name as a handle: lower case letters and digits, joined by dashes. Robots of the same name get a number behind. */
export function slugOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return (words ?? []).join('-').slice(0, longest).replace(/-$/, '') || 'robot';
}
