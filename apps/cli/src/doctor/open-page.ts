import { FailureError, parseDefinition, type FailureCode, type SessionSource } from '@runnel/contracts';

const patienceMs = 20_000;

/** Opens an address as a robot does; null when it opened, else the code of its failure. */
export async function openPage(sessions: SessionSource, url: string): Promise<FailureCode | null> {
  const { definition } = parseDefinition({ steps: [{ type: 'navigate', url }] });
  if (!definition) throw new Error(`no robot can open ${url}`);
  const signal = AbortSignal.timeout(patienceMs);
  const session = await sessions.open(definition.options, signal);
  try {
    await session.navigate(url, { signal });
    return null;
  } catch (error) {
    if (error instanceof FailureError) return error.failure.code;
    throw error;
  } finally {
    await session.close();
  }
}
