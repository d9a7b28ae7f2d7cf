import { mkdir } from 'node:fs/promises';
import { UsageError } from '../usage-error';

/** Makes the folder that an option names, before a robot has worked for it in vain. @throws UsageError */
export async function makeFolder(option: string, folder: string | undefined | null): Promise<void> {
  if (folder === undefined || folder === null) return;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--${option} ${folder} cannot be made a folder: ${reason}`);
  });
}
