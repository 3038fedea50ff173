/** The formats of a report: adding one is a file beside this and a line here. */

import { join } from 'node:path';
import type { Report } from '../specs/report.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderTerminal } from './terminal.ts';
import { writeAtomically } from './write-file.ts';

const writers = {
  json: { file: 'report.json', render: renderJson },
  junit: { file: 'junit.xml', render: renderJunit },
  html: { file: 'report.html', render: renderHtml },
  text: { file: 'report.txt', render: (report: Report) => renderTerminal(report, { colour: false, width: 100 }) },
} as const;

export type ReportFormat = keyof typeof writers;
export const reportFormats = Object.keys(writers) as readonly ReportFormat[];
export const defaultFormats: readonly ReportFormat[] = ['json', 'junit', 'html'];

/**
 * Writes a report into a folder, a file a format, each whole or not at all.
 * @returns the paths written, in the order of the formats
 * @throws the file system's error when a file cannot be written
 */
export async function writeReports(
  report: Report,
  folder: string,
  formats: readonly ReportFormat[] = defaultFormats,
): Promise<string[]> {
  return Promise.all(
    formats.map(async (format) => {
      const { file, render } = writers[format];
      const path = join(folder, file);
      await writeAtomically(path, render(report));
      return path;
    }),
  );
}
