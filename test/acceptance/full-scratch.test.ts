import { spawnSync } from 'node:child_process'
import { openAsBlob } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { H264, makeBarcodeVideo } from '../support/videos.ts'
import { startPosterframe } from './posterframe.ts'

/** What stays free on scratch for others, and room for a few small videos beside. */
const DISK_MIB = 64 + 8
const disk = await mkdtemp(join(tmpdir(), 'pf-disk-'))
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', disk]).status === 0
t.teardown(async () => {
  if (mounted) spawnSync('umount', ['-l', disk])
  await rm(disk, { recursive: true, force: true })
})
const skip = mounted ? false : 'may not mount a small disk here'

const directory = t.testdir()
const video = await makeBarcodeVideo(directory, 'clock.mp4', {
  seconds: 2,
  framesPerSecond: 25,
  args: [...H264, '-movflags', '+faststart']
})
const FULL = { status: 503, body: { code: 'scratch_full', retryable: true } }

/** An upload that does not say how large it is. */
async function uploadChunked (
  base: string,
  head: Buffer,
  surplusBytes: number
): Promise<{ status: number, body: Record<string, unknown> }> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(
      `${base}/v1/thumbnails?timestamp=1`,
      { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      (answer) => {
        let text = ''
        answer
          .on('data', (chunk: Buffer) => {
            text += chunk.toString()
          })
          .on('end', () =>
            resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> })
          )
      }
    )
    // Refused half-way, the rest goes nowhere.
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

t.test('a full scratch disk is a 503 that says so, and nothing stays on it', { skip }, async (t) => {
  const service = await startPosterframe(t, { POSTERFRAME_SCRATCH_DIR: disk })
  const lasting = await readdir(disk)
  const file = await openAsBlob(video)
  const whole = await readFile(video)
  t.equal((await service.makeFromUpload(file, 'a.mp4', '?timestamp=0.1')).status, 201, 'there is room for a small one')

  t.match(
    await service.makeFromUpload(new Blob([whole, Buffer.alloc(20e6)]), 'announced.mp4', '?timestamp=1'),
    FULL,
    'one that says that it is too large'
  )
  t.match(await uploadChunked(service.base, whole, 100e6), FULL, 'one that turns out to be')
  t.same(await readdir(disk), lasting)

  await mkdir(join(service.directory, 'data/videos'), { recursive: true })
  await writeFile(
    join(service.directory, 'data/videos/large.avi'),
    Buffer.concat([Buffer.from('RIFF\0\0\0\x05AVI LIST', 'latin1'), Buffer.alloc(20e6)])
  )
  t.match(await service.makeFromKey('large.avi', { timestamp: '1' }), FULL, 'a source that has to be read whole')
  t.same(await readdir(disk), lasting)

  await writeFile(join(disk, 'of-somebody-else'), Buffer.alloc((DISK_MIB - 1) * 2 ** 20))
  t.match(await service.makeFromUpload(file, 'a.mp4', '?timestamp=0.5'), FULL, 'and any, when others have filled it')
  await rm(join(disk, 'of-somebody-else'))
  t.equal((await service.makeFromUpload(file, 'a.mp4', '?timestamp=0.9')).status, 201, 'until there is room again')
  t.same(await readdir(disk), lasting)
})
