export { BrowserPool, type BrowserPoolOptions } from './browser-pool';
export { type Isolation } from './isolation';
export { findBrowser, type BrowserSearch } from './find-browser';
export { type RecycleLimits } from './warm-browser';
export { Tape } from './tape/tape';
export { HttpSessions } from './http/http-sessions';
