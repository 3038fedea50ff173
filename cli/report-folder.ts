/** The folder that a run wrote its reports to, read again by `--resume` and `merge`. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../specs/report.ts';
import { messageOf, UsageError } from './exit.ts';

const reportFile = (folder: string): string => join(folder, 'report.json');

/** Reads the report of a folder. @throws UsageError */
export function readReport(folder: string): Report {
  const file = reportFile(folder);
  if (!existsSync(file))
    throw new UsageError(`${folder} holds no report.json; name the folder that an earlier run wrote (--out).`);
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    if (report.schemaVersion !== 1) throw new Error(`its schemaVersion is ${String(report.schemaVersion)}, not 1`);
    return report;
  } catch (error) {
    throw new UsageError(`${file} cannot be used: ${messageOf(error)}.`);
  }
}
