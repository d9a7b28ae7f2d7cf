/** No id that was made at this moment or later is lower: what makes a bound of time one of an index of ids. In SQL. */
export function lowestIdAt(moment: string): string {
  return `(lpad(to_hex(floor(extract(epoch FROM ${moment}) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;
}
