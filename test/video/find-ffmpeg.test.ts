import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { findFfmpeg } from '../../src/video/find-ffmpeg.ts'
import { NO_ISOLATION } from '../../src/video/isolation.ts'
import { findTestFfmpeg } from '../support/videos.ts'

/** A program that answers as ffmpeg does. */
const imitate = (configuration: string, filters: string, decoders = '') => `#!/bin/sh
printf 'ffmpeg version 9.9-test Copyright (c)\\n  configuration: --prefix=/usr ${configuration} --enable-gpl\\n' >&2
case "$*" in
  *-filters*) printf 'Filters:\\n  T.. = Timeline support\\n${filters}';;
  *-decoders*) printf 'Decoders:\\n V..... = Video\\n V....D vp9                  Google VP9\\n${decoders}';;
esac
`

const FILTERS = ['estdif', 'haldclut', 'zscale'].map((name) => ` .S. ${name}            V->V       Does something.\\n`).join('') + ' ..C movie             |->N       Reads.\\n'
const VP8 = ' V....D libvpx               libvpx VP8\\n'

t.test('learns the version and which filters and decoders are missing', async (t) => {
  const programs = {
    all: imitate('--enable-libvpx', FILTERS),
    some: imitate('', ' .S. haldclut            V->V       Does something.\\n .S. zscale_cuda            V->V       Does something.\\n ... estdif            V->V       Deinterlaces with zscale.\\n'),
    chosen: imitate('--disable-decoders --enable-decoder=libvpx_vp8 --enable-libvpx', FILTERS, VP8),
    silent: '#!/bin/sh\n'
  }
  const directory = t.testdir(programs)
  for (const name of Object.keys(programs)) await chmod(join(directory, name), 0o755)
  const find = (name: string) => findFfmpeg({ configured: join(directory, name), searchPath: '' }, { directory, signal: new AbortController().signal, isolation: NO_ISOLATION })
  const list = async (name: string) => [...(await find(name)).missing].sort()
  t.equal((await find('all')).version, '9.9-test')
  t.same(await list('all'), [])
  t.same(await list('some'), ['libvpx', 'libvpx-vp9', 'movie', 'zscale'])
  t.same(await list('chosen'), ['libvpx-vp9'])
  await t.rejects(find('silent'), /is not an ffmpeg that runs/)
  await t.rejects(find('none'), /does not run|not an ffmpeg/)
})

t.test('finds what this project needs in a real one', async (t) => {
  const { missing } = await findFfmpeg({ configured: await findTestFfmpeg(), searchPath: '' }, { directory: t.testdir(), signal: new AbortController().signal, isolation: NO_ISOLATION })
  for (const name of ['haldclut', 'movie', 'estdif', 'libvpx-vp9']) t.notOk(missing.has(name), name)
})
