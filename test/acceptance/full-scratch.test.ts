import { spawnSync } from 'node:child_process'
import { openAsBlob } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { H264, makeBarcodeVideo } from '../support/videos.ts'
import { startPosterframe } from './posterframe.ts'

/** The reserve that the service leaves free, and space for a few small videos. */
const DISK_MIB = 64 + 8
const disk = await mkdtemp(join(tmpdir(), 'pf-disk-'))
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', disk]).status === 0
t.teardown(async () => {
  if (mounted) spawnSync('umount', ['-l', disk])
  await rm(disk, { recursive: true, force: true })
})
const skip = mounted ? false : 'needs the right to mount'

const directory = t.testdir()
const video = await makeBarcodeVideo(directory, 'clock.mp4', {
  seconds: 2,
  framesPerSecond: 25,
  args: [...H264, '-movflags', '+faststart']
})
const FULL = { status: 503, body: { code: 'scratch_full', retryable: true } }

/** Sends an upload of unknown length. */
async function uploadChunked (
  base: string,
  head: Buffer,
  surplusBytes: number
): Promise<{ status: number, body: Record<string, unknown> }> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(
      `${base}/v1/thumbnails?timestamp=1`,
      { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      (response) => {
        let text = ''
        response
          .on('data', (chunk: Buffer) => {
            text += chunk.toString()
          })
          .on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> })
          )
      }
    )
    // The service rejects it half-way and closes the connection.
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error)
    })
    outgoing.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n')
    outgoing.write(head)
    const chunk = Buffer.alloc(2 ** 20)
    for (let sent = 0; sent < surplusBytes; sent += chunk.length) outgoing.write(chunk)
    outgoing.end('\r\n--x--\r\n')
  })
}

t.test('rejects with 503 if scratch is full, and leaves nothing on it', { skip }, async (t) => {
  const service = await startPosterframe(t, { POSTERFRAME_SCRATCH_DIR: disk })
  const permanent = await readdir(disk)
  const file = await openAsBlob(video)
  const whole = await readFile(video)
  t.equal((await service.makeFromUpload(file, 'a.mp4', '?timestamp=0.1')).status, 201, 'a small upload fits')

  t.match(
    await service.makeFromUpload(new Blob([whole, Buffer.alloc(20e6)]), 'announced.mp4', '?timestamp=1'),
    FULL,
    'an upload that declares its length'
  )
  t.match(await uploadChunked(service.base, whole, 100e6), FULL, 'an upload of unknown length')
  t.same(await readdir(disk), permanent)

  await mkdir(join(service.directory, 'data/videos'), { recursive: true })
  await writeFile(
    join(service.directory, 'data/videos/large.avi'),
    Buffer.concat([Buffer.from('RIFF\0\0\0\x05AVI LIST', 'latin1'), Buffer.alloc(20e6)])
  )
  t.match(await service.makeFromKey('large.avi', { timestamp: '1' }), FULL, 'a source that needs a full download')
  t.same(await readdir(disk), permanent)

  await writeFile(join(disk, 'of-another-process'), Buffer.alloc((DISK_MIB - 1) * 2 ** 20))
  t.match(await service.makeFromUpload(file, 'a.mp4', '?timestamp=0.5'), FULL, 'any upload to a full disk')
  await rm(join(disk, 'of-another-process'))
  t.equal((await service.makeFromUpload(file, 'a.mp4', '?timestamp=0.9')).status, 201, 'once space is free')
  t.same(await readdir(disk), permanent)
})
