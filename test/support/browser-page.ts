// Debian's Chromium, driven by playwright-core.
import { accessSync, constants, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** The members of a tap test that are used here. */
interface Test {
  teardown(task: () => unknown): void
}

const program = ['chromium', 'chromium-browser']
  .flatMap((name) => (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, name)))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** Reason to skip browser tests, for tap's `skip`; `false` if they can run. */
export const chromiumMissing: string | false = program === undefined && 'needs chromium'

/** Launches a browser that is closed after the test. */
export async function launchChromium (t: Test): Promise<Browser> {
  // The sandbox needs privileges that containers rarely have; the browser shows only pages of these tests.
  // Some names of chosen files are not ASCII, and Chromium finds such files only in a UTF-8 locale.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  const browser = await chromium.launch({
    executablePath: program ?? 'chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    env
  })
  t.teardown(() => browser.close())
  return browser
}

/** An open page and its faults so far: uncaught errors and violations of its policy. */
export interface WatchedPage {
  readonly page: Page
  readonly faults: string[]
}

/** Opens a page in its own context and records its faults. Error responses of the service are not faults. */
export async function openPage (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {}
): Promise<WatchedPage> {
  const page = await (await browser.newContext(options)).newPage()
  const faults: string[] = []
  page.on('pageerror', ({ message }) => {
    faults.push(message)
  })
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(message.text())
  })
  await page.goto(url)
  return { page, faults }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Returns the accessibility violations that axe finds on a page, each with its elements. */
export async function findAxeViolations (page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: Array<{ id: string, nodes: Array<{ html: string, failureSummary?: string }> }> }>
      }
    }
    const { violations } = await axe.run()
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`)
    )
  })
}
