/** The most that each may take, so that all together take no more than `most`: who needs less leaves it to the others. */
export function fairShare(needs: number[], most: number): number {
  const rising = [...needs].sort((a, b) => a - b);
  let left = most;
  for (const [index, need] of rising.entries()) {
    const share = Math.floor(left / (rising.length - index));
    if (need > share) return share;
    left -= need;
  }
  return most;
}
