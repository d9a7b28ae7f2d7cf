import { isRunEnded, runStatuses, type RunStatus } from '@runnel/contracts';
import { ChannelListener, type Ask, type ListenerTiming } from './channel-listener';
import { RunWatch, WatchedRun } from './run-watch';
import { runChannel } from './sql';

/** Wakes whoever waits for a run, over one connection however many wait. Waiting asks the database nothing. */
export class RunSignals {
  readonly #runs = new Map<string, WatchedRun>();
  #listener: ChannelListener | null = null;

  private constructor() {}

  static async open(url: string, timing: Partial<ListenerTiming> = {}): Promise<RunSignals> {
    const signals = new RunSignals();
    signals.#listener = await ChannelListener.open({
      url,
      channel: runChannel,
      application: 'runnel signals',
      heard: (payload) => signals.#heard(payload),
      look: (ask) => signals.#look(ask),
      timing,
    });
    return signals;
  }

  /** Begins to watch a run. Whoever begins stops it. */
  watch(runId: string): RunWatch {
    const run = this.#runs.get(runId) ?? new WatchedRun();
    this.#runs.set(runId, run);
    return new RunWatch(run, () => {
      if (run.watches.size === 0 && this.#runs.get(runId) === run) this.#runs.delete(runId);
    });
  }

  /** How many watch runs. */
  get watching(): number {
    return [...this.#runs.values()].reduce((sum, { watches }) => sum + watches.size, 0);
  }

  async close(): Promise<void> {
    await this.#listener?.close();
    for (const run of this.#runs.values()) run.wake();
  }

  #heard(payload: string): void {
    const [runId = '', seq, word] = payload.split(' ');
    const run = this.#runs.get(runId);
    const status = runStatuses.find((each) => each === word);
    // What says less than it should was sent by another version: whoever waits looks for themselves.
    if (status === undefined) run?.wake();
    else run?.tell({ seq: Number(seq), hasEnded: isRunEnded(status) });
  }

  /** One question for all runs that are watched; also for none, as it shows that the connection lives. */
  async #look(ask: Ask): Promise<void> {
    const ids = [...this.#runs.keys()];
    const statement = 'SELECT id, seq, status FROM runs WHERE id = ANY($1::uuid[])';
    const found = await ask<{ id: string; seq: number; status: RunStatus }>(statement, [ids]);
    const gone = new Set(ids);
    for (const { id, seq, status } of found) {
      gone.delete(id);
      this.#runs.get(id)?.tell({ seq, hasEnded: isRunEnded(status) });
    }
    for (const id of gone) this.#runs.get(id)?.wake();
  }
}
