import type { RowData } from '@runnel/contracts';

/** What a robot gave, collected instead of stored. */
export class CollectedOutput {
  readonly lists: Record<string, RowData[]> = {};
  readonly warnings: string[] = [];
  readonly artifacts: { name: string; contentType: string; bytes: Buffer }[] = [];

  rows(list: string, rows: RowData[]): Promise<void> {
    this.lists[list] = [...(this.lists[list] ?? []), ...rows];
    return Promise.resolve();
  }

  artifact(artifact: { name: string; contentType: string; bytes: Buffer }): Promise<void> {
    this.artifacts.push(artifact);
    return Promise.resolve();
  }

  warning(step: number, message: string): Promise<void> {
    this.warnings.push(`${step}: ${message}`);
    return Promise.resolve();
  }
}
