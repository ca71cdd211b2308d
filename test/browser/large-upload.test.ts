import { readFile, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import t, { type Test } from 'tap'
import { chromiumMissing } from '../support/browser-page.ts'
import { openEmptyPage, serveUploadPage } from '../support/upload-page.ts'
import { radosgwMissing } from '../support/radosgw.ts'
import type * as UploadCode from '../support/upload-code.ts'
import { startForPage } from '../support/upload-deployment.ts'
import { H264, makeBarcodeVideo } from '../support/videos.ts'

const BYTES = 2 ** 31
const MIB = 2 ** 20

/** Browser code of docs/uploads.md, which the page exposes. */
declare const uploadCode: typeof UploadCode

/** Reason to skip the test if the disk has no room for the file, its parts and the joined object. */
async function findNoRoom (directory: string): Promise<string | false> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize < 4 * BYTES && `needs ${(4 * BYTES) / 2 ** 30} GiB in ${directory}`
}

// Both tests together may exceed the usual time limit of a test file.
t.setTimeout(600_000)

// Runs one after the other, each with its own browser and store: both at once would need twice the disk space.
for (const [store, title, missing] of [
  ['s3', 'radosgw', radosgwMissing],
  ['local', 'the local store', false]
] as const) {
  const skip = chromiumMissing || missing || (await findNoRoom(store === 's3' ? tmpdir() : process.cwd()))
  t.test(
    `a browser uploads 2 GB in parts to ${title}, one of which fails, and a thumbnail is made of it`,
    { skip, timeout: 280_000 },
    async (t) => {
      await uploadLargeFile(t, store)
    }
  )
}

async function uploadLargeFile (t: Test, store: 's3' | 'local'): Promise<void> {
  const origin = await serveUploadPage(t)
  const service = await startForPage(t, store, origin)
  const video = await readFile(
    await makeBarcodeVideo(service.directory, 'a.mp4', { seconds: 1, framesPerSecond: 25, args: H264 })
  )
  const page = await openEmptyPage(t)
  await page.goto(origin)
  const outcome = await page.evaluate(
    async ({ api, video, BYTES, MIB }) => {
      const start = Uint8Array.from(atob(video), (character) => character.charCodeAt(0))
      // A `free` box with a 64-bit size. Its content repeats one buffer.
      const box = new DataView(new ArrayBuffer(16))
      box.setUint32(0, 1)
      box.setUint32(4, 0x66726565)
      box.setBigUint64(8, BigInt(BYTES - start.length))
      const piece = new Blob([new Uint8Array(MIB)])
      const whole = Math.floor((BYTES - start.length - 16) / MIB)
      const file = new File(
        [
          start,
          box,
          ...Array.from({ length: whole }, () => piece),
          new Uint8Array(BYTES - start.length - 16 - whole * MIB)
        ],
        'phone.mp4',
        { type: 'video/mp4' }
      )

      const send = globalThis.fetch.bind(globalThis)
      const puts: number[] = []
      globalThis.fetch = async (input, init) => {
        if (init?.method !== 'PUT') return await send(input, init)
        const number = Number(/[?&]part(?:Number)?=(\d+)/.exec(input as string)?.[1])
        puts.push(number)
        if (number !== 70 || puts.filter((other) => other === 70).length > 1) return await send(input, init)
        const controller = new AbortController()
        const sending = send(input, { ...init, signal: controller.signal })
        setTimeout(() => {
          controller.abort()
        })
        return await sending
      }
      const upload = await uploadCode.startUpload(api, file)
      const completed = await uploadCode.sendParts(api, upload.token, file)
      return { size: file.size, partCount: upload.partCount, completed, puts }
    },
    { api: service.base, video: video.toString('base64'), BYTES, MIB }
  )

  t.match(outcome, { size: BYTES, partCount: 128, completed: { bytes: BYTES } })
  t.equal(outcome.puts.length, 129)
  t.equal(outcome.puts.filter((number) => number === 70).length, 2, 'the part that failed was sent again')
  const { body, status } = await service.makeFromKey(outcome.completed.key, { timestamp: '0.5', width: 64 })
  t.equal(status, 201, String(body['code']))
  t.match(body, { source: { bytes: BYTES }, timestamp: 0.48, work: { mode: 'ranged' } })
  t.ok((body['work'] as { bytesRead: number }).bytesRead < 4 * MIB, 'of which little was read')
}
