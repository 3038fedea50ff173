/** Signs in on whatever pages lie between an authorization request and its answer. */

import type { Locator, Page } from 'playwright-core';
import type { BrowserCodeSource, BrowserStep } from '../config.ts';
import { isUnattended } from './browser-executable.ts';

/** Milliseconds between two looks at a page. */
const pause = 50;
/** Milliseconds for one action on an element that was just seen. */
const actionPatience = 2000;

const userFields = [
  'input[autocomplete~="username"]',
  'input[type="email"]',
  'input[name*="user" i]:not([type="hidden"])',
  'input[name*="email" i]:not([type="hidden"])',
  'input[name*="login" i]:not([type="hidden"]):not([type="submit"])',
].join(', ');
const buttons = 'button:not([type="button"]):not([type="reset"]), input[type="submit"]';
/** What a button says that does not lead to a code. */
const leadsAway = /deny|cancel|decline|reject|refuse|disagree|not now|back|sign ?up|register|forgot|create/i;

async function firstVisible(all: Locator): Promise<Locator | undefined> {
  for (const one of await all.all()) if (await one.isVisible()) return one;
  return undefined;
}

/** The button that goes on, by what it says. */
async function goOnButton(page: Page): Promise<Locator | undefined> {
  for (const button of await page.locator(buttons).all()) {
    if (!(await button.isVisible()) || !(await button.isEnabled())) continue;
    const said = [await button.textContent(), await button.getAttribute('value'), await button.getAttribute('name')];
    if (!leadsAway.test(said.join(' '))) return button;
  }
  return undefined;
}

/** One look at a page: signs in, or goes on, where that is what it asks for. */
export interface Signer {
  /** Does what is to be done now, if anything. An error of the browser means that the page was on its way to another. */
  look(page: Page): Promise<void>;
  /** What it waits for, for the message when it waits in vain. */
  waitsFor(): string;
}

/** Fills the fields of a sign-in form by what they are for, and goes on; each page is sent once. */
function byForm({ username, password }: BrowserCodeSource): Signer {
  let sent = '';
  return {
    async look(page) {
      const user = await firstVisible(page.locator(userFields));
      const secret = await firstVisible(page.locator('input[type="password"]'));
      const button = await goOnButton(page);
      // Of a page that fills in itself later, nothing is sent before it can be.
      if (button === undefined) return;
      const asks = [user === undefined ? '' : 'user', secret === undefined ? '' : 'password'].join(' ');
      const form = `${new URL(page.url()).pathname} ${asks} ${await button.textContent()}`;
      if (form === sent) return;
      if (username !== undefined) await user?.fill(username);
      if (password !== undefined) await secret?.fill(password);
      await button.click({ noWaitAfter: true });
      sent = form;
    },
    waitsFor: () =>
      sent === ''
        ? 'no form was found to fill in; describe what to do with authorizationCode.steps'
        : 'the form was sent and came again, or led nowhere; check username and password, or describe what to do with authorizationCode.steps',
  };
}

/** Does the steps in order; one whose element is not there while that of a later one is, is passed over (a remembered user does not sign in again). */
function bySteps(steps: readonly BrowserStep[]): Signer {
  let next = 0;
  return {
    async look(page) {
      for (let index = next; index < steps.length; index += 1) {
        const step = steps[index];
        if (step === undefined) return;
        const element = await firstVisible(page.locator('fill' in step ? step.fill : step.click));
        if (element === undefined) continue;
        if ('fill' in step) await element.fill(step.value);
        else await element.click({ noWaitAfter: true });
        next = index + 1;
        return;
      }
    },
    waitsFor() {
      const step = steps[next];
      if (step === undefined) return 'every one of authorizationCode.steps was done';
      return `step ${next + 1} of authorizationCode.steps (${'fill' in step ? `fill ${step.fill}` : `click ${step.click}`}) found nothing to act on`;
    },
  };
}

/** A person signs in. */
const byHand: Signer = {
  look: async () => undefined,
  waitsFor: () => 'nobody signed in',
};

export function signer(source: BrowserCodeSource): Signer {
  if (source.steps !== undefined) return bySteps(source.steps);
  return isUnattended(source) ? byForm(source) : byHand;
}

/** Looks at the page again and again until `done` says so. @returns what it waited for in the end */
export async function signIn(page: Page, source: BrowserCodeSource, done: () => boolean): Promise<string> {
  const by = signer(source);
  const until = Date.now() + patience(source);
  let trouble = '';
  page.setDefaultTimeout(actionPatience);
  while (!done() && Date.now() < until && !page.isClosed()) {
    try {
      await by.look(page);
      trouble = '';
    } catch (error) {
      // Mostly a page that was left while it was looked at, and the next look is at the next one; a selector that is none stays.
      trouble = ` (${firstLine(error)})`;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return page.isClosed() ? 'it was closed' : `${by.waitsFor()}${trouble}`;
}

/** What an error of the browser says first; the rest is a log of calls. */
export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n').find((line) => line.trim() !== '') ?? '';

/** Milliseconds for one code. */
export const patience = (source: BrowserCodeSource): number =>
  (source.browser?.timeout ?? (isUnattended(source) ? 30 : 300)) * 1000;
