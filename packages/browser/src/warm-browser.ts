import type { Browser, BrowserContext, CDPSession } from 'puppeteer';
import { launch, type LaunchPlan } from './launch';
import { MemoryWatch } from './memory-watch';
import { MessageFilter } from './message-filter';
import type { Guards } from './page-guard';
import { machineBytes, type PageLimits } from './page-limits';
import { treeMemory } from './process-memory';
import { createProfileFolder, removeProfileFolder } from './profile-folder';

/** When a browser is replaced. Chromium's memory grows with reuse, also when every page is closed. */
export interface RecycleLimits {
  uses: number;
  ageMs: number;
  memoryBytes: number;
}

export interface BrowserLimits {
  recycle: RecycleLimits;
  page: PageLimits;
}

const closeMs = 5_000;
/** Before the system ends what it likes. */
const shareOfMachine = 0.75;
/** The pipe that the browser writes to. */
const fromBrowser = 4;
const memoryCheckMs = 5_000;

/** One browser process, its profile folder, how much it was used, and what its pages may take. */
export class WarmBrowser {
  #uses = 0;
  #open = 0;
  #retired = false;
  #closing: Promise<void> | null = null;
  #client: Promise<CDPSession> | null = null;
  readonly #born = Date.now();
  #memoryChecked = Date.now();
  readonly guards: Guards;

  private constructor(
    readonly browser: Browser,
    private readonly profileFolder: string,
    private readonly limits: BrowserLimits,
  ) {
    const { recycle, page } = limits;
    const child = browser.process();
    const memoryLimits = {
      page: page.memoryBytes,
      other: recycle.memoryBytes,
      all: machineBytes() * shareOfMachine,
    };
    this.guards = {
      limits: page,
      memory: new MemoryWatch(child?.pid ?? null, memoryLimits),
      messages: new MessageFilter(child?.stdio[fromBrowser], page.talk),
    };
    browser.on('disconnected', () => {
      this.guards.memory.stop();
      this.retire();
    });
  }

  static async start(plan: LaunchPlan, limits: BrowserLimits): Promise<WarmBrowser> {
    const { profilesFolder, owner } = plan.confinement;
    const profileFolder = await createProfileFolder(profilesFolder, owner);
    try {
      return new WarmBrowser(await launch(plan, profileFolder), profileFolder, limits);
    } catch (error) {
      await removeProfileFolder(profileFolder);
      throw error;
    }
  }

  /** Pages of the context may not ask for a place, a camera, the clipboard and the like. */
  async denyPermissions({ id }: BrowserContext): Promise<void> {
    this.#client ??= this.browser.target().createCDPSession();
    const client = await this.#client;
    await client.send('Browser.grantPermissions', {
      permissions: [],
      ...(id !== undefined && { browserContextId: id }),
    });
  }

  /** Counts one more session, or says that this browser takes no more. */
  async take(): Promise<boolean> {
    if (this.#retired || !this.browser.connected || (await this.#isSpent())) {
      this.retire();
      return false;
    }
    // It may have died while its memory was looked at.
    if (this.#hasRetired()) return false;
    this.#uses += 1;
    this.#open += 1;
    return true;
  }

  #hasRetired(): boolean {
    return this.#retired;
  }

  giveBack(): void {
    this.#open -= 1;
    if (this.#retired && this.#open === 0) void this.close();
  }

  /** No new sessions; closed when the last one ends. */
  retire(): void {
    this.#retired = true;
    if (this.#open === 0) void this.close();
  }

  /** Ends the process, by force if it does not go, and removes its folder. */
  close(): Promise<void> {
    this.#retired = true;
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const child = this.browser.process();
    const force = setTimeout(() => child?.kill('SIGKILL'), closeMs);
    try {
      await this.browser.close();
    } catch {
      child?.kill('SIGKILL');
    } finally {
      clearTimeout(force);
      // What cannot be removed now, the next pool sweeps.
      await removeProfileFolder(this.profileFolder).catch(() => null);
    }
  }

  async #isSpent(): Promise<boolean> {
    const { uses, ageMs, memoryBytes } = this.limits.recycle;
    if (this.#uses >= uses || Date.now() - this.#born > ageMs) return true;
    const pid = this.browser.process()?.pid;
    if (pid === undefined || Date.now() - this.#memoryChecked < memoryCheckMs) return false;
    this.#memoryChecked = Date.now();
    return (await treeMemory(pid)) > memoryBytes;
  }
}
