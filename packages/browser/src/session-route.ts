import type { Options, SessionExtras } from '@runnel/contracts';
import type { Egress, Gate } from '@runnel/egress';
import { HttpClient } from './http/http-client';

/** What all sessions of a pool share. */
export interface SharedRoute {
  /** Null: nothing is filtered. */
  egress: Egress | null;
  gate: Gate | null;
  /** For what a robot fetches beside its pages. */
  client: HttpClient;
}

/** How a session reaches sites. */
export interface SessionRoute {
  /** Null: connections are the browser's own. */
  gate: Gate | null;
  client: HttpClient;
  /** False: the gate is the one that the whole browser goes through. */
  isOwn: boolean;
  /** Closes what is the session's own. */
  release(): Promise<void>;
}

/** A robot's proxy and the hosts that a session may visit need a gate of its own, closed by `release`. */
export async function openSessionRoute(
  { egress, gate: sharedGate, client: sharedClient }: SharedRoute,
  { proxy }: Options,
  { domains = null }: SessionExtras,
): Promise<SessionRoute> {
  if (egress === null || (proxy === null && domains === null)) {
    return { gate: sharedGate, client: sharedClient, isOwn: false, release: () => Promise.resolve() };
  }
  const gate = await egress.openGate({ upstream: proxy, domains });
  // The hosts alone are looked at by the visitor, on connections that are shared.
  const own = proxy === null ? null : new HttpClient({ egress, gate });
  const release = async (): Promise<void> => {
    await own?.close();
    await gate.close();
  };
  return { gate, client: own ?? sharedClient, isOwn: true, release };
}
