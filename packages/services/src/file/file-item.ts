import type { Fault } from '@runnel/contracts';

/** One record as it stands in a file, or what is wrong with the file there. */
export type FileItem = { value: unknown; at: (keys: PropertyKey[]) => string } | { fault: Fault };
