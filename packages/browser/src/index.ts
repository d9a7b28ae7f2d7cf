export { BrowserPool, type BrowserPoolOptions } from './browser-pool';
export { findBrowser, type BrowserSearch } from './find-browser';
export { type RecycleLimits } from './warm-browser';
