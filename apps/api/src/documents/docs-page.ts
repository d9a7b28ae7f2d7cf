import { documentNames } from '../dialect';
import { titles } from './titles';

/** A page to read the documents and to try what they tell. */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Runnel API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<style>.swagger-ui .topbar .link { visibility: hidden; width: 0 } body { margin: 0 }</style>
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/swagger-ui-standalone-preset.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

export function docsScript(): string {
  const urls = documentNames.map((name) => ({ name: titles[name].title, url: `/openapi/${name}.json` }));
  return `SwaggerUIBundle({
  dom_id: '#docs',
  urls: ${JSON.stringify(urls)},
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  deepLinking: true,
  persistAuthorization: true,
  validatorUrl: null,
});
`;
}
