/** One figure of the service and the rival's, of the same round. */
export interface Round {
  ours: number;
  theirs: number;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

export function percentile95(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? NaN;
}

/** Prints each round and the median of the ratios, which is the figure: absolute speeds are the machine's. */
export function report(title: string, unit: string, rounds: Round[]): void {
  say(`\n${title}`);
  rounds.forEach(({ ours, theirs }, index) => {
    const ratio = (ours / theirs).toFixed(2);
    say(
      `  round ${index + 1}: runnel ${ours.toFixed(1)} ${unit}, beside ${theirs.toFixed(1)} ${unit}, ratio ${ratio}`,
    );
  });
  say(
    `  ratio ${median(rounds.map(({ ours, theirs }) => ours / theirs)).toFixed(2)} (median of ${rounds.length} rounds)`,
  );
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
