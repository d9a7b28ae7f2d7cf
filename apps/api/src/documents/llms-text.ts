import { documentNames, type Dialect } from '../dialect';
import { titles } from './titles';

/** What the API is and where its documents are, for a program that reads text (llmstxt.org). */
export function llmsText(dialects: Dialect[], base: string): string {
  const parts = documentNames.map((name) => {
    const { title, description } = titles[name];
    const told = dialects.filter(({ document }) => document === name);
    const lines = told.flatMap(({ mounts, operations }) =>
      operations.map(({ method, path, summary }) => {
        return `- \`${method.toUpperCase()} ${mounts[0] ?? ''}${path}\`: ${summary}`;
      }),
    );
    return `## ${title}\n\n${description} Document: [${name}.json](${base}/openapi/${name}.json)\n\n${lines.join('\n')}`;
  });
  return `# Runnel

> Runs web-scraping robots: start a run by HTTP, get an answer at once, then poll, wait, stream or read its rows. One service, four dialects.

Send your key with every request, as \`x-api-key: KEY\` or \`Authorization: Bearer KEY\`. Start with \`POST ${base}/api/robots/{id}/runs?wait=60\`: it answers with the run and its rows when it has ended. Docs to read and try: [${base}/docs](${base}/docs)

${parts.join('\n\n')}
`;
}
