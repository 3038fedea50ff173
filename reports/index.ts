import { mkdirSync, writeFileSync } from 'node:fs';
import type { Report } from '../specs/report.ts';
export async function writeReports(report: Report, dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${dir}/report.json`, JSON.stringify(report, null, 1));
}
