// Direct uploads of the page and the client to the local store.
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import t from 'tap'
import { parse } from 'yaml'
import { createPosterframeClient } from '../../src/client/client.ts'
import { chromiumMissing, launchChromium, openPage } from '../support/browser-page.ts'
import { type LocalService, readFrameNumber, startLocalService } from '../support/local-service.ts'
import { findTestFfmpeg } from '../support/videos.ts'

const hasUploads = '/v1/uploads' in (parse(readFileSync('openapi.yaml', 'utf8')) as { paths: object }).paths
const skip = !hasUploads
  ? 'needs a service with uploads'
  : await findTestFfmpeg().then(
    () => false as const,
    () => 'needs ffmpeg'
  )
const LARGE_BYTES = 70 * 2 ** 20
let browser: Browser
let service: LocalService
let large: string

t.before(async () => {
  if (skip !== false) return
  if (chromiumMissing === false) browser = await launchChromium(t)
  service = await startLocalService(t)
  const directory = mkdtempSync(join(tmpdir(), 'posterframe-large-'))
  t.teardown(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  large = join(directory, 'large film.mp4')
  copyFileSync(service.path, large)
  // A `free` box, which readers skip, makes the file large enough for an upload in parts.
  const free = Buffer.alloc(LARGE_BYTES)
  free.writeUInt32BE(LARGE_BYTES)
  free.write('free', 4)
  appendFileSync(large, free)
})

t.test(
  'uploads a large file in parts, retries a failed part, and requests the frame by key',
  { skip: skip || chromiumMissing },
  async (t) => {
    const { page, faults } = await openPage(browser, service.base)
    const parts: number[] = []
    await page.route(/\/objects\?/, async (route) => {
      if (route.request().method() !== 'PUT') return await route.continue()
      parts.push(Number(new URL(route.request().url()).searchParams.get('part')))
      return parts.length === 2 ? await route.fulfill({ status: 503 }) : await route.continue()
    })
    await page.getByLabel('Choose a video').setInputFiles(large)
    await page.getByLabel('Timestamp').fill('1.48')
    await page.getByLabel('Format').selectOption('png')
    await page.getByRole('button', { name: 'Create thumbnail' }).click()
    await page.locator('#result').waitFor({ timeout: 120_000 })
    t.equal(parts.length, Math.ceil(LARGE_BYTES / (16 * 2 ** 20)) + 1)
    t.equal(new Set(parts).size, parts.length - 1)
    t.equal(await readFrameNumber(await page.getByLabel('Thumbnail URL').inputValue()), 37)
    t.match(await page.getByLabel('curl command').inputValue(), /"key":"uploads\/[^"]+\/large-film\.mp4"/)
    t.equal(await page.evaluate(() => sessionStorage.length), 0, 'no token is left')
    t.same(faults, [])
  }
)

t.test('uploads a file with the client, as a form or in parts, and requests its thumbnail', { skip }, async (t) => {
  const client = createPosterframeClient({ baseUrl: service.base })
  for (const path of [service.path, large]) {
    const file = new File([readFileSync(path)], 'a film.mp4', { type: 'video/mp4' })
    let sent = 0
    const { key, bucket } = await client.upload(file, {
      onProgress: (bytes) => {
        sent = bytes
      }
    })
    t.equal(sent, file.size)
    const { data, error } = await client.POST('/v1/thumbnails', {
      body: { key, bucket, timestamp: '1.48', format: 'png' }
    })
    t.equal(error, undefined)
    t.equal(await readFrameNumber(data?.url ?? ''), 37)
  }
  await t.rejects(client.upload(new File([], 'empty.mp4')), {
    name: 'PosterframeProblem',
    message: /^Invalid request: /
  })
})
