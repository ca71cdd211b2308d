import { readFile } from 'node:fs/promises'
import t from 'tap'
import { parse } from 'yaml'
import type { OpenapiDocument } from '../support/openapi-contract.ts'
import { EXAMPLE_STATUSES } from '../support/prefilled-requests.ts'
import { startSampleService } from '../support/sample-service.ts'
import { chromiumMissing, launchChromium, openPage } from '../support/browser-page.ts'

const PHONE = { width: 390, height: 844 }

t.test('the page at /docs', { skip: chromiumMissing }, async (t) => {
  const service = await startSampleService(t)
  const browser = await launchChromium(t)
  const { paths } = parse(await readFile('openapi.yaml', 'utf8')) as OpenapiDocument
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods)) as unknown as Array<{
    operationId: string
    tags: string[]
  }>

  t.test('carries the name of the project, and nothing of Swagger or Fastify', async (t) => {
    const { page, faults } = await openPage(browser, `${service.base}/docs`, { viewport: PHONE })
    await page.locator('.opblock').first().waitFor()
    t.equal(await page.title(), 'Posterframe API')
    t.match(await page.locator('h1, h2').first().innerText(), /^Posterframe API/)
    t.equal(await page.locator('header a').innerText(), 'Posterframe')
    t.equal(await page.locator('.topbar, .download-url-wrapper, img[src*="swagger"]').count(), 0)
    t.equal(await page.locator('.opblock').count(), operations.length)
    t.notMatch(await page.locator('body').innerText(), /swagger|fastify|explore/i)
    t.same(faults, [])
  })

  t.test('runs every operation with what it fills in, and fits on a phone', { timeout: 240_000 }, async (t) => {
    const { page, faults } = await openPage(browser, `${service.base}/docs`, { viewport: PHONE })
    const execute = async (name: string, block: ReturnType<typeof page.locator>) => {
      // The only field that a page cannot fill in.
      const files = block.locator('input[type=file]')
      for (const input of await files.all()) await input.setInputFiles(service.path)
      await block.locator('.btn.execute').click()
      const status = block.locator('.live-responses-table tbody .response-col_status').first()
      await status.waitFor()
      const expected = EXAMPLE_STATUSES[name]
      // The page follows a redirect.
      t.equal(Number.parseInt(await status.innerText()), expected === 302 ? 200 : expected, name)
      t.equal(await page.evaluate('document.documentElement.scrollWidth'), PHONE.width, `${name} fits`)
    }
    for (const { operationId, tags } of operations) {
      const block = page.locator(`[id="operations-${tags[0]}-${operationId}"]`)
      await block.locator('.opblock-summary').click()
      await block.locator('.try-out__btn').click()
      await execute(operationId, block)
      if (operationId === 'makeThumbnail') {
        await block.locator('.btn-clear').click()
        await block.locator('.opblock-section-request-body select').first().selectOption('multipart/form-data')
        await execute(`${operationId} multipart/form-data`, block)
      }
      // An open operation has hundreds of elements, which slow the next one down.
      await block.locator('.opblock-summary').click()
    }
    t.same(faults, [])
  })
})
