import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { findFfmpeg } from '../../../../src/video/decode/ffmpeg/find-ffmpeg.ts'
import { NO_ISOLATION } from '../../../../src/sandbox/isolation.ts'
import { findTestFfmpeg } from '../../../support/videos.ts'

/** A program that answers as ffmpeg does. */
const imitate = (filters: string, decoders: string, banner = '') => `#!/bin/sh
printf 'ffmpeg version 9.9-test Copyright (c)\\n${banner}' >&2
case "$*" in
  *-filters*) printf 'Filters:\\n  T.. = Timeline support\\n${filters}';;
  *-decoders*) printf 'Decoders:\\n V..... = Video\\n V....D vp9                  Google VP9\\n${decoders}';;
esac
`

t.test('reads the version and the missing filters and decoders', async (t) => {
  const line = (name: string) => ` .S. ${name}            V->V       Does something.\\n`
  const programs = {
    all: imitate(
      ['estdif', 'haldclut', 'zscale'].map(line).join('') + ' ..C movie             |->N       Reads.\\n',
      ' V....D libvpx               libvpx VP8\\n V....D libvpx-vp9           libvpx VP9\\n'
    ),
    some: imitate(
      line('haldclut') + line('zscale_cuda') + ' ... estdif            V->V       Deinterlaces with zscale.\\n',
      ' V....D libvpx               libvpx VP8\\n'
    ),
    silent: '#!/bin/sh\n'
  }
  const directory = t.testdir(programs)
  for (const name of Object.keys(programs)) await chmod(join(directory, name), 0o755)
  const find = (name: string) =>
    findFfmpeg(
      { configured: join(directory, name), searchPath: '' },
      { directory, signal: new AbortController().signal, isolation: NO_ISOLATION }
    )
  t.equal((await find('all')).version, '9.9-test')
  t.same([...(await find('all')).missing], [])
  t.same([...(await find('some')).missing].sort(), ['libvpx-vp9', 'movie', 'zscale'])
  await t.rejects(find('silent'), /is not an ffmpeg that runs/)
  await t.rejects(find('none'), /does not run|not an ffmpeg/)
})

t.test('finds the required filters in a real ffmpeg', async (t) => {
  const { missing } = await findFfmpeg(
    { configured: await findTestFfmpeg(), searchPath: '' },
    { directory: t.testdir(), signal: new AbortController().signal, isolation: NO_ISOLATION }
  )
  for (const name of ['haldclut', 'movie', 'estdif', 'libvpx-vp9']) t.notOk(missing.has(name), name)
})

t.test('knows from the version of libavcodec whether it crops by the container', async (t) => {
  const versions: Array<[string, boolean]> = [
    ['59. 37.100 / 59. 37.100', false],
    ['61.  3.100 / 61.  3.100', false],
    ['61. 19.100 / 61. 19.100', true],
    ['62. 11.100 / 62. 11.100', true]
  ]
  for (const [version, crops] of versions) {
    const directory = t.testdir({ ffmpeg: imitate('', '', `  libavcodec     ${version}\\n`) })
    await chmod(join(directory, 'ffmpeg'), 0o755)
    const found = await findFfmpeg(
      { configured: join(directory, 'ffmpeg'), searchPath: '' },
      { directory, signal: new AbortController().signal, isolation: NO_ISOLATION }
    )
    t.equal(found.cropsByContainer, crops, version)
  }
})
