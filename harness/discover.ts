/** Finds modules by folder, so that adding a check, an observer or a fault touches one file and no list. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]))
    .filter((path) => /\.(ts|js)$/.test(path) && !/\.(test|d)\.(ts|js)$|\.d\.ts$/.test(path))
    .sort();
}

/** The default exports of every module below `folder` (a file URL), in the order of their paths; files named `index` are left out. */
export async function discover<T>(folder: URL): Promise<T[]> {
  const paths = files(fileURLToPath(folder)).filter((path) => !/[\\/]index\.(ts|js)$/.test(path));
  const modules = await Promise.all(
    paths.map((path) => import(/* @vite-ignore */ pathToFileURL(path).href) as Promise<{ default?: T }>),
  );
  return modules.map((module) => module.default).filter((exported): exported is T => exported !== undefined);
}
