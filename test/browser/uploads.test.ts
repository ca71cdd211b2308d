import { appendFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { waitUntil } from '../acceptance/posterframe.ts'
import { chromiumMissing } from '../support/browser-page.ts'
import { openEmptyPage, serveUploadPage } from '../support/upload-page.ts'
import { radosgwMissing } from '../support/radosgw.ts'
import type * as UploadCode from '../support/upload-code.ts'
import { startForPage } from '../support/upload-deployment.ts'
import { H264, makeBarcodeVideo } from '../support/videos.ts'

const MIB = 2 ** 20

/** Browser code of docs/uploads.md, which the page exposes. */
declare const uploadCode: typeof UploadCode

/** DOM types used by the code that runs in the page; it is compiled with the rest of the tests. */
declare const document: { querySelector(selector: string): { readonly files: readonly File[] } }

/** Returns a video enlarged with a `free` box (ISO/IEC 14496-12, 8.1.2). */
async function makeVideo (t: Test, bytes: number): Promise<string> {
  const path = join(t.testdir(), 'phone video é.mp4')
  await makeBarcodeVideo(t.testdirName, 'phone video é.mp4', { seconds: 1, framesPerSecond: 25, args: H264 })
  const { size } = await stat(path)
  const padding = Buffer.alloc(Math.max(8, bytes - size))
  padding.writeUInt32BE(padding.length)
  padding.write('free', 4)
  await appendFile(path, padding)
  return path
}

/** Records every PUT of a part, fails the first one of part 2, and blocks part 3 while `holds` is true. */
async function instrument (page: Page, holds: boolean): Promise<void> {
  await page.evaluate((holds) => {
    const send = globalThis.fetch.bind(globalThis)
    const readNumber = (url: string) => Number(/[?&]part(?:Number)?=(\d+)/.exec(url)?.[1])
    const puts: number[] = []
    Object.assign(globalThis, { puts })
    globalThis.fetch = async (input, init) => {
      const number = readNumber(input as string)
      if (init?.method !== 'PUT') return await send(input, init)
      puts.push(number)
      if (holds && number === 3) return await new Promise(() => {})
      if (number !== 2 || puts.filter((other) => other === 2).length > 1) return await send(input, init)
      const controller = new AbortController()
      const sending = send(input, { ...init, signal: controller.signal })
      setTimeout(() => {
        controller.abort()
      })
      return await sending
    }
  }, holds)
}

const readPuts = async (page: Page) => await page.evaluate(() => (globalThis as unknown as { puts: number[] }).puts)

for (const [store, missing] of [
  ['local', false],
  ['s3', radosgwMissing]
] as const) {
  t.test(`a page uploads to the ${store} store`, { skip: chromiumMissing || missing }, async (t) => {
    const origin = await serveUploadPage(t)
    const service = await startForPage(t, store, origin)
    const page = await openEmptyPage(t)
    const api = service.base

    t.test('with a form', async (t) => {
      await page.goto(origin)
      await page.setInputFiles('input', await makeVideo(t, 100_000))
      const key = await page.evaluate(async (api) => {
        const file = document.querySelector('input').files[0]!
        const upload = await uploadCode.startUpload(api, file)
        await uploadCode.sendForm(upload, file)
        return upload.key
      }, api)
      t.match(key, /^uploads\/[0-9a-f-]{36}\/phone-video-e\.mp4$/)
      t.match(await service.makeFromKey(key, { timestamp: '0.5', width: 64 }), {
        status: 201,
        body: { source: { key } }
      })
    })

    t.test('with a PUT, whose size the browser sends', async (t) => {
      await page.goto(origin)
      await page.setInputFiles('input', await makeVideo(t, 100_000))
      const key = await page.evaluate(async (api) => {
        const file = document.querySelector('input').files[0]!
        const upload = await uploadCode.startUpload(api, file, { method: 'put' })
        await uploadCode.sendPut(upload, file)
        return upload.key
      }, api)
      t.match(key, /^uploads\/[0-9a-f-]{36}\/phone-video-e\.mp4$/)
      t.match(await service.makeFromKey(key, { timestamp: '0.5', width: 64 }), {
        status: 201,
        body: { source: { key } }
      })
    })

    t.test('in parts, retries a failed one, and resumes after a reload', async (t) => {
      const path = await makeVideo(t, 40 * MIB)
      await page.goto(origin)
      await page.setInputFiles('input', path)
      await instrument(page, true)
      const { key, token, partCount } = await page.evaluate(async (api) => {
        const file = document.querySelector('input').files[0]!
        const upload = await uploadCode.startUpload(api, file, { parts: true })
        localStorage.setItem('token', upload.token)
        void uploadCode.sendParts(api, upload.token, file)
        return upload
      }, api)
      t.equal(partCount, 3)
      await waitUntil(async () => {
        const { body } = await service.call(`/v1/uploads/${token}`)
        return (body['parts'] as unknown[]).length === 2
      })
      t.same((await readPuts(page)).toSorted(), [1, 2, 2, 3], 'part 2 was sent again')
      t.match(await service.call(`/v1/uploads/${token}/complete`, { method: 'POST' }), {
        status: 409,
        body: { missingParts: [3] }
      })

      await page.reload()
      await page.setInputFiles('input', path)
      await instrument(page, false)
      const completed = await page.evaluate(async (api) => {
        const progress: number[] = []
        const answer = await uploadCode.sendParts(
          api,
          localStorage.getItem('token')!,
          document.querySelector('input').files[0]!,
          { onProgress: (share) => progress.push(share) }
        )
        return { ...answer, progress }
      }, api)
      t.match(completed, { key, bytes: 40 * MIB, progress: [1] })
      t.same(await readPuts(page), [3], 'only what was missing')
      t.match(await service.makeFromKey(key, { timestamp: '0.5', width: 64 }), {
        status: 201,
        body: { source: { key, bytes: 40 * MIB }, timestamp: 0.48 }
      })
    })

    t.test('rejects an origin that is not configured', async (t) => {
      const stranger = await serveUploadPage(t)
      await page.goto(stranger)
      const outcome = await page.evaluate(async (api) => {
        return await uploadCode.startUpload(api, new File(['abc'], 'a.mp4', { type: 'video/mp4' })).then(
          () => 'started',
          (error: unknown) => String(error)
        )
      }, api)
      t.match(outcome, /Failed to fetch/)
    })
  })
}
