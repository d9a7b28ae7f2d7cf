import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { temporaryFolder, testHosts } from '@runnel/testing';

const program = join(__dirname, '..', 'dist', 'main.js');

export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** A folder in which somebody keeps files and calls `runnel`, built, as a process of its own. */
export class CommandLine {
  private constructor(readonly folder: string) {}

  static async open(): Promise<CommandLine> {
    return new CommandLine(await temporaryFolder('runnel-command-'));
  }

  /** Writes a file, JSON unless it is text, and gives its name. */
  async file(name: string, content: unknown): Promise<string> {
    const written = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(this.folder, name), written);
    return name;
  }

  /** `runnel robots …words` until it ends. */
  async robots(words: string[], environment: Record<string, string> = {}): Promise<Ended> {
    return this.run(['robots', ...words], environment);
  }

  /** `runnel …words` until it ends. */
  async run(words: string[], environment: Record<string, string> = {}): Promise<Ended> {
    const { PATH, PUPPETEER_EXECUTABLE_PATH } = process.env;
    const own = { PATH, RUNNEL_ALLOW_HOSTS: testHosts };
    const child = spawn(process.execPath, [program, ...words], {
      cwd: this.folder,
      env: { ...own, ...(PUPPETEER_EXECUTABLE_PATH && { PUPPETEER_EXECUTABLE_PATH }), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const closed = once(child, 'close') as Promise<[number]>;
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    return { code, out, err };
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
