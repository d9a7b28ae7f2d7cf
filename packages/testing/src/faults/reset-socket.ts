import type { Socket } from 'node:net';

/**
 * Ends a connection by a reset. Node's `resetAndDestroy` first shuts the stream down in order; when the peer goes away
 * meanwhile, its reset is refused, and the handle is left in a state in which the process never comes to its end.
 * What is being shut down already is only closed.
 */
export function resetSocket(socket: Socket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished;
  if (!isEnding) closesByReset(socket);
  socket.destroy();
}

/** By the flag that `resetAndDestroy` itself sets, and that `destroy` looks at; Node has it since 18.3. */
function closesByReset(socket: Socket): void {
  (socket as Socket & { resetAndClosing: boolean }).resetAndClosing = true;
}
