/** What a proxy does to its connections. */
export type ProxyMode =
  | { kind: 'pass' }
  /** New connections are reset at once; those that are there stay. */
  | { kind: 'refuse' }
  /** Half-open: everything is accepted and nothing arrives, either way. */
  | { kind: 'blackHole' }
  | { kind: 'delay'; ms: number }
  | { kind: 'limit'; bytesPerSecond: number };
