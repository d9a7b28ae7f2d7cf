// Runnel finds or brings a browser itself (packages/browser/src/find-browser.ts); Puppeteer's download is not needed.
module.exports = { skipDownload: true };
