import type { BrowserPool } from '@runnel/browser';
import type { Egress } from '@runnel/egress';
import type { Settings } from '@runnel/runtime';

/** What the checks look at. */
export interface Installation {
  settings: Settings;
  /** Why it is not there in place of what is not there. */
  egress: Egress | Error;
  browser: BrowserPool | Error;
}
