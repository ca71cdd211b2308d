import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { launchChromium } from './browser-page.ts'

/** Opens an empty page and reports the errors it logs. The browser is closed after the test. */
export async function openEmptyPage (t: Test): Promise<Page> {
  const page = await (await launchChromium(t)).newPage()
  page.on('pageerror', (error) => {
    t.comment(error.message)
  })
  page.on('console', (message) => {
    if (message.type() === 'error') t.comment(message.text())
  })
  return page
}

const PAGE = `<!doctype html><title>Uploads</title><label>Video <input type=file></label>
<script type=module>import * as uploadCode from '/uploads.js'; Object.assign(globalThis, { uploadCode })</script>`

/**
 * Serves a page with a file input, and the browser code of `docs/uploads.md` as `uploadCode`, at its own origin.
 */
export async function serveUploadPage (t: Test): Promise<string> {
  const [, code = ''] = /^```js browser\n([^]*?)^```$/m.exec(readFileSync('docs/uploads.md', 'utf8')) ?? []
  const server = createServer((request, response) => {
    const isCode = request.url === '/uploads.js'
    response.setHeader('content-type', isCode ? 'text/javascript' : 'text/html')
    response.end(isCode ? code : PAGE)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  // A host name, so that the origin differs from the service's in more than the port.
  return `http://localhost:${(server.address() as AddressInfo).port}`
}
