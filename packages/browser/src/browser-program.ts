/** A Chromium or Chrome on this machine. */
export interface BrowserProgram {
  path: string;
  /** A headless shell opens a context several times faster than full Chrome, in a third of the memory. */
  isHeadlessShell: boolean;
  /** What the program needs beside the environment that every browser gets. */
  environment: Record<string, string>;
}
