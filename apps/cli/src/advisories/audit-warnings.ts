import { z } from 'zod';

/** Of what a registry warns. */
export interface AuditWarning {
  package: string;
  title: string;
  url: string;
}

/** Of the answer of `npm audit --json`, what is read here: words in `via` name another entry. */
const Report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      via: z.array(
        z.union([
          z.string(),
          z.object({ name: z.string(), title: z.string(), url: z.string(), severity: z.string() }),
        ]),
      ),
    }),
  ),
});

/** The high and critical warnings in what `npm audit --json` wrote; null: it got no answer to its question. */
export function auditWarnings(out: string): AuditWarning[] | null {
  const report = Report.safeParse(jsonOf(out));
  if (!report.success) return null;
  return Object.values(report.data.vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((each) => typeof each !== 'string')
    .filter(({ severity }) => severity === 'high' || severity === 'critical')
    .map(({ name, title, url }) => ({ package: name, title, url }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
