/** Where the browser of the code source `browser` is, and the library that drives it: neither is needed by any other run. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { BrowserType } from 'playwright-core';
import type { BrowserCodeSource } from '../config.ts';
import { Inconclusive } from '../outcomes.ts';

/** Names under which Chromium and its kin are installed. */
const programs = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'microsoft-edge'];
/** Where their installers put them, for systems that do not do so by PATH. */
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser that the configuration names, else CHROME_PATH, else the first that is installed. @throws Inconclusive when there is none */
export function browserExecutable(
  source: Pick<BrowserCodeSource, 'browser'>,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const { CHROME_PATH: byEnvironment, PATH: path = '' } = environment;
  const named = source.browser?.executable ?? (byEnvironment === '' ? undefined : byEnvironment);
  if (named !== undefined) {
    if (isExecutable(named)) return named;
    const key = source.browser?.executable === undefined ? 'CHROME_PATH' : 'authorizationCode.browser.executable';
    throw new Inconclusive(`${key} names ${named}, which is no program; give the path of a Chromium or Chrome.`);
  }
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const found = [...programs.flatMap((name) => folders.map((folder) => join(folder, name))), ...places].find(
    isExecutable,
  );
  if (found === undefined)
    throw new Inconclusive(
      'The code source `browser` found no Chromium or Chrome; install one, or name it in authorizationCode.browser.executable.',
    );
  return found;
}

/** The library that drives it, an optional dependency. @throws Inconclusive when it is not installed */
export async function browserLibrary(): Promise<BrowserType> {
  try {
    return (await import('playwright-core')).chromium;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new Inconclusive(
        'The code source `browser` needs the package playwright-core; install it beside auth-conformance: npm install playwright-core',
      );
    throw error;
  }
}

/** Whether a browser with a window has a screen to show it on. */
export const hasScreen = (environment: NodeJS.ProcessEnv = process.env, platform: string = process.platform): boolean =>
  platform !== 'linux' || Boolean(environment.DISPLAY) || Boolean(environment.WAYLAND_DISPLAY);

/** What a run with this source needs of this machine, looked for before it begins. @throws Inconclusive for the first thing that is missing */
export async function browserReady(source: BrowserCodeSource): Promise<void> {
  browserExecutable(source);
  if (!(source.browser?.headless ?? isUnattended(source)) && !hasScreen())
    throw new Inconclusive(
      'The code source `browser` has no screen to open a window on; say how to sign in with authorizationCode.username, password or steps, and it needs none.',
    );
  await browserLibrary();
}

/** Whether the browser signs in by itself. */
export const isUnattended = ({ username, steps, browser }: BrowserCodeSource): boolean =>
  username !== undefined || steps !== undefined || browser?.headless === true;
