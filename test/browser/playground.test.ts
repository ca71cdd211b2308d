import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import t from 'tap'
import { chromiumMissing, findAxeViolations, launchChromium, openPage } from '../support/browser-page.ts'
import { type LocalService, readFrameNumber, startLocalService } from '../support/local-service.ts'
import { findTestFfmpeg } from '../support/videos.ts'

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
  service = await startLocalService(t)
})

/** Waits until the page shows a thumbnail and returns its URL. */
async function waitForPicture (page: Page): Promise<string> {
  await page.locator('#result').waitFor()
  await page.waitForFunction(() => {
    const picture = document.querySelector<HTMLImageElement>('#picture')
    return picture?.complete === true && picture.naturalWidth > 0
  })
  return await page.locator('#picture').evaluate((picture: HTMLImageElement) => picture.src)
}

const make = (page: Page) => page.getByRole('button', { name: 'Create thumbnail' }).click()

async function openKey (page: Page, key = 'film.mp4'): Promise<void> {
  await page.getByLabel('Object key').fill(key)
  await page.getByRole('button', { name: 'Open' }).click()
}

t.test(
  'creates a thumbnail of the frame selected with the slider in a local file',
  { skip },
  async (t) => {
    const { page, faults } = await openPage(browser, service.base)
    await page.getByLabel('Choose a video').setInputFiles(service.path)
    t.match(await page.locator('#drop').innerText(), new RegExp(`${basename(service.path)}, \\d`))
    const slider = page.getByRole('slider', { name: 'Position' })
    await slider.waitFor()
    await slider.focus()
    for (let frame = 0; frame < 37; frame++) await page.keyboard.press('ArrowRight')
    t.equal(await page.getByLabel('Timestamp').inputValue(), '1.48')
    t.match(await slider.getAttribute('aria-valuetext'), /^0:01\.48 of 0:04\.0/)
    await page.getByLabel('Format').selectOption('png')
    await make(page)
    t.equal(await readFrameNumber(await waitForPicture(page)), 37)
    t.match(await page.locator('#picture').getAttribute('alt'), /film.*1\.48 s/)
    t.match(await page.locator('#info').innerText(), /^320 × 192 · PNG · .* at 1\.48 s$/)
    t.same(faults, [])
  }
)

t.test('shows the storyboard tile at the slider position', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  const sheet = await sharp({ create: { width: 320, height: 96, channels: 3, background: '#808080' } })
    .png()
    .toBuffer()
  await page.route('**/sheet-*.png', (route) => route.fulfill({ contentType: 'image/png', body: sheet }))
  await page.route('**/v1/videos?*', (route) => route.fulfill({ json: { duration: 4, frameRate: 25 } }))
  const tiles = [0, 1, 2, 3].map((timestamp) => ({
    timestamp,
    sheet: Math.floor(timestamp / 2),
    x: (timestamp % 2) * 160,
    y: 0,
    width: 160,
    height: 96
  }))
  const sheets = [0, 1].map((number) => ({ url: `${service.base}/sheet-${number}.png`, width: 320, height: 96 }))
  await page.route('**/v1/storyboards', (route) => route.fulfill({ status: 201, json: { duration: 4, sheets, tiles } }))
  await openKey(page)
  const tile = page.locator('#tile')
  await tile.waitFor()
  for (const [timestamp, viewBox, sheetName] of [
    ['0.5', '0 0 160 96', 'sheet-0.png'],
    ['1', '160 0 160 96', 'sheet-0.png'],
    ['3.9', '160 0 160 96', 'sheet-1.png']
  ] as const) {
    await page.getByLabel('Timestamp').fill(timestamp)
    t.equal(await tile.getAttribute('viewBox'), viewBox)
    t.match(await tile.locator('image').getAttribute('href'), sheetName)
  }
  t.equal(await tile.getAttribute('aria-label'), 'Storyboard at 0:03.00')
  t.same(await findAxeViolations(page), [])
  t.same(faults, [])
})

t.test('accepts a dropped file', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['no video'], 'no video.mp4', { type: 'video/mp4' }))
    window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }))
  })
  await make(page)
  await page.getByRole('alert').getByText('unsupported_media').waitFor()
  t.same(faults, [])
})

t.test('opens a key, and shows the URL, curl command, statistics and timing of the response', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base, { permissions: ['clipboard-read', 'clipboard-write'] })
  await openKey(page)
  await page.getByLabel('Timestamp').fill('2.04s')
  await page.getByLabel('Width').fill('160')
  const answered = page.waitForResponse((response) => response.url().endsWith('/v1/thumbnails'))
  await make(page)
  const answer = await answered
  await page.getByRole('slider').waitFor()
  t.equal(await page.getByRole('slider').inputValue(), '2.04', 'the slider follows the timestamp')
  const thumbnail = (await answer.json()) as { url: string, key: string, timestamp: number, work: { requests: number } }
  const url = await waitForPicture(page)
  t.equal(url, thumbnail.url)
  t.equal(await page.getByLabel('Thumbnail URL').inputValue(), url)
  const cost = await page.locator('#statistics').innerText()
  t.match(cost, /of .*B \(\d[\d.]*%\)/)
  t.match(cost, new RegExp(`Store requests\\s+${thumbnail.work.requests}\\s`))
  t.match(cost, thumbnail.key)
  const steps = (answer.headers()['server-timing'] ?? '').split(', ').map((step) => step.split(';')[0])
  t.same(await page.locator('#steps li span:first-child').allInnerTexts(), steps)
  const widths = await page
    .locator('#steps rect')
    .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width))
  t.equal(widths.length, steps.length)
  t.ok(Math.max(...widths) > 50, 'the longest bar is drawn')

  await page.getByRole('button', { name: 'Copy the curl command' }).click()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  t.equal(copied, await page.getByLabel('curl command').inputValue())
  t.match(copied, '-d \'{"key":"film.mp4","timestamp":"2.04s","width":160}\'')
  await page.getByRole('status').getByText('Copied.').waitFor()

  await make(page)
  await page.getByRole('status').getByText('Found in the store.').waitFor()
  t.match(await page.locator('#statistics').innerText(), /cached/)
  t.same(faults, [])
})

t.test('shows an error with its detail, code and request id', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  const alert = page.getByRole('alert')
  await make(page)
  await alert.getByText('No video selected.').waitFor()
  await openKey(page)
  await page.getByLabel('Timestamp').fill('99s')
  await make(page)
  await alert.getByText('timestamp_out_of_range').waitFor()
  t.match(
    await alert.innerText(),
    /^Timestamp out of range[.:]? The video ends at 4 s\.[^]*timestamp_out_of_range · request ID [0-9a-f-]{36}$/
  )
  await page.getByLabel('Timestamp').fill('1s')
  await make(page)
  await waitForPicture(page)
  t.equal(await alert.innerText(), '', 'the error disappears after a success')
  await openKey(page, 'nothing.mp4')
  await make(page)
  await alert.getByText('source_not_found').waitFor()
  t.same(faults, [])
})

t.test('shows names that contain markup as text', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  const name = '<img src=x onerror="document.title=1">.mp4'
  await page
    .getByLabel('Choose a video')
    .setInputFiles({ name, mimeType: 'video/mp4', buffer: Buffer.from('no video') })
  t.match(await page.locator('#drop').innerText(), name)
  await openKey(page, name)
  await make(page)
  await page.getByRole('alert').getByText('source_not_found').waitFor()
  t.equal(await page.title(), 'Posterframe')
  t.same(faults, [])
})

t.test('shows the progress of an upload, which can be cancelled', { skip }, async (t) => {
  const { page, faults } = await openPage(browser, service.base)
  const network = await page.context().newCDPSession(page)
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 20_000
  })
  await page
    .getByLabel('Choose a video')
    .setInputFiles({ name: 'slow.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(2_000_000) })
  await make(page)
  const progress = page.getByRole('progressbar')
  await progress.waitFor()
  await page.waitForFunction(() => (document.querySelector<HTMLProgressElement>('#upload-progress')?.value ?? 0) > 0)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await progress.waitFor({ state: 'hidden' })
  await page.getByRole('status').getByText('Cancelled.').waitFor()
  t.equal(await page.getByRole('alert').innerText(), '')
  t.same(faults, [])
})

t.test('asks for an API key if the service requires one, and stores it in the tab only', { skip }, async (t) => {
  const key = 'a-key-that-is-long-enough-for-anyone'
  const keys = [{ name: 'page', hash: `sha256:${createHash('sha256').update(key).digest('hex')}` }]
  const guarded = await startLocalService(t, {
    POSTERFRAME_AUTH: 'api-key',
    POSTERFRAME_API_KEYS: JSON.stringify(keys)
  })
  const { page, faults } = await openPage(browser, guarded.base)
  const field = page.getByLabel('API key or token')
  t.notOk(await field.isVisible())
  await openKey(page)
  await make(page)
  await page.getByRole('alert').getByText('unauthenticated').waitFor()
  await field.fill(key)
  await make(page)
  await waitForPicture(page)
  const curl = await page.getByLabel('curl command').inputValue()
  t.match(curl, /\$POSTERFRAME_KEY/)
  t.notMatch(await page.content(), key)
  t.notMatch(curl, key)
  t.same(await page.evaluate(() => [localStorage.length, document.cookie]), [0, ''])
  await page.reload()
  await openKey(page)
  await make(page)
  await waitForPicture(page)
  const { page: other } = await openPage(browser, guarded.base)
  t.equal(await other.getByLabel('API key or token').inputValue(), '', 'another tab does not have the key')
  t.same(faults, [])
})

t.test('can be operated with the keyboard, in the order of the page', { skip }, async (t) => {
  const { page } = await openPage(browser, service.base)
  await openKey(page)
  await page.getByLabel('Timestamp').fill('1s')
  await page.keyboard.press('Enter')
  await waitForPicture(page)
  await page.locator('#access summary').click()
  await page.getByRole('link', { name: 'API', exact: true }).focus()
  const expected = [
    'API',
    'OpenAPI',
    'file',
    'key',
    'bucket',
    'Open',
    'API key',
    'api-key',
    'position',
    'timestamp',
    'seek',
    'fit',
    'width',
    'height',
    'format',
    'quality',
    'background',
    'regenerate',
    'go',
    'url',
    'Copy the URL',
    'curl',
    'Copy the curl command'
  ]
  const reached: string[] = []
  while (reached.length < expected.length) {
    reached.push(await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || ''))
    await page.keyboard.press('Tab')
  }
  t.same(reached, expected)
  t.notOk(
    expected.includes(await page.evaluate(() => document.activeElement?.id || '')),
    'the focus leaves the page at the end'
  )
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    t.test(
      `has no accessibility violations or overflow in ${colorScheme}, ${width} pixels wide`,
      { skip },
      async (t) => {
        const { page, faults } = await openPage(browser, service.base, {
          colorScheme,
          viewport: { width, height: 800 },
          reducedMotion: 'reduce'
        })
        const check = async (state: string) => {
          t.same(await findAxeViolations(page), [], state)
          t.ok(
            await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
            `${state}: no horizontal overflow`
          )
        }
        await check('empty')
        await openKey(page)
        await page.getByLabel('Timestamp').fill('1s')
        await make(page)
        await waitForPicture(page)
        await check('with a picture')
        await page.getByLabel('Timestamp').fill('99s')
        await make(page)
        await page.getByRole('alert').getByText('timestamp_out_of_range').waitFor()
        await page.locator('#access summary').click()
        await check('with an error')
        await page.getByLabel('Choose a video').setInputFiles(service.path)
        await page.getByRole('slider').waitFor()
        await check('with a file')
        t.equal(
          await page.locator('#go').evaluate((button) => getComputedStyle(button).transitionDuration),
          '0s',
          'no transitions with reduced motion'
        )
        t.same(faults, [])
      }
    )
  }
}
