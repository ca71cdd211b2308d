import { accessSync, constants, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

const path = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'chromium')).find((candidate) => {
  try {
    accessSync(candidate, constants.X_OK)
    return true
  } catch {
    return false
  }
})

/** Why tests in a browser cannot run here, for tap's `skip`; `false` where they can. */
export const chromiumMissing: string | false = path === undefined && 'needs chromium'

/** Opens an empty page; the browser ends with the test. What the page logs as an error is told. */
export async function openPage (t: Test): Promise<Page> {
  const browser = await chromium.launch({ executablePath: path!, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  page.on('pageerror', (error) => { t.comment(error.message) })
  page.on('console', (message) => { if (message.type() === 'error') t.comment(message.text()) })
  return page
}

const PAGE = `<!doctype html><title>Uploads</title><label>Video <input type=file></label>
<script type=module>import * as uploadCode from '/uploads.js'; Object.assign(globalThis, { uploadCode })</script>`

/** Serves one page with a file input, and the browser code of `docs/uploads.md` as `uploadCode`, at an origin of its own. */
export async function serveUploadPage (t: Test): Promise<string> {
  const [, code = ''] = /^```js browser\n([^]*?)^```$/m.exec(readFileSync('docs/uploads.md', 'utf8')) ?? []
  const server = createServer((request, response) => {
    const isCode = request.url === '/uploads.js'
    response.setHeader('content-type', isCode ? 'text/javascript' : 'text/html')
    response.end(isCode ? code : PAGE)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  // By name: an origin that differs from the service's by more than the port.
  return `http://localhost:${(server.address() as AddressInfo).port}`
}
