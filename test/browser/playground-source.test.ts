// Which video the page works on: always the one that its form shows.
import { copyFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import t from 'tap'
import { chromiumMissing, launchChromium, openPage } from '../support/browser-page.ts'
import { type LocalService, readFrameNumber, startLocalService } from '../support/local-service.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo } from '../support/videos.ts'

const ffmpegMissing = await findTestFfmpeg().then(
  () => false as const,
  () => 'needs ffmpeg'
)
const skip = chromiumMissing || ffmpegMissing
let browser: Browser
let service: LocalService

t.before(async () => {
  if (skip !== false) return
  browser = await launchChromium(t)
  service = await startLocalService(t, {
    POSTERFRAME_STORE: 'local',
    POSTERFRAME_SOURCE_BUCKETS: 'videos,archive'
  })
  // Twice as long as film.mp4, at half the frame rate: 5 s is frame 60.
  const options = { seconds: 8, framesPerSecond: 12, args: [...H264, '-movflags', '+faststart'] }
  const archive = join(dirname(service.path), '../archive')
  const path = await makeBarcodeVideo(archive, 'long.mp4', options)
  copyFileSync(path, join(dirname(service.path), 'long.mp4'))
})

interface Sent {
  readonly path: string
  readonly key: string | undefined
  readonly bucket: string | undefined
}

/** Records the video of each request for facts, storyboards and thumbnails; a form has no key. */
function watchRequests (page: Page): Sent[] {
  const sent: Sent[] = []
  page.on('request', (request) => {
    const { pathname: path, searchParams: query } = new URL(request.url())
    if (!/^\/v1\/(videos|storyboards|thumbnails)$/.test(path)) return
    const isJson = request.headers()['content-type'] === 'application/json'
    const body = isJson ? (request.postDataJSON() as { key?: string, bucket?: string }) : Object.fromEntries(query)
    sent.push({ path, key: body.key, bucket: body.bucket })
  })
  return sent
}

const key = (page: Page) => page.getByLabel('Object key')
const bucket = (page: Page) => page.getByLabel('Bucket')
const open = (page: Page) => page.getByRole('button', { name: 'Open' }).click()
const make = (page: Page) => page.getByRole('button', { name: 'Create thumbnail' }).click()

/** Asks for a frame that only long.mp4 has, and returns its number. */
async function makeFrame (page: Page): Promise<number> {
  await page.getByLabel('Format').selectOption('png')
  await page.getByLabel('Timestamp').fill('5')
  await make(page)
  await page.locator('#result').waitFor()
  return await readFrameNumber(await page.getByLabel('Thumbnail URL').inputValue())
}

t.test('uses the key that is typed, although another video is open', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  await key(page).fill('film.mp4')
  await open(page)
  await page.locator('#tile').waitFor()
  const sent = watchRequests(page)
  await key(page).fill('long.mp4')
  t.equal(await makeFrame(page), 60)
  await page.locator('#tile').waitFor()
  t.match(await page.locator('#position-text').innerText(), /\/ 0:08/)
  t.same([...new Set(sent.map(({ path }) => path))].sort(), ['/v1/storyboards', '/v1/thumbnails', '/v1/videos'])
  t.same([...new Set(sent.map(({ key }) => key))], ['long.mp4'])
  t.match(await page.getByLabel('curl command').inputValue(), /"key":"long\.mp4"/)
  t.same(faults, [])
})

t.test('uses the key that is typed without Open, and the bucket beside it', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  const sent = watchRequests(page)
  await key(page).fill('long.mp4')
  await bucket(page).fill('archive')
  t.equal(await makeFrame(page), 60)
  t.same(
    sent.filter(({ key, bucket }) => key !== 'long.mp4' || bucket !== 'archive'),
    []
  )
  await bucket(page).fill('videos')
  await make(page)
  await page.locator('#result').waitFor()
  t.match(await page.getByLabel('curl command').inputValue(), /"bucket":"videos"/)
  t.same(sent.at(-1)?.bucket, 'videos')
  t.same(faults, [])
})

t.test('uses the key that is typed after a file was chosen, and shows the file no longer', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  await page.getByLabel('Choose a video').setInputFiles(service.path)
  await page.locator('#tile').waitFor()
  await key(page).fill('long.mp4')
  t.equal(await page.locator('#drop-hint').innerText(), 'or drop a file here')
  t.equal(await page.getByLabel('Choose a video').inputValue(), '', 'the same file can be chosen again')
  t.ok(await page.locator('#tile').isHidden(), 'the storyboard of the file is gone')
  t.ok(await page.locator('#scrub').isHidden(), 'the slider of the file is gone')
  t.equal(await makeFrame(page), 60)
  t.same(faults, [])
})

t.test('uses the key that is typed while a file is being uploaded, and stops the upload', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  // Uploads never end in this test.
  await page.route(/\/objects\b|\/v1\/uploads$/, async (route) => {
    if (route.request().method() === 'GET') await route.continue()
  })
  await page.getByLabel('Choose a video').setInputFiles(service.path)
  await key(page).fill('long.mp4')
  t.equal(await makeFrame(page), 60)
  t.ok(await page.locator('#upload').isHidden())
  t.same(faults, [])
})

t.test('uses a file that is chosen after a key was typed, and shows the key no longer', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  await key(page).fill('film.mp4')
  await bucket(page).fill('videos')
  await open(page)
  await page.locator('#tile').waitFor()
  await page.getByLabel('Choose a video').setInputFiles(join(dirname(service.path), 'long.mp4'))
  t.same([await key(page).inputValue(), await bucket(page).inputValue()], ['', ''])
  t.equal(await makeFrame(page), 60)
  t.match(await page.getByLabel('curl command').inputValue(), /long\.mp4/)
  t.same(faults, [])
})

t.test('uses the key that is typed on a phone, where the page has one column', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base, { viewport: { width: 360, height: 800 } })
  await key(page).fill('film.mp4')
  await open(page)
  await page.locator('#tile').waitFor()
  await page.getByLabel('Timestamp').fill('1')
  await make(page)
  await page.locator('#result').waitFor()
  await page.getByLabel('Timestamp').fill('5')
  await page.getByLabel('Format').selectOption('png')
  await key(page).fill('long.mp4')
  await make(page)
  await page.locator('#result').waitFor()
  t.equal(await readFrameNumber(await page.getByLabel('Thumbnail URL').inputValue()), 60)
  t.same(faults, [])
})

t.test('uses what a browser or an extension filled in without an event', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  await key(page).fill('film.mp4')
  await open(page)
  await page.locator('#tile').waitFor()
  await key(page).evaluate((field: HTMLInputElement) => {
    field.value = 'long.mp4'
  })
  t.equal(await makeFrame(page), 60)
  t.same(faults, [])
})

t.test('uses nothing after the key was removed', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  await key(page).fill('film.mp4')
  await open(page)
  await page.locator('#tile').waitFor()
  const sent = watchRequests(page)
  await key(page).fill('')
  await make(page)
  await page.getByRole('alert').getByText('No video selected.').waitFor()
  t.ok(await page.locator('#tile').isHidden())
  t.same(sent, [])
  t.same(faults, [])
})
