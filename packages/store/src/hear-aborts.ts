import { ChannelListener, type ListenerTiming } from './channel-listener';
import { abortChannel } from './sql';

/** The runs that a worker has tasks of. */
export interface RunsAtWork {
  running: () => string[];
  /** Told of a run that is to be aborted, more than once maybe, and of runs that it has no task of. */
  aborted: (runId: string) => void;
}

/** Tells a worker at once which runs are to be aborted, over one connection. Whoever opens it closes it. */
export function hearAborts(
  url: string,
  { running, aborted }: RunsAtWork,
  timing: Partial<ListenerTiming> = {},
): Promise<ChannelListener> {
  return ChannelListener.open({
    url,
    channel: abortChannel,
    application: 'runnel aborts',
    heard: aborted,
    look: async (ask) => {
      const statement = `SELECT id FROM runs WHERE id = ANY($1::uuid[]) AND status = 'aborting'`;
      for (const { id } of await ask<{ id: string }>(statement, [running()])) aborted(id);
    },
    timing,
  });
}
