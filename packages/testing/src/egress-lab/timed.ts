/** How long each part took, in milliseconds. */
export type Times = Record<string, number>;

/** Does `work`, and notes how long it took. */
export async function timed<T>(times: Times, name: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    times[name] = Math.round(performance.now() - began);
  }
}
