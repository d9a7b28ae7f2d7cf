/** Half of the values, 99 of 100, and all of them are at most this; in seconds. */
export interface Figures {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

export function figuresOf(milliseconds: number[]): Figures {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number): number =>
    (sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0) / 1_000;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

export function shown({ count, p50, p99, max }: Figures): string {
  return count === 0 ? '-' : `${p50.toFixed(1)}/${p99.toFixed(1)}/${max.toFixed(1)} s`;
}
