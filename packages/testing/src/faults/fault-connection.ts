import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArmedPoints } from './armed-points';
import type { Verdict } from './crash-point';
import type { ProxyMode } from './proxy-mode';
import { resetSocket } from './reset-socket';
import type { Answered, StatementReader } from './statement-reader';

interface Surroundings {
  proxy: { readonly mode: ProxyMode; onAnswer: (answered: Answered) => void };
  points: ArmedPoints;
  reader: StatementReader;
}

/** One connection through a proxy: two sockets, and whatever is done to the bytes between them. */
export class FaultConnection {
  readonly #server: Socket | null;
  /** Resolves when both ends are closed. */
  readonly ended: Promise<unknown>;
  /** Bytes, or the end of a stream, are missing: it can only be reset. */
  hasSwallowed: boolean;

  /** `port`: the server's; null for a connection into a black hole. */
  constructor(
    private readonly app: Socket,
    port: number | null,
    private readonly around: Surroundings,
  ) {
    this.hasSwallowed = port === null;
    this.#server =
      port === null ? null : connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const sockets = this.#server ? [app, this.#server] : [app];
    this.ended = Promise.all(
      sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    );
    this.#carry(app, this.#server, (chunk) => this.#whenSent(chunk));
    if (this.#server) this.#carry(this.#server, app, (chunk) => this.#whenAnswered(chunk));
  }

  reset(): void {
    resetSocket(this.app);
    if (this.#server) resetSocket(this.#server);
  }

  #carry(from: Socket, to: Socket | null, look: (chunk: Buffer) => (() => Promise<Verdict>) | null): void {
    from.on('error', () => null);
    from.on('data', (chunk: Buffer) => {
      if (this.#swallows()) return;
      const hold = this.#hold(chunk, look(chunk));
      if (!hold) return void to?.write(chunk);
      from.pause();
      void hold.then((verdict) => {
        if (verdict === 'drop') return this.reset();
        if (!this.#swallows()) to?.write(chunk);
        from.resume();
      });
    });
    from.on('end', () => void (this.#swallows() || to?.end()));
    from.on('close', () => void (this.#swallows() || to?.destroySoon()));
  }

  /** What has to happen before the chunk goes on; null for nothing. */
  #hold(chunk: Buffer, met: (() => Promise<Verdict>) | null): Promise<Verdict> | null {
    const { mode } = this.around.proxy;
    const ms = waitMs(mode, chunk.length);
    if (ms === 0) return met?.() ?? null;
    return sleep(ms).then(() => met?.() ?? 'pass');
  }

  #whenSent(chunk: Buffer): (() => Promise<Verdict>) | null {
    return this.around.points.met(this.around.reader.sent(chunk), 'before');
  }

  #whenAnswered(chunk: Buffer): (() => Promise<Verdict>) | null {
    const answered = this.around.reader.answered(chunk);
    for (const each of answered) this.around.proxy.onAnswer(each);
    return this.around.points.met(
      answered.map(({ statement }) => statement),
      'after',
    );
  }

  #swallows(): boolean {
    if (this.around.proxy.mode.kind === 'blackHole') this.hasSwallowed = true;
    return this.hasSwallowed;
  }
}

function waitMs(mode: ProxyMode, bytes: number): number {
  if (mode.kind === 'delay') return mode.ms;
  return mode.kind === 'limit' ? (bytes / mode.bytesPerSecond) * 1_000 : 0;
}
