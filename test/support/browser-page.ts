// Debian's Chromium, driven by playwright-core.
import { accessSync, constants, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** As much of a tap test as is needed to clean up after it. */
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

/** Why tests in a browser cannot run here, for tap's `skip`; `false` where they can. */
export const chromiumMissing: string | false = program === undefined && 'needs chromium'

/** A browser that ends with the test. */
export async function launchChromium (t: Test): Promise<Browser> {
  // Its sandbox needs rights that a container seldom has; it shows nothing but pages of these tests.
  // Names of files that it is to choose are not all ASCII, and by the locale that a container has when nobody sets
  // one it finds no others.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  const browser = await chromium.launch({
    executablePath: program ?? 'chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    env
  })
  t.teardown(() => browser.close())
  return browser
}

/** An open page, and what went wrong on it so far: uncaught errors, and all that its policy blocked. */
export interface WatchedPage {
  readonly page: Page
  readonly faults: string[]
}

/** A page of its own, whose faults are kept. Answers of the service that are errors are no faults of the page. */
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

/** What axe finds wrong with a page as it stands, each with the elements that it means. */
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
