/** Something that the service has promised and not kept. */
export interface Problem {
  /** `lost`: what was accepted is not there, or not whole, or never ends. `doubled`: it is there more than once. */
  kind: 'lost' | 'doubled' | 'wrong';
  /** Null: not of one run. */
  runId: string | null;
  what: string;
}
