import { totalmem } from 'node:os';
import type { TalkLimits } from './message-filter';

const MiB = 1024 ** 2;

/** What a page may take until it fails. Bytes are counted after decompression: a megabyte of gzip can be a gigabyte. */
export interface PageLimits {
  documentBytes: number;
  /** Anything else that is loaded, like a script. */
  fileBytes: number;
  /** The document and all that it loads. */
  loadedBytes: number;
  /** Of the process that shows it. To read 50 MiB of text takes 1.6 GiB for a moment. */
  memoryBytes: number;
  /** What the browser tells of it in a second: requests, frames, addresses, lines for the console. */
  talk: TalkLimits;
}

export const defaultPageLimits: PageLimits = {
  documentBytes: 64 * MiB,
  fileBytes: 256 * MiB,
  loadedBytes: 1024 * MiB,
  memoryBytes: Math.max(256 * MiB, Math.min(2048 * MiB, machineBytes() / 2)),
  talk: { messages: 5_000, bytes: 16 * MiB },
};

/** The memory of the machine, or of the container. */
export function machineBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
